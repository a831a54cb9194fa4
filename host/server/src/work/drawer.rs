//! Jobs that draw.

use std::path::{Path, PathBuf};

use aquatint_studio::history::{History, HistoryError, Owner};
use aquatint_studio::jobs::{
    Context, Drawing, Failure, FailureKind, Job, JobOptions, Outcome, Task, Work,
};
use aquatint_studio::outputs::{Naming, Outputs, Pattern};
use aquatint_studio::plugins::Note;
use aquatint_studio::{Picture, Request, Watcher, png_file, random_seed};

use super::{Studios, sweep};

/// In the options of a job: its pictures are for whoever waits for them, and are not kept.
pub(crate) const UNSAVED: &str = "unsaved";

/// Does the jobs of the queue.
pub(crate) struct Drawer {
    data: PathBuf,
    history: History,
    studios: Studios,
}

impl Drawer {
    pub(crate) fn new(data: &Path, history: History, studios: Studios) -> Self {
        Self {
            data: data.to_owned(),
            history,
            studios,
        }
    }

    fn draw(&self, job: &Job, request: &Request, context: &Context) -> Result<Outcome, Failure> {
        let mut drawing = Drawing::new(context);
        let mut slot = self.studios.lock();
        self.studios.settle(&mut slot);
        let studio = self.studios.open(
            &mut slot,
            job.options.no_cache,
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
                notes: &mut |note| tell(note, context),
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
            let (file, id) = self.save(job, index, picture)?;
            let size = (picture.width, picture.height);
            context.picture(file.clone(), id, picture.recipe.seed, size);
            files.push(file);
            pictures.push(id);
        }
        let stages = drawn.timings.stages.iter();
        let seconds: serde_json::Map<_, _> = stages
            .map(|(stage, time)| ((*stage).to_owned(), time.as_secs_f64().into()))
            .collect();
        let seeds: Vec<_> = drawn.pictures.iter().map(|it| it.recipe.seed).collect();
        Ok(Outcome {
            files,
            report: serde_json::json!({
                "seeds": seeds,
                "pictures": pictures,
                "timings": seconds,
                "stages": drawn.counts,
            }),
        })
    }

    /// Writes a picture where the job wants it, and records it.
    fn save(
        &self,
        job: &Job,
        index: u32,
        picture: &Picture,
    ) -> Result<(PathBuf, Option<i64>), Failure> {
        if job.options.other.contains_key(UNSAVED) {
            let folder = unsaved(&self.data);
            std::fs::create_dir_all(&folder).map_err(|error| {
                Failure::other(format_args!("cannot write {}: {error}", folder.display()))
            })?;
            let file = folder.join(format!("{}-{index}.png", job.id));
            png_file::write(&file, picture)?;
            return Ok((file, None));
        }
        match place(&self.data, &job.options)? {
            Place::File(file) => {
                png_file::write(&file, picture)?;
                let id = self.history.record(&file, picture, Some(job.id));
                Ok((file, Some(id.map_err(failed)?.number())))
            }
            Place::Folder(outputs) => {
                let naming = Naming {
                    recipe: &picture.recipe,
                    job: Some(job.id.number()),
                    index,
                    time: jiff::ZonedDateTime::now(),
                };
                let owner = Owner { job: job.id, index };
                let saved = self.history.save(picture, &outputs, &naming, Some(owner));
                let saved = saved.map_err(failed)?;
                Ok((saved.file, Some(saved.id.number())))
            }
        }
    }
}

impl Work for Drawer {
    fn kinds(&self) -> &[&str] {
        &[Task::GENERATE, Task::SWEEP]
    }

    fn run(&mut self, job: &Job, context: &Context) -> Result<Outcome, Failure> {
        match &job.task {
            Task::Generate(request) => self.draw(job, request, context),
            Task::Sweep(value) => sweep::run(job, value, &self.studios, &self.data, context),
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

/// Where pictures lie that are not kept.
pub(super) fn unsaved(data: &Path) -> PathBuf {
    data.join("cache").join("unsaved")
}

/// Where the pictures of a job go.
enum Place {
    File(PathBuf),
    Folder(Outputs),
}

/// Jobs of the command line name their own place; those of the API have none.
fn place(data: &Path, options: &JobOptions) -> Result<Place, Failure> {
    let pattern = match &options.pattern {
        Some(pattern) => Some(
            pattern
                .parse::<Pattern>()
                .map_err(|error| Failure::new(FailureKind::Request, error))?,
        ),
        None => None,
    };
    Ok(match &options.output {
        Some(file) if is_file(file) => Place::File(file.clone()),
        Some(folder) => Place::Folder(Outputs {
            root: folder.clone(),
            pattern: pattern.unwrap_or_else(Pattern::flat),
        }),
        None => {
            let usual = Outputs::of(data);
            Place::Folder(Outputs {
                pattern: pattern.unwrap_or(usual.pattern),
                ..usual
            })
        }
    })
}

/// Whether a place means one file, as it does on the command line.
fn is_file(path: &Path) -> bool {
    let ends_open = path.to_string_lossy().ends_with(std::path::is_separator);
    let is_png = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("png"));
    is_png && !ends_open && !path.is_dir()
}

pub(super) fn tell(note: Note<'_>, context: &Context) {
    match note {
        Note::Log { id, line } if line.level <= tracing::Level::WARN => {
            context.note(format_args!("{id}: {}", line.text));
        }
        Note::Skipped { id, why } => {
            context.note(format_args!("drawn without the plugin `{id}`: {why}"));
        }
        _ => {}
    }
}

fn failed(error: HistoryError) -> Failure {
    let kind = match &error {
        error if error.is_disk_full() => FailureKind::DiskFull,
        error if error.is_usage() => FailureKind::Request,
        _ => FailureKind::Other,
    };
    Failure::new(kind, error)
}
