//! Jobs that draw.

use std::path::{Path, PathBuf};

use aquatint_studio::history::History;
use aquatint_studio::jobs::{Context, Drawing, Failure, Job, Outcome, Task, Work};
use aquatint_studio::{Request, Watcher, random_seed};

use super::save::Saver;
use super::{Studios, replay, sweep};

/// Does the jobs of the queue.
pub(crate) struct Drawer {
    data: PathBuf,
    saver: Saver,
    studios: Studios,
}

impl Drawer {
    pub(crate) fn new(data: &Path, history: History, studios: Studios) -> Self {
        Self {
            data: data.to_owned(),
            saver: Saver::new(data, history),
            studios,
        }
    }

    fn draw(&self, job: &Job, request: &Request, context: &Context) -> Result<Outcome, Failure> {
        let mut drawing = Drawing::new(context);
        let mut slot = self.studios.lock();
        self.studios.settle(&mut slot);
        let studio = self.studios.open(
            &mut slot,
            &job.options,
            &request.provider,
            context.cancel(),
            &mut |note| context.note(note),
        )?;
        self.studios.set_loaded(request.model.as_deref());
        let drawn = studio.draw(
            request,
            request.seed.unwrap_or_else(random_seed),
            Watcher {
                cancel: context.cancel(),
                events: &mut |event| drawing.tell(&event),
                notes: &mut |note| self.studios.plugin_log().note(context, job.id, note),
            },
        )?;
        if let Some(trouble) = studio.stages().trouble() {
            context.note(trouble);
        }
        self.studios.settle(&mut slot);
        // The next job may have the models while these are written.
        drop(slot);
        context.stage("save");
        let mut files = Vec::new();
        let mut pictures = Vec::new();
        for (index, picture) in (0..).zip(&drawn.pictures) {
            let (file, id) = self.saver.save(job, index, picture)?;
            let size = (picture.width, picture.height);
            context.picture(file.clone(), id, picture.recipe.seed, size);
            files.push(file);
            pictures.push(id);
        }
        let mut report = drawn.report();
        report.insert("pictures".to_owned(), pictures.into());
        Ok(Outcome {
            files,
            report: report.into(),
        })
    }
}

impl Work for Drawer {
    fn kinds(&self) -> &[&str] {
        &[Task::GENERATE, Task::SWEEP, Task::REPLAY]
    }

    fn run(&mut self, job: &Job, context: &Context) -> Result<Outcome, Failure> {
        match &job.task {
            Task::Generate(request) => self.draw(job, request, context),
            Task::Sweep(value) => sweep::run(job, value, &self.studios, &self.data, context),
            Task::Replay(asked) => {
                replay::run(job, asked, &self.studios, self.saver.history(), context)
            }
            other => Err(Failure::other(format_args!(
                "a job of kind \"{}\" cannot be done here",
                other.kind()
            ))),
        }
    }

    fn panicked(&mut self) {
        self.studios.forget();
    }
}
