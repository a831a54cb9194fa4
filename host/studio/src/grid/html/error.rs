use crate::PictureFileError;

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HtmlError {
    /// A cell is not at one place of each axis.
    #[error("cell {cell} has {given} coordinates, where there are {axes} axes")]
    Coordinates {
        /// Number of the cell, from 0.
        cell: usize,
        /// How many coordinates it has.
        given: usize,
        /// How many axes there are.
        axes: usize,
    },
    /// A cell is beyond the end of an axis.
    #[error(
        "cell {cell} is at place {place} of the axis {axis:?}, which has {labels} labels from 0"
    )]
    Place {
        /// Number of the cell, from 0.
        cell: usize,
        /// Its coordinate.
        place: usize,
        /// Name of the axis.
        axis: String,
        /// How many labels the axis has.
        labels: usize,
    },
    /// A cell's file is not beside or below the page.
    #[error("the file {file:?} of cell {cell} is not a path below the page's folder")]
    Outside {
        /// Number of the cell, from 0.
        cell: usize,
        /// Its file.
        file: String,
    },
    /// The page cannot be written.
    #[error(transparent)]
    File(#[from] PictureFileError),
}
