//! Pictures that people have: to draw over, to mask with, to look at.
//!
//! - [`read()`] and [`decode`]: any PNG, JPEG, WebP, GIF or BMP as [`ImageFile`], whatever its depth, its colours and
//!   the way up that its EXIF says.
//! - [`read_mask`] and [`decode_mask`]: the same as a [`Mask`].
//! - [`ImageLimits`]: how much a file may hold. Sizes are checked before anything is decoded.
//! - [`FileKind`]: what a file is by its first bytes; its name counts for nothing.
//!
//! Colour profiles are not applied: pixels are taken for sRGB, as the programs around us take them.

mod decode;
mod error;
mod gif;
pub(crate) mod jpeg;
mod kind;
mod limits;
mod mask;
pub(crate) mod riff;
#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use decode::decode_as;
pub use decode::{decode, read};
pub use error::ImageFileError;
pub use kind::FileKind;
pub use limits::ImageLimits;
pub use mask::{Mask, decode_mask, read_mask};

/// A picture from a file of any kind that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFile {
    /// What the file was.
    pub kind: FileKind,
    /// Width in pixels, as it is looked at.
    pub width: u32,
    /// Height in pixels, as it is looked at.
    pub height: u32,
    /// Red, green and blue, a byte each, row after row from the top left. What is transparent has the colour that the
    /// file gives it, which may be anything.
    pub pixels: Vec<u8>,
    /// How opaque each pixel is, 255 for wholly. `None` if all are: a channel that says nothing is not kept.
    pub alpha: Option<Vec<u8>>,
    /// What of the file is not in the pixels.
    pub notes: Vec<ImageNote>,
}

/// Something about a file that is not seen in its pixels any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageNote {
    /// It had 16 bits a channel, of which the upper 8 are left, rounded.
    SixteenBits,
    /// It was an animation.
    FirstFrame,
    /// Its colours were those of printing inks, and were converted by the plain formula.
    Cmyk,
    /// Its EXIF turned or mirrored it.
    Turned,
}

impl fmt::Display for ImageNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SixteenBits => "it was 16-bit, and is read as 8-bit",
            Self::FirstFrame => "it is animated: its first frame is taken",
            Self::Cmyk => "it is CMYK, and was converted without its profile: colours may differ",
            Self::Turned => "it was turned as its EXIF says",
        })
    }
}

impl ImageFile {
    /// The pixels over a background of one colour: what is half transparent is mixed with it, as the bytes are.
    #[must_use]
    pub fn over(&self, background: [u8; 3]) -> Vec<u8> {
        let mut pixels = self.pixels.clone();
        let Some(alpha) = &self.alpha else {
            return pixels;
        };
        for (pixel, &alpha) in pixels.as_chunks_mut::<3>().0.iter_mut().zip(alpha) {
            for (value, below) in pixel.iter_mut().zip(background) {
                let alpha = u32::from(alpha);
                let mixed = u32::from(*value) * alpha + u32::from(below) * (255 - alpha);
                *value = ((mixed + 127) / 255) as u8;
            }
        }
        pixels
    }

    /// The pixels over white.
    #[must_use]
    pub fn over_white(&self) -> Vec<u8> {
        self.over([255; 3])
    }
}
