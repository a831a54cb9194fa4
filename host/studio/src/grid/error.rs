use crate::PictureFileError;

/// Why a grid could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum GridError {
    /// There is nothing to draw.
    #[error("a grid needs at least one column and one row, not {columns} columns and {rows} rows")]
    Empty {
        /// How many columns were asked for.
        columns: usize,
        /// How many rows were asked for.
        rows: usize,
    },
    /// Even with the smallest tiles the sheet would pass its bounds.
    #[error(
        "a grid of {columns}x{rows} tiles does not fit into {max_side} pixels a side and {max_pixels} pixels in all: \
         the tiles would be narrower than {least} pixels"
    )]
    TooMany {
        /// How many columns were asked for.
        columns: usize,
        /// How many rows were asked for.
        rows: usize,
        /// The most pixels of a side.
        max_side: u32,
        /// The most pixels of the sheet.
        max_pixels: u64,
        /// The fewest pixels of a tile's side.
        least: u32,
    },
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] PictureFileError),
}
