use std::path::Path;

use super::{ImageFile, ImageFileError, ImageLimits, ImageNote, decode, read};

/// A picture as a mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// A byte for each pixel, row after row from the top left: 255 where it covers.
    pub values: Vec<u8>,
    /// Whether they are the picture's transparency, not its brightness.
    pub from_alpha: bool,
    /// What of the file is not in the values.
    pub notes: Vec<ImageNote>,
}

/// Reads a mask, as A1111 takes one that is uploaded: how opaque a picture is where any of it is transparent, and else
/// how bright.
///
/// # Errors
/// As [`read()`](super::read()).
pub fn read_mask(path: &Path, limits: &ImageLimits) -> Result<Mask, ImageFileError> {
    read(path, limits).map(Mask::from)
}

/// Reads a mask that is in memory.
///
/// # Errors
/// As [`decode`].
pub fn decode_mask(bytes: &[u8], limits: &ImageLimits) -> Result<Mask, ImageFileError> {
    decode(bytes, limits).map(Mask::from)
}

impl From<ImageFile> for Mask {
    fn from(file: ImageFile) -> Self {
        let from_alpha = file.alpha.is_some();
        let values = file.alpha.unwrap_or_else(|| {
            let pixels = file.pixels.as_chunks::<3>().0;
            pixels.iter().map(|&pixel| luma(pixel)).collect()
        });
        Self {
            width: file.width,
            height: file.height,
            values,
            from_alpha,
            notes: file.notes,
        }
    }
}

/// Brightness as Pillow has it: ITU-R BT.601 in whole numbers of 1/65536, rounded.
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let sum = u32::from(red) * 19595 + u32::from(green) * 38470 + u32::from(blue) * 7471;
    ((sum + 0x8000) >> 16) as u8
}
