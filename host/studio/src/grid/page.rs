use std::path::PathBuf;
use std::sync::Arc;

/// What a sheet says and how many tiles it has: one for each pair of a column and a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Above everything; empty for none.
    pub title: String,
    /// A label for each column, from the left; `[""]` for one column without a label.
    pub columns: Vec<String>,
    /// A label for each row, from the top; `[""]` for one row without a label.
    pub rows: Vec<String>,
    /// The text that other programs read, as [`super::infotext`] makes it.
    pub parameters: Option<String>,
}

/// What lies at one place of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tile {
    /// A PNG file. One that cannot be read is drawn as an error.
    File(PathBuf),
    /// A picture in memory.
    Pixels(Arc<Pixels>),
    /// Why there is no picture, where something went wrong.
    Error(String),
    /// Why there is no picture, where nothing went wrong: `skipped`.
    Note(String),
    /// There is none yet.
    Missing,
}

/// A picture in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green and blue, a byte each, row after row: as many as the size says, or the tile is drawn as an error.
    pub rgb: Vec<u8>,
}

/// What became of a sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// Width of the sheet in pixels.
    pub width: u32,
    /// Height of the sheet in pixels.
    pub height: u32,
    /// Width of every tile in pixels: the widest picture's, after scaling.
    pub tile_width: u32,
    /// Height of every tile in pixels: the highest picture's, after scaling.
    pub tile_height: u32,
    /// The size of the tiles over the pictures' own: below 1 where the sheet would have passed its bounds.
    pub scale: f64,
    /// How many tiles show a picture.
    pub pictures: usize,
    /// How many pictures could not be read, and are drawn as errors.
    pub unreadable: usize,
}

impl Drawn {
    /// One sentence for people where the tiles are smaller than the pictures.
    #[must_use]
    pub fn scaled(&self) -> Option<String> {
        (self.scale < 1.0).then(|| {
            format!(
                "the tiles are {}x{} pixels, {:.3} of the pictures' size, so that the grid stays within its bounds",
                self.tile_width, self.tile_height, self.scale
            )
        })
    }
}
