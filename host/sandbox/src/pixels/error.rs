use crate::problem::Problem;

/// Why something cannot be done with a picture; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// What was given makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// It makes sense, but not here.
    #[error("{0}")]
    Unsupported(String),
    /// There is no room for it.
    #[error("{0}")]
    Exhausted(String),
    /// It belongs to the host.
    #[error("{0}")]
    Denied(String),
    /// It took too long, or is not wanted any more.
    #[error("stopped")]
    Stopped,
}

impl From<PictureError> for Problem {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Invalid(text) => Self::InvalidInput(text),
            PictureError::Unsupported(text) => Self::Unsupported(text),
            PictureError::Exhausted(text) => Self::Exhausted(text),
            PictureError::Denied(text) => Self::Denied(text),
            PictureError::Stopped => Self::Cancelled,
        }
    }
}
