use std::io;
use std::path::PathBuf;

use super::PictureId;
use crate::PictureFileError;
use crate::database::DatabaseError;

/// Why the history did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The picture cannot be written.
    #[error(transparent)]
    Picture(#[from] PictureFileError),
    /// There is no such picture.
    #[error("there is no picture {id} in the history")]
    NotFound {
        /// The number.
        id: PictureId,
    },
    /// What is searched for is too long.
    #[error("the text to search for has {given} bytes, expected at most {most}")]
    TooLong {
        /// How long it is.
        given: usize,
        /// How long it may be.
        most: usize,
    },
    /// A path that cannot be kept.
    #[error("{} is not UTF-8, and cannot be kept in the history", path.display())]
    NotUtf8 {
        /// The path.
        path: PathBuf,
    },
    /// The file could not be deleted; its record is still there.
    #[error("cannot delete {}: {source}", path.display())]
    Delete {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It was stopped. What was done until then stays.
    #[error("cancelled")]
    Cancelled,
}

impl HistoryError {
    /// Whether whoever asked is at fault.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NotFound { .. } | Self::TooLong { .. } | Self::NotUtf8 { .. }
        )
    }

    /// Whether there was no space.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(
            self,
            Self::Database(DatabaseError::DiskFull { .. })
                | Self::Picture(PictureFileError::DiskFull { .. })
        )
    }
}
