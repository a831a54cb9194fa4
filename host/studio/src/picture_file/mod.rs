//! Pictures on disk, with the recipe inside, in whichever format.
//!
//! - [`Encoding`]: PNG, JPEG or WebP, and how well.
//! - [`write()`], [`write_numbered`] and [`encode`]: a [`Picture`] as a file.
//! - [`read()`], [`read_texts`] and [`decode`]: a file as [`PictureFile`], whoever wrote it.
//! - [`as_encoded`]: pixels as they come back from a file.
//!
//! | format | what other programs read | the recipe |
//! |---|---|---|
//! | PNG | the text `parameters` | the text `aquatint` |
//! | JPEG, WebP | EXIF `UserComment`, in UTF-16 as A1111 writes it | XMP, the property `recipe` of `urn:aquatint:xmp#` |
//!
//! XMP also says how a picture was encoded, which a replay needs to compare pixels, and has what plugins wrote. An EXIF
//! segment of JPEG ends at 64 KiB: a longer text is the property `parameters` of the XMP instead, which may be as long
//! as it likes.

mod encoding;
mod error;
mod exif;
mod jpeg;
mod metadata;
mod read;
#[cfg(test)]
mod tests;
mod webp;
mod write;
mod xmp;

use crate::image_file::FileKind;
use crate::{Infotext, Recipe, RecipeError};

pub(crate) use encoding::without_ending;
pub use encoding::{Encoding, InvalidEncoding};
pub use error::PictureFileError;
pub use read::{decode, read, read_texts};
pub use write::{as_encoded, encode, write, write_numbered};

/// What was in a picture's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureFile {
    /// What the file is.
    pub kind: FileKind,
    /// How its pixels were encoded, as far as that is known: what PNG is is known, of other files only what we wrote
    /// into them.
    pub encoding: Option<Encoding>,
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

impl PictureFile {
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
