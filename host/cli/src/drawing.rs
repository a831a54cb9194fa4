//! Jobs that draw, done in this process.

use std::path::{Path, PathBuf};

use aquatint_studio::history::{History, HistoryError};
use aquatint_studio::jobs::{
    Context, Drawing, Failure, FailureKind, Job, JobOptions, Outcome, SaveError, Task, Work,
    save_picture,
};
use aquatint_studio::styles::Styles;
use aquatint_studio::{PictureFileError, Request, Studio, Watcher, random_seed};

use crate::{exit, studio};

/// Draws jobs, and keeps what the next one may need too.
pub(crate) struct Drawer {
    data: PathBuf,
    history: History,
    quiet: bool,
    open: Option<Open>,
}

struct Open {
    no_cache: bool,
    studio: Studio,
    /// The providers whose runtimes are started.
    providers: Vec<String>,
}

impl Drawer {
    pub(crate) fn new(data: &Path, history: History, quiet: bool) -> Self {
        Self {
            data: data.to_owned(),
            history,
            quiet,
            open: None,
        }
    }

    fn draw(&mut self, job: &Job, request: &Request, context: &Context) -> anyhow::Result<Outcome> {
        let mut drawing = Drawing::new(context);
        let (data, quiet) = (self.data.clone(), self.quiet);
        let open = self.open(&job.options)?;
        // Those that are there now, with what they may do now: a job may have waited for long.
        let source = studio::source(&data, job.options.plugins.as_deref());
        open.studio.use_plugins(source);
        let styles = job.options.styles.clone();
        open.studio
            .use_styles(styles.unwrap_or_else(|| Styles::path_of(&data)));
        open.studio.use_tiny(job.options.tiny());
        let provider = &request.provider;
        if !open.providers.contains(provider) {
            studio::start(&mut open.studio, provider, &data, quiet, context.cancel())?;
            open.providers.push(provider.clone());
        }
        let drawn = open.studio.draw(
            request,
            request.seed.unwrap_or_else(random_seed),
            Watcher {
                cancel: context.cancel(),
                events: &mut |event| drawing.tell(&event),
                notes: &mut |note| context.plugin(note),
            },
        )?;
        if let Some(trouble) = open.studio.stages().trouble() {
            context.note(trouble);
        }
        context.stage("save");
        let mut files = Vec::new();
        for (index, picture) in (0..).zip(&drawn.pictures) {
            let (file, id) =
                save_picture(&self.data, &self.history, job, index, picture).map_err(cause)?;
            let size = (picture.width, picture.height);
            context.picture(file.clone(), Some(id.number()), picture.recipe.seed, size);
            files.push(file);
        }
        Ok(Outcome {
            files,
            report: drawn.report().into(),
        })
    }

    fn open(&mut self, options: &JobOptions) -> anyhow::Result<&mut Open> {
        let no_cache = options.no_cache;
        // The old one goes first: two models do not fit where one does.
        let open = match self.open.take().filter(|open| open.no_cache == no_cache) {
            Some(open) => open,
            None => Open {
                no_cache,
                studio: studio::open(&self.data, None, no_cache)?,
                providers: Vec::new(),
            },
        };
        Ok(self.open.insert(open))
    }
}

impl Work for Drawer {
    fn kinds(&self) -> &[&str] {
        &[Task::GENERATE]
    }

    fn run(&mut self, job: &Job, context: &Context) -> Result<Outcome, Failure> {
        let Task::Generate(request) = &job.task else {
            return Err(Failure::other("expected a job that draws"));
        };
        self.draw(job, request, context)
            .map_err(|error| failure(&error))
    }

    fn panicked(&mut self) {
        self.open = None;
    }
}

/// The error itself: what it is decides what kind of failure it is.
fn cause(error: SaveError) -> anyhow::Error {
    match error {
        SaveError::Pattern(error) => error.into(),
        SaveError::File(error) => error.into(),
        SaveError::History(error) => error.into(),
    }
}

fn failure(error: &anyhow::Error) -> Failure {
    let is_full = error
        .downcast_ref::<HistoryError>()
        .is_some_and(HistoryError::is_disk_full)
        || matches!(
            error.downcast_ref(),
            Some(PictureFileError::DiskFull { .. })
        );
    let kind = if exit::is_interruption(error) {
        FailureKind::Cancelled
    } else if is_full {
        FailureKind::DiskFull
    } else if exit::is_usage(error) {
        FailureKind::Request
    } else {
        FailureKind::Other
    };
    Failure::new(kind, exit::one_line(error))
}
