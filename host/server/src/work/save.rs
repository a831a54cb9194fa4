//! Where the pictures of jobs go.

use std::path::{Path, PathBuf};

use aquatint_studio::history::{History, HistoryError, Owner};
use aquatint_studio::jobs::{Failure, FailureKind, Job, JobOptions};
use aquatint_studio::outputs::{Naming, Outputs, Pattern};
use aquatint_studio::{Encoding, Picture, picture_file};

/// In the options of a job: its pictures are for whoever waits for them, and are not kept.
pub(crate) const UNSAVED: &str = "unsaved";

/// Writes pictures and records them.
pub(crate) struct Saver {
    data: PathBuf,
    history: History,
}

impl Saver {
    pub(crate) fn new(data: &Path, history: History) -> Self {
        Self {
            data: data.to_owned(),
            history,
        }
    }

    /// Writes a picture where the job wants it, and records it.
    pub(crate) fn save(
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
            let encoding = job.options.encoding.unwrap_or_default();
            let ending = encoding.extension();
            let file = folder.join(format!("{}-{index}.{ending}", job.id));
            picture_file::write(&file, picture, encoding)?;
            return Ok((file, None));
        }
        match place(&self.data, &job.options)? {
            Place::File(file, encoding) => {
                picture_file::write(&file, picture, encoding)?;
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

/// Where pictures lie that are not kept.
fn unsaved(data: &Path) -> PathBuf {
    data.join("cache").join("unsaved")
}

/// Where the pictures of a job go.
enum Place {
    File(PathBuf, Encoding),
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

/// How the file is encoded, if a place means one file, as it does on the command line.
fn of_file(path: &Path) -> Option<Encoding> {
    let ends_open = path.to_string_lossy().ends_with(std::path::is_separator);
    Encoding::of_path(path).filter(|_| !ends_open && !path.is_dir())
}

fn failed(error: HistoryError) -> Failure {
    let kind = match &error {
        error if error.is_disk_full() => FailureKind::DiskFull,
        error if error.is_usage() => FailureKind::Request,
        _ => FailureKind::Other,
    };
    Failure::new(kind, error)
}
