use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

use super::metadata::Metadata;
use super::{Encoding, PictureFile, decode, jpeg, webp};
use crate::png_file::{self, Unnamed};
use crate::replay::Pixels;
use crate::{Picture, PictureFileError};

/// The file of a picture, with what says how it was made.
///
/// # Errors
/// The picture has no pixels, or not as many as its size says, or more than the format can hold.
pub fn encode(picture: &Picture, encoding: Encoding) -> Result<Vec<u8>, PictureFileError> {
    let most = match encoding {
        Encoding::Png => return png_file::encode(picture),
        Encoding::Jpeg { .. } => jpeg::MOST_EXIF,
        Encoding::WebP { .. } | Encoding::WebPLossless => usize::MAX,
    };
    let pixels = encode_pixels(picture.into(), encoding)?;
    let metadata = Metadata::of(picture, encoding, most);
    if matches!(encoding, Encoding::Jpeg { .. }) {
        return Ok(jpeg::with(&pixels, &metadata));
    }
    let file = webp::with(&pixels, picture.width, picture.height, &metadata);
    file.ok_or_else(|| {
        failed(
            picture.into(),
            encoding,
            "its texts are too long".to_owned(),
        )
    })
}

/// JPEG or WebP of pixels alone.
fn encode_pixels(pixels: Pixels<'_>, encoding: Encoding) -> Result<Vec<u8>, PictureFileError> {
    let Pixels {
        width,
        height,
        bytes,
    } = pixels;
    if bytes.len() as u64 != u64::from(width) * u64::from(height) * 3 {
        return Err(PictureFileError::Pixels {
            width,
            height,
            given: bytes.len(),
        });
    }
    if bytes.is_empty() {
        return Err(failed(pixels, encoding, "it has no pixels".to_owned()));
    }
    let webp = |lossless, quality| {
        ::webp::Encoder::from_rgb(bytes, width, height)
            .encode_simple(lossless, quality)
            .map(|it| it.to_vec())
            .map_err(|error| failed(pixels, encoding, format!("{error:?}")))
    };
    match encoding {
        Encoding::Png | Encoding::WebPLossless => webp(true, LOSSLESS_EFFORT),
        Encoding::WebP { quality } => webp(false, quality.into()),
        Encoding::Jpeg { quality } => {
            let mut file = Vec::new();
            JpegEncoder::new_with_quality(&mut file, quality)
                .write_image(bytes, width, height, ExtendedColorType::Rgb8)
                .map_err(|error| failed(pixels, encoding, error.to_string()))?;
            Ok(file)
        }
    }
}

/// Without losses this is how hard it tries to be small, as libwebp's own program does.
const LOSSLESS_EFFORT: f32 = 75.0;

fn failed(pixels: Pixels<'_>, encoding: Encoding, why: String) -> PictureFileError {
    PictureFileError::Encode {
        width: pixels.width,
        height: pixels.height,
        kind: encoding.kind(),
        why,
    }
}

/// The pixels of a picture as they would come back from its file: what losses are is the same each time, so pictures that
/// are the same are so behind them too.
///
/// # Errors
/// As [`encode`].
pub fn as_encoded<'a>(
    pixels: impl Into<Pixels<'a>>,
    encoding: Encoding,
) -> Result<Vec<u8>, PictureFileError> {
    let pixels = pixels.into();
    if encoding.is_lossless() {
        return Ok(pixels.bytes.to_vec());
    }
    let PictureFile { pixels, .. } = decode(&encode_pixels(pixels, encoding)?, Path::new("it"))?;
    Ok(pixels)
}

/// Writes a picture to this very file, in place of what was there. The name may end as it likes.
///
/// # Errors
/// The picture has the wrong size, or the file cannot be written; what was there before is then still there.
pub fn write(path: &Path, picture: &Picture, encoding: Encoding) -> Result<(), PictureFileError> {
    let bytes = encode(picture, encoding)?;
    png_file::replace(path, |file| {
        file.write_all(&bytes)
            .map_err(|error| png_file::failed(path, error))
    })
}

/// Writes a picture into a folder as the next in number, `00001-SEED.png`, and says where. The folder is made if it is
/// not there. Several programs may do so at once.
///
/// # Errors
/// The picture has the wrong size, or the folder cannot be made or written to.
pub fn write_numbered(
    folder: &Path,
    picture: &Picture,
    encoding: Encoding,
) -> Result<PathBuf, PictureFileError> {
    let mut unnamed = Unnamed::new(folder, picture, encoding)?;
    let last = last_number(folder).map_err(|error| png_file::failed(folder, error))?;
    let mut number = last.saturating_add(1);
    let ending = encoding.extension();
    loop {
        let path = folder.join(format!("{number:05}-{}.{ending}", picture.recipe.seed));
        match unnamed.name(&path)? {
            None => return Ok(path),
            // Someone else was faster.
            Some(taken) => {
                unnamed = taken;
                let next = number.checked_add(1);
                let full = || png_file::failed(&path, std::io::ErrorKind::AlreadyExists.into());
                number = next.ok_or_else(full)?;
            }
        }
    }
}

/// The highest number at the start of any name in the folder.
fn last_number(folder: &Path) -> std::io::Result<u64> {
    let mut last = 0;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.split_once('-')?.0.parse().ok());
        last = last.max(number.unwrap_or(0));
    }
    Ok(last)
}
