//! Where the pictures of jobs go.

use std::path::{Path, PathBuf};

use super::{Failure, FailureKind, Job, JobOptions};
use crate::history::{History, HistoryError, Owner, PictureId};
use crate::outputs::{InvalidPattern, Naming, Outputs, Pattern};
use crate::picture_file::{self, Encoding};
use crate::{Picture, PictureFileError};

/// Why a picture of a job was not kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The pattern of its name is none.
    #[error(transparent)]
    Pattern(#[from] InvalidPattern),
    /// Its file cannot be written.
    #[error(transparent)]
    File(#[from] PictureFileError),
    /// It cannot be written or recorded.
    #[error(transparent)]
    History(#[from] HistoryError),
}

impl From<SaveError> for Failure {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Pattern(error) => Self::new(FailureKind::Request, error),
            SaveError::File(error) => error.into(),
            SaveError::History(error) => {
                let kind = match &error {
                    error if error.is_disk_full() => FailureKind::DiskFull,
                    error if error.is_usage() => FailureKind::Request,
                    _ => FailureKind::Other,
                };
                Self::new(kind, error)
            }
        }
    }
}

/// Where the pictures of a job go.
enum Destination {
    File(PathBuf, Encoding),
    Folder(Outputs),
}

/// Writes a picture where its job wants it, and records it. `index` is which of the job's it is, and `data` the folder
/// whose outputs those go to that want no other place.
///
/// # Errors
/// The pattern of the job is none; the picture cannot be written or recorded.
pub fn save_picture(
    data: &Path,
    history: &History,
    job: &Job,
    index: u32,
    picture: &Picture,
) -> Result<(PathBuf, PictureId), SaveError> {
    match Destination::of(data, &job.options)? {
        Destination::File(file, encoding) => {
            picture_file::write(&file, picture, encoding)?;
            let id = history.record(&file, picture, Some(job.id))?;
            Ok((file, id))
        }
        Destination::Folder(outputs) => {
            let naming = Naming {
                recipe: &picture.recipe,
                job: Some(job.id.number()),
                index,
                time: jiff::ZonedDateTime::now(),
            };
            let owner = Owner { job: job.id, index };
            let saved = history.save(picture, &outputs, &naming, Some(owner))?;
            Ok((saved.file, saved.id))
        }
    }
}

impl Destination {
    /// Jobs of the command line name their own place; those of the API have none.
    fn of(data: &Path, options: &JobOptions) -> Result<Self, InvalidPattern> {
        let pattern = match &options.pattern {
            Some(pattern) => Some(pattern.parse::<Pattern>()?),
            None => None,
        };
        let named = pattern.as_ref().and_then(Pattern::encoding);
        let encoding = options.encoding.or(named).unwrap_or_default();
        let file = options.output.as_ref();
        if let Some((file, named)) = file.and_then(|it| Some((it, of_file(it)?))) {
            let encoding = options.encoding.unwrap_or(named);
            return Ok(Self::File(file.clone(), encoding));
        }
        Ok(match &options.output {
            Some(folder) => Self::Folder(Outputs {
                root: folder.clone(),
                pattern: pattern.unwrap_or_else(Pattern::flat),
                encoding,
            }),
            None => {
                let usual = Outputs::of(data);
                Self::Folder(Outputs {
                    pattern: pattern.unwrap_or(usual.pattern),
                    encoding,
                    ..usual
                })
            }
        })
    }
}

/// How the file is encoded, if a place means one file, as it does for `generate`.
fn of_file(path: &Path) -> Option<Encoding> {
    let ends_open = path.to_string_lossy().ends_with(std::path::is_separator);
    Encoding::of_path(path).filter(|_| !ends_open && !path.is_dir())
}
