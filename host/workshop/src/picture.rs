//! Pictures in files.

use std::io;
use std::path::{Path, PathBuf};

use aquatint_sandbox::pixels::{Picture, PixelFormat, Size};

use crate::files;

/// The most pixels that a picture of a case may have.
pub(crate) const MOST: u64 = 64 << 20;

/// Reads a PNG file.
///
/// # Errors
/// It cannot be read, is no PNG, is damaged, or has more than 64 Mi pixels.
pub fn read(path: &Path) -> Result<Picture, PictureFileError> {
    let bytes = std::fs::read(path).map_err(|source| PictureFileError::Io {
        path: path.to_owned(),
        source,
    })?;
    Picture::decode(&bytes, MOST).map_err(|error| PictureFileError::Png {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// Writes a PNG file. Floats are clamped and rounded to 8 bits.
///
/// # Errors
/// It cannot be written.
pub fn write(picture: &Picture, path: &Path) -> Result<(), PictureFileError> {
    let bytes = match picture.format() {
        PixelFormat::RgbaF32 => picture.convert(PixelFormat::Rgba8).encode(),
        _ => picture.encode(),
    }
    .map_err(|error| PictureFileError::Png {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    files::write(path, &bytes).map_err(|source| PictureFileError::Io {
        path: path.to_owned(),
        source,
    })
}

/// A picture whose pixel at `x`, `y` is `color(x, y)`. The sides are 1 to 16384.
pub(crate) fn of_colors(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
    let pixels = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| color(x, y))
        .collect();
    Picture::from_pixels(Size { width, height }, PixelFormat::Rgb8, pixels)
        .expect("callers give sides of 1 to 16384")
}

/// Every pixel as red, green, blue, alpha.
pub(crate) fn rgba(picture: &Picture) -> Vec<[u8; 4]> {
    let converted = picture.convert(PixelFormat::Rgba8);
    converted.pixels().as_chunks().0.to_vec()
}

/// Why a picture cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PictureFileError {
    /// The system said no.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is none that can be used.
    #[error("{path}: {reason}", path = .path.display())]
    Png {
        /// The file.
        path: PathBuf,
        /// What is wrong and what was expected.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_reads_back_as_it_was_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("made/a.png");
        let colors = of_colors(2, 3, |x, y| [x as u8, y as u8, 200]);
        for format in [PixelFormat::Rgb8, PixelFormat::Rgba8, PixelFormat::Gray8] {
            let picture = colors.convert(format);
            write(&picture, &path).expect("written");
            assert_eq!(read(&path).expect("read"), picture);
        }
        write(&colors.convert(PixelFormat::RgbaF32), &path).expect("written");
        assert_eq!(rgba(&read(&path).expect("read")), rgba(&colors));
    }

    #[test]
    fn what_is_no_picture_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.png");
        std::fs::write(&path, "not a picture").expect("written");
        let message = read(&path).expect_err("text").to_string();
        assert!(message.contains("a.png: not a PNG file"), "{message}");
        let message = read(&folder.path().join("b.png"))
            .expect_err("missing")
            .to_string();
        assert!(message.contains("b.png: "), "{message}");
    }
}
