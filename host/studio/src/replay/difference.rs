use std::fmt;

use crate::{Picture, PictureFile};

/// The pixels of a picture, wherever they are.
#[derive(Clone, Copy, Debug)]
pub struct Pixels<'a> {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green and blue, a byte each, row after row.
    pub bytes: &'a [u8],
}

impl<'a> From<&'a Picture> for Pixels<'a> {
    fn from(picture: &'a Picture) -> Self {
        Self {
            width: picture.width,
            height: picture.height,
            bytes: &picture.pixels,
        }
    }
}

impl<'a> From<&'a PictureFile> for Pixels<'a> {
    fn from(file: &'a PictureFile) -> Self {
        Self {
            width: file.width,
            height: file.height,
            bytes: &file.pixels,
        }
    }
}

/// How far two pictures of one size are apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelDifference {
    /// Whether every byte is the same.
    pub identical: bool,
    /// The largest difference in any channel, of 255.
    pub max: u8,
    /// The mean difference over all channels, of 255.
    pub mean: f64,
    /// How many pixels differ in any channel.
    pub pixels: u64,
    /// How many pixels there are.
    pub of: u64,
}

/// Two pictures that have no pixels to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one picture has {}x{} pixels, the other {}x{}", .a.0, .a.1, .b.0, .b.1)]
pub struct OtherSize {
    /// Width and height of one.
    pub a: (u32, u32),
    /// Width and height of the other.
    pub b: (u32, u32),
}

/// How far two pictures are apart.
///
/// # Errors
/// They have different sizes, or not the bytes that their size says.
pub fn difference<'a>(
    a: impl Into<Pixels<'a>>,
    b: impl Into<Pixels<'a>>,
) -> Result<PixelDifference, OtherSize> {
    let (a, b) = (a.into(), b.into());
    let sizes = |pixels: Pixels<'_>| (pixels.width, pixels.height);
    if sizes(a) != sizes(b) || a.bytes.len() != b.bytes.len() {
        return Err(OtherSize {
            a: sizes(a),
            b: sizes(b),
        });
    }
    let (mut max, mut sum, mut pixels) = (0, 0_u64, 0);
    let (left, right) = (a.bytes.as_chunks::<3>().0, b.bytes.as_chunks::<3>().0);
    for (left, right) in left.iter().zip(right) {
        let mut differs = false;
        for (left, right) in left.iter().zip(right) {
            let apart = left.abs_diff(*right);
            max = max.max(apart);
            sum += u64::from(apart);
            differs |= apart > 0;
        }
        pixels += u64::from(differs);
    }
    Ok(PixelDifference {
        identical: pixels == 0,
        max,
        mean: sum as f64 / a.bytes.len().max(1) as f64,
        pixels,
        of: left.len() as u64,
    })
}

impl fmt::Display for PixelDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            identical,
            max,
            mean,
            pixels,
            of,
        } = self;
        if *identical {
            return f.write_str("identical");
        }
        write!(
            f,
            "{pixels} of {of} pixels differ, by at most {max} of 255 in a channel, {mean:.3} on average"
        )
    }
}
