//! Small pictures of pictures, kept on disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use aquatint_sandbox::document::{Readers, replace};
use aquatint_studio::picture_file;
use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, Resizer};

use crate::http::Problem;

/// The sizes there are: the longer side, in pixels.
pub(super) const SIZES: [u32; 4] = [64, 128, 256, 512];

/// Small pictures of pictures.
#[derive(Debug)]
pub(crate) struct Thumbnails {
    folder: PathBuf,
}

impl Thumbnails {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            folder: data.join("cache").join("thumbnails"),
        }
    }

    /// The PNG of a picture's thumbnail, made where it is not there yet. A picture that is small already is as it is.
    pub(crate) fn get(&self, file: &Path, size: u32) -> Result<Vec<u8>, Problem> {
        let metadata = fs::metadata(file).map_err(|error| gone(&error))?;
        let stamp = metadata.modified().ok();
        let since = stamp.and_then(|it| it.duration_since(SystemTime::UNIX_EPOCH).ok());
        let mut name = blake3::Hasher::new();
        name.update(file.to_string_lossy().as_bytes());
        name.update(&metadata.len().to_le_bytes());
        name.update(&since.unwrap_or_default().as_nanos().to_le_bytes());
        let hex = name.finalize().to_hex();
        let (first, rest) = hex.split_at(2);
        let kept = self
            .folder
            .join(size.to_string())
            .join(first)
            .join(format!("{}.png", &rest[..30]));
        if let Ok(bytes) = fs::read(&kept) {
            return Ok(bytes);
        }
        let picture = picture_file::read(file).map_err(Problem::not_found)?;
        let bytes = shrink(picture.width, picture.height, picture.pixels, size)?;
        // Only time is lost where it cannot be kept.
        if let Err(error) = replace(&kept, &bytes, Readers::Maker) {
            tracing::warn!(%error, "a thumbnail could not be kept");
        }
        Ok(bytes)
    }
}

fn gone(error: &std::io::Error) -> Problem {
    match error.kind() {
        std::io::ErrorKind::NotFound => Problem::not_found("the file is no longer there"),
        _ => Problem::internal(error),
    }
}

/// A PNG whose longer side has at most `size` pixels.
fn shrink(width: u32, height: u32, pixels: Vec<u8>, size: u32) -> Result<Vec<u8>, Problem> {
    let longest = width.max(height);
    if longest <= size {
        return encode(width, height, &pixels);
    }
    let side = |side: u32| {
        let scaled = u64::from(side) * u64::from(size) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(size).max(1)
    };
    let (small_width, small_height) = (side(width), side(height));
    let pixels = resize(width, height, pixels, small_width, small_height)?;
    encode(small_width, small_height, &pixels)
}

/// Scales red, green and blue, a byte each.
fn resize(
    width: u32,
    height: u32,
    pixels: Vec<u8>,
    to_width: u32,
    to_height: u32,
) -> Result<Vec<u8>, Problem> {
    let from =
        Image::from_vec_u8(width, height, pixels, PixelType::U8x3).map_err(Problem::internal)?;
    let mut to = Image::new(to_width, to_height, PixelType::U8x3);
    Resizer::new()
        .resize(&from, &mut to, None)
        .map_err(Problem::internal)?;
    Ok(to.into_vec())
}

/// A PNG of red, green and blue, made fast.
pub(crate) fn encode(width: u32, height: u32, pixels: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(Problem::internal)?;
    writer.write_image_data(pixels).map_err(Problem::internal)?;
    writer.finish().map_err(Problem::internal)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_cut_and_nothing_is_enlarged() {
        let size = |width: u32, height: u32, size: u32| {
            let pixels = vec![7; (width * height * 3) as usize];
            let png = shrink(width, height, pixels, size).expect("a thumbnail");
            let read = picture_file::decode(&png, Path::new("t"));
            let read = read.expect("a picture");
            assert!(read.pixels.iter().all(|byte| *byte == 7));
            (read.width, read.height)
        };
        assert_eq!(size(512, 2048, 256), (64, 256));
        assert_eq!(size(300, 200, 128), (128, 85));
        assert_eq!(size(60, 50, 64), (60, 50));
        assert_eq!(size(4000, 1, 64), (64, 1));
    }
}
