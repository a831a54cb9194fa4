use std::path::PathBuf;

use crate::grid::GridError;
use crate::grid::html::HtmlError;
use crate::{DrawError, PictureFileError};

/// Why a sweep did not run to its end. What was drawn is in its folder, and it can be gone on with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The folder holds a sweep already.
    #[error("{} holds a sweep already: go on with it with --resume, or name another folder", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// There is nothing to go on with.
    #[error("{} holds no sweep to go on with", path.display())]
    Nothing {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds another sweep.
    #[error("{} holds another sweep: it has {found} cells along {axes}, and other requests or values", path.display())]
    Another {
        /// The folder.
        path: PathBuf,
        /// How many cells the one in the folder has.
        found: usize,
        /// Its axes.
        axes: String,
    },
    /// Somebody else is at it.
    #[error("another process is drawing the sweep in {}", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// A file of the sweep is not as it was written.
    #[error("{}: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The disk is full.
    #[error("cannot write {}: the disk is full; make space and go on with --resume", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// A file of the sweep cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A picture cannot be written.
    #[error(transparent)]
    Picture(#[from] PictureFileError),
    /// A sheet cannot be drawn.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// The page cannot be written.
    #[error(transparent)]
    Html(#[from] HtmlError),
    /// A cell failed, and the sweep was to stop at the first one.
    #[error("cell {cell} ({coordinates}): {source}")]
    Cell {
        /// Which, from 1.
        cell: usize,
        /// Where it is.
        coordinates: String,
        /// Why.
        source: Box<DrawError>,
    },
    /// Somebody stopped it.
    #[error("stopped: {done} of {cells} cells are drawn; go on with --resume -o {}", path.display())]
    Cancelled {
        /// The folder.
        path: PathBuf,
        /// How many are drawn.
        done: usize,
        /// Of how many.
        cells: usize,
    },
}

impl RunError {
    pub(super) fn io(
        doing: &'static str,
        path: &std::path::Path,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { path }
            }
            _ => Self::Io {
                doing,
                path,
                source,
            },
        }
    }

    /// Whether the command is at fault rather than the machine.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NotEmpty { .. } | Self::Nothing { .. } | Self::Another { .. }
        )
    }

    /// Whether somebody stopped it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled { .. })
    }
}
