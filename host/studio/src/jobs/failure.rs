use serde::{Deserialize, Serialize};

use crate::{DrawError, PictureFileError};

/// Why a job failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What kind of reason it is.
    pub kind: FailureKind,
    /// The reason, on one line.
    pub message: String,
}

/// Kinds of reasons, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The request is at fault: it fails again.
    Request,
    /// There was no space for what it gave: it can be tried again once there is.
    DiskFull,
    /// It took longer than it may.
    Deadline,
    /// The process that worked on it died, more often than a job may cost.
    Crash,
    /// The program has an error.
    Panic,
    /// It was stopped. A job that somebody cancelled has no failure; this is what its work ends with.
    Cancelled,
    /// The machine, the model, a plugin or anything else.
    #[serde(other)]
    Other,
}

impl Failure {
    /// Of this kind, for this reason.
    pub fn new(kind: FailureKind, message: impl ToString) -> Self {
        let message = message.to_string();
        Self {
            kind,
            message: message.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }

    /// For a reason that has no kind of its own.
    pub fn other(message: impl ToString) -> Self {
        Self::new(FailureKind::Other, message)
    }

    /// It was stopped.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::new(FailureKind::Cancelled, "cancelled")
    }
}

impl From<DrawError> for Failure {
    fn from(error: DrawError) -> Self {
        let kind = if error.is_cancelled() {
            FailureKind::Cancelled
        } else if error.is_usage() {
            FailureKind::Request
        } else {
            FailureKind::Other
        };
        Self::new(kind, error)
    }
}

impl From<PictureFileError> for Failure {
    fn from(error: PictureFileError) -> Self {
        let kind = match &error {
            PictureFileError::DiskFull { .. } => FailureKind::DiskFull,
            PictureFileError::IsFolder { .. } | PictureFileError::NoFolder { .. } => {
                FailureKind::Request
            }
            _ => FailureKind::Other,
        };
        Self::new(kind, error)
    }
}
