//! How a worker shows that it lives.
//!
//! It keeps a file of its own locked. The system unlocks it when the process ends, however it ends, so that whoever looks
//! knows at once, without clocks or time limits.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::params;
use tempfile::NamedTempFile;

use super::{QueueError, rows};
use crate::database::Database;

/// Where the files are, in the data folder.
const FOLDER: &str = "workers";

/// A worker's row and its locked file. Both go with it.
#[derive(Debug)]
pub(super) struct Identity {
    database: Database,
    row: i64,
    /// Locked as long as it is open.
    #[cfg_attr(not(test), expect(dead_code, reason = "open means locked"))]
    lock: NamedTempFile,
}

impl Identity {
    pub(super) fn new(database: &Database) -> Result<Self, QueueError> {
        let folder = database.folder().join(FOLDER);
        let failed = |source| QueueError::Lock {
            path: folder.clone(),
            source,
        };
        fs::create_dir_all(&folder).map_err(failed)?;
        let lock = tempfile::Builder::new()
            .prefix("worker-")
            .suffix(".lock")
            .tempfile_in(&folder)
            .map_err(failed)?;
        // Before anyone can know of it.
        lock.as_file().lock().map_err(failed)?;
        let name = lock.path().file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let row = database.write(|change| {
            change
                .execute(
                    "INSERT INTO worker (lock, pid, started_at) VALUES (?1, ?2, ?3)",
                    params![name, std::process::id(), rows::now()],
                )
                .map(|_| change.last_insert_rowid())
                .map_err(|error| database.error(error))
        })?;
        Ok(Self {
            database: database.clone(),
            row,
            lock,
        })
    }

    /// Leaves what a process leaves that dies.
    #[cfg(test)]
    pub(super) fn abandon(mut self) {
        self.lock.disable_cleanup(true);
        self.lock.as_file().unlock().expect("unlocked");
        std::mem::forget(self);
    }

    /// The number of its row.
    pub(super) fn row(&self) -> i64 {
        self.row
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        // With a job that could not be recorded the row stays, and the job is seen to be interrupted.
        let _ = self.database.write(|change| {
            change
                .execute("DELETE FROM worker WHERE id = ?1", [self.row])
                .map_err(|error| self.database.error(error))
        });
    }
}

/// What is left of a worker that died. Others take it for one that lives as long as this is held.
#[derive(Debug)]
pub(super) struct Remains {
    path: PathBuf,
    _lock: Option<File>,
}

impl Remains {
    /// Looks whether the worker with this file is dead.
    pub(super) fn of(data: &Path, name: &str) -> Result<Option<Self>, QueueError> {
        let path = data.join(FOLDER).join(name);
        let failed = |source| QueueError::Lock {
            path: path.clone(),
            source,
        };
        let lock = match File::options().write(true).open(&path) {
            Ok(file) => match file.try_lock() {
                Ok(()) => Some(file),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        Ok(Some(Self { path, _lock: lock }))
    }

    /// Removes the file.
    pub(super) fn clear(self) {
        // An empty file that nobody looks for again.
        let _ = fs::remove_file(&self.path);
    }
}
