use std::io;
use std::path::PathBuf;

use super::{JobId, State};
use crate::InvalidRequest;
use crate::database::DatabaseError;

/// Why the queue did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// There is no such job.
    #[error("there is no job {id}")]
    NotFound {
        /// The number.
        id: JobId,
    },
    /// The job is in a state in which this cannot be done.
    #[error("job {id} is {state}: only {expected} can be {doing}")]
    State {
        /// The job.
        id: JobId,
        /// The state it is in.
        state: State,
        /// In which states it may be, in words.
        expected: &'static str,
        /// What was asked for, in words.
        doing: &'static str,
    },
    /// A job was to be moved to itself.
    #[error("job {id} cannot be moved beside itself")]
    Itself {
        /// The job.
        id: JobId,
    },
    /// The request cannot be drawn by any model.
    #[error(transparent)]
    Request(#[from] InvalidRequest),
    /// A field of the job is wrong.
    #[error("{field} is {found}, expected {expected}")]
    Field {
        /// The field.
        field: &'static str,
        /// What it was.
        found: String,
        /// What it may be.
        expected: String,
    },
    /// The key belongs to another job.
    #[error("the key \"{key}\" belongs to job {id}, which is another one")]
    KeyTaken {
        /// The key.
        key: String,
        /// The job that has it.
        id: JobId,
    },
    /// The job cannot be written as JSON.
    #[error("the job cannot be kept: {0}")]
    Json(#[from] serde_json::Error),
    /// The file that says that a worker lives cannot be made or locked.
    #[error("cannot lock {}: {source}", path.display())]
    Lock {
        /// The file or its folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl QueueError {
    /// Whether trying again later may help.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Database(error) if error.may_pass())
    }

    /// Whether whoever asked is at fault.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Database(_) | Self::Lock { .. })
    }
}
