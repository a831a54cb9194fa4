//! Jobs that draw, done in this process.

use std::path::{Path, PathBuf};

use aquatint_studio::history::{History, HistoryError, Owner};
use aquatint_studio::jobs::{
    Context, Drawing, Failure, FailureKind, Job, JobOptions, Outcome, Task, Work,
};
use aquatint_studio::outputs::{Naming, Outputs, Pattern};
use aquatint_studio::plugins::Note;
use aquatint_studio::styles::Styles;
use aquatint_studio::{
    Encoding, Picture, PictureFileError, Request, Studio, Watcher, picture_file, random_seed,
};

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
                notes: &mut |note| tell(note, context),
            },
        )?;
        if let Some(trouble) = open.studio.stages().trouble() {
            context.note(trouble);
        }
        context.stage("save");
        let mut files = Vec::new();
        for (index, picture) in (0..).zip(&drawn.pictures) {
            let (file, id) = self.save(job, index, picture)?;
            let size = (picture.width, picture.height);
            context.picture(file.clone(), Some(id), picture.recipe.seed, size);
            files.push(file);
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
                "timings": seconds,
                "stages": drawn.counts,
            }),
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

    /// Writes a picture where the job wants it, and records it.
    fn save(&self, job: &Job, index: u32, picture: &Picture) -> anyhow::Result<(PathBuf, i64)> {
        let outputs = match place(&self.data, &job.options)? {
            Place::File(file, encoding) => {
                picture_file::write(&file, picture, encoding)?;
                let id = self.history.record(&file, picture, Some(job.id))?;
                return Ok((file, id.number()));
            }
            Place::Folder(outputs) => outputs,
        };
        let naming = Naming {
            recipe: &picture.recipe,
            job: Some(job.id.number()),
            index,
            time: jiff::ZonedDateTime::now(),
        };
        let owner = Owner { job: job.id, index };
        let saved = self.history.save(picture, &outputs, &naming, Some(owner))?;
        Ok((saved.file, saved.id.number()))
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

/// Where the pictures of a job go.
enum Place {
    File(PathBuf, Encoding),
    Folder(Outputs),
}

fn place(data: &Path, options: &JobOptions) -> anyhow::Result<Place> {
    let pattern = match &options.pattern {
        Some(pattern) => Some(pattern.parse::<Pattern>()?),
        None => None,
    };
    let named = pattern.as_ref().and_then(Pattern::encoding);
    let encoding = options.encoding.or(named).unwrap_or_default();
    let file = options.output.as_ref();
    if let Some((file, named)) = file.and_then(|it| Some((it, of_file(it)?))) {
        let encoding = options.encoding.unwrap_or(named);
        return Ok(Place::File(file.clone(), encoding));
    }
    Ok(match &options.output {
        Some(folder) => Place::Folder(Outputs {
            root: folder.clone(),
            pattern: pattern.unwrap_or_else(Pattern::flat),
            encoding,
        }),
        None => {
            let usual = Outputs::of(data);
            Place::Folder(Outputs {
                pattern: pattern.unwrap_or(usual.pattern),
                encoding,
                ..usual
            })
        }
    })
}

/// How the file is encoded, if a place means one file, as it does for `generate`.
fn of_file(path: &Path) -> Option<Encoding> {
    let ends_open = path.to_string_lossy().ends_with(std::path::is_separator);
    Encoding::of_path(path).filter(|_| !ends_open && !path.is_dir())
}

fn tell(note: Note<'_>, context: &Context) {
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
