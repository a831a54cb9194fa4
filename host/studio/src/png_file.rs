//! Pictures as PNG files, with the recipe inside.
//!
//! A file that Aquatint writes has two texts before its pixels: `parameters`, which every other program reads, and
//! `aquatint`, the recipe as JSON. Files are read from anywhere, so reading trusts nothing: sizes and texts are bounded.

mod alphabet;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::io;
use std::path::PathBuf;

use crate::{Infotext, Recipe, RecipeError};

pub use read::{decode, read, read_size, read_texts};
pub(crate) use write::{Unnamed, add_parameters, clear_up, failed, replace};
pub use write::{encode, write, write_numbered};

/// Keyword of the A1111 text.
const PARAMETERS: &str = "parameters";
/// Keyword of the recipe.
const RECIPE: &str = "aquatint";

/// Most pixels a file may claim: the square of the largest side a request may have. 192 MiB as bytes.
pub const MAX_PIXELS: u64 = 8192 * 8192;
/// Most bytes that all texts and the decoder's own rows may take. The longest texts in the wild, ComfyUI's workflows,
/// are well below one megabyte.
pub const MAX_TEXT_BYTES: usize = 16 << 20;

/// What was in a PNG file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PngFile {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green and blue, a byte each, row after row. Transparency is dropped. Empty from [`read_texts`].
    pub pixels: Vec<u8>,
    /// The A1111 text.
    pub parameters: Option<String>,
    /// The JSON of the recipe, not yet looked at: one of a newer version must not keep anyone from the pixels.
    pub recipe_json: Option<String>,
    /// The keywords of all texts, sorted: by what else is there one knows other programs.
    pub keywords: Vec<String>,
}

impl PngFile {
    /// The recipe, where there is one.
    ///
    /// # Errors
    /// There is one, but this version cannot read it.
    pub fn recipe(&self) -> Result<Option<Recipe>, RecipeError> {
        self.recipe_json
            .as_deref()
            .map(Recipe::from_json)
            .transpose()
    }

    /// The A1111 text taken apart, where there is one.
    #[must_use]
    pub fn infotext(&self) -> Option<Infotext> {
        self.parameters.as_deref().map(Infotext::parse)
    }
}

/// Why a picture could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The path is a folder, where a file was expected.
    #[error("{} is a folder, not a picture", path.display())]
    IsFolder {
        /// The path that was given.
        path: PathBuf,
    },
    /// There is nowhere to write to.
    #[error("cannot write {}: there is no folder {}", path.display(), folder.display())]
    NoFolder {
        /// The file to write.
        path: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// No space is left.
    #[error("cannot write {}: the disk is full", path.display())]
    DiskFull {
        /// The file to write.
        path: PathBuf,
    },
    /// Writing failed for another reason.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder to write.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The pixels of a [`crate::Picture`] do not fill it.
    #[error("a picture of {width}x{height} needs {} bytes of pixels, not {given}", u64::from(*width) * u64::from(*height) * 3)]
    Pixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// How many bytes there are.
        given: usize,
    },
    /// PNG cannot hold this picture.
    #[error("cannot encode a picture of {width}x{height} as PNG: {why}")]
    Encode {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// What the encoder says.
        why: String,
    },
    /// Opening or reading failed.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file to read.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is something else.
    #[error("{} is not a PNG file", path.display())]
    NotPng {
        /// The file.
        path: PathBuf,
    },
    /// The file ends too early, or what it says does not hold together.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the decoder says.
        why: String,
    },
    /// The file claims more pixels than anyone asked for.
    #[error("{} claims {width}x{height} pixels, more than the {MAX_PIXELS} that are read", path.display())]
    TooManyPixels {
        /// The file.
        path: PathBuf,
        /// The width it claims.
        width: u32,
        /// The height it claims.
        height: u32,
    },
    /// The texts in the file are too long.
    #[error("{} has more text than the {MAX_TEXT_BYTES} bytes that are read", path.display())]
    TooMuchText {
        /// The file.
        path: PathBuf,
    },
}
