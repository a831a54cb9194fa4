use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, ffi};

/// Why the database could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The data folder, or a file beside the database, cannot be made or opened.
    #[error("cannot use {}: {source}", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No space is left.
    #[error("cannot write {}: the disk is full", path.display())]
    DiskFull {
        /// The database.
        path: PathBuf,
    },
    /// Another process has been writing for too long.
    #[error("cannot write {}: another process has kept it busy for too long", path.display())]
    Busy {
        /// The database.
        path: PathBuf,
    },
    /// A newer version of Aquatint made the file.
    #[error(
        "{} has schema {found}, and this version knows up to {known}: use the version of aquatint that made it, or another data folder",
        path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// The number of its schema.
        found: i64,
        /// The newest that this version knows.
        known: i64,
    },
    /// It is no database, or damaged.
    #[error("{} is not a database, or is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// The file system cannot have a write-ahead log.
    #[error(
        "{} cannot have a write-ahead log (its journal mode stays {mode:?}): expected a data folder on a local disk",
        path.display()
    )]
    NoLog {
        /// The database.
        path: PathBuf,
        /// The mode that it has instead.
        mode: String,
    },
    /// Anything else.
    #[error("cannot use {}: {source}", path.display())]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

impl DatabaseError {
    pub(super) fn folder(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull => Self::DiskFull { path },
            _ => Self::Folder { path, source },
        }
    }

    pub(super) fn of(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        // The file that processes share could not grow, which SQLite counts as a failure of the disk.
        let has_no_room = source
            .sqlite_error()
            .is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHMSIZE);
        match source.sqlite_error_code() {
            _ if has_no_room => Self::DiskFull { path },
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged {
                path,
                reason: source.to_string(),
            },
            _ => Self::Sqlite { path, source },
        }
    }

    /// Whether trying again later may help: space is made, another process lets go, a disk answers again.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::DiskFull { .. } | Self::Busy { .. } => true,
            Self::Sqlite { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::OutOfMemory)
            ),
            _ => false,
        }
    }
}
