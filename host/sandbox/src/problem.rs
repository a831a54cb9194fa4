//! Why something did not happen, as both sides of the contract say it.

/// The contract's `problem`: what a host function answers, and what a plugin returns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// What was given makes no sense.
    #[error("{0}")]
    InvalidInput(String),
    /// What was given makes sense but cannot be done here.
    #[error("{0}")]
    Unsupported(String),
    /// No such thing.
    #[error("{0}")]
    NotFound(String),
    /// The user's grant does not cover it.
    #[error("{0}")]
    Denied(String),
    /// A budget is spent.
    #[error("{0}")]
    Exhausted(String),
    /// The job was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// Something went wrong that may go well another time.
    #[error("{0}")]
    Failed(String),
}

impl Problem {
    /// The case's name in the contract.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InvalidInput(_) => "invalid-input",
            Self::Unsupported(_) => "unsupported",
            Self::NotFound(_) => "not-found",
            Self::Denied(_) => "denied",
            Self::Exhausted(_) => "exhausted",
            Self::Cancelled => "cancelled",
            Self::Failed(_) => "failed",
        }
    }

    /// With its text changed.
    #[must_use]
    pub fn map(self, change: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::InvalidInput(text) => Self::InvalidInput(change(text)),
            Self::Unsupported(text) => Self::Unsupported(change(text)),
            Self::NotFound(text) => Self::NotFound(change(text)),
            Self::Denied(text) => Self::Denied(change(text)),
            Self::Exhausted(text) => Self::Exhausted(change(text)),
            Self::Cancelled => Self::Cancelled,
            Self::Failed(text) => Self::Failed(change(text)),
        }
    }
}
