use std::fs::File;
use std::io::{self, Cursor, Read as _};
use std::path::Path;

use image::ImageDecoder as _;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;

use super::metadata::Found;
use super::{Encoding, PictureFile, jpeg, webp};
use crate::image_file::{self, FileKind, ImageFileError, ImageLimits};
use crate::{PictureFileError, png_file};

/// How many first bytes tell what a file is.
const FIRST: u64 = 16;

/// Reads a picture's file whole.
///
/// # Errors
/// It cannot be opened, is no PNG, JPEG or WebP, is damaged, or is larger than anyone needs.
pub fn read(path: &Path) -> Result<PictureFile, PictureFileError> {
    match kind(path)? {
        FileKind::Png => png_file::read(path),
        kind => lossy(&bytes_of(path)?, kind, path, true),
    }
}

/// Reads the size and the texts of a picture's file, and leaves its pixels alone.
///
/// # Errors
/// As [`read`], but damage in the pixels may go unnoticed.
pub fn read_texts(path: &Path) -> Result<PictureFile, PictureFileError> {
    match kind(path)? {
        FileKind::Png => png_file::read_texts(path),
        kind => lossy(&bytes_of(path)?, kind, path, false),
    }
}

/// Reads a picture's file that is in memory. Errors call it by `name`.
///
/// # Errors
/// As [`read`].
pub fn decode(bytes: &[u8], name: &Path) -> Result<PictureFile, PictureFileError> {
    match known(bytes, name)? {
        FileKind::Png => png_file::decode(Cursor::new(bytes), name),
        kind => lossy(bytes, kind, name, true),
    }
}

fn kind(path: &Path) -> Result<FileKind, PictureFileError> {
    let failed = |source| PictureFileError::Read {
        path: path.to_owned(),
        source,
    };
    // On some systems a folder opens well and then cannot be read.
    if path.is_dir() {
        return Err(PictureFileError::IsFolder {
            path: path.to_owned(),
        });
    }
    let mut first = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(FIRST).read_to_end(&mut first).map_err(failed)?;
    known(&first, path)
}

fn known(first: &[u8], path: &Path) -> Result<FileKind, PictureFileError> {
    let path = || path.to_owned();
    match FileKind::of(first) {
        Some(kind) if Encoding::of_kind(kind).is_some() => Ok(kind),
        Some(kind) => Err(PictureFileError::OtherKind {
            path: path(),
            kind: kind.to_string(),
        }),
        None => Err(match FileKind::unread(first) {
            Some(kind) => PictureFileError::OtherKind {
                path: path(),
                kind: kind.to_owned(),
            },
            None => PictureFileError::NotPicture { path: path() },
        }),
    }
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, PictureFileError> {
    let max = ImageLimits::default().bytes;
    let mut bytes = Vec::new();
    let read = |bytes: &mut Vec<u8>| -> io::Result<usize> {
        File::open(path)?
            .take(max.saturating_add(1))
            .read_to_end(bytes)
    };
    read(&mut bytes).map_err(|source| PictureFileError::Read {
        path: path.to_owned(),
        source,
    })?;
    if bytes.len() as u64 > max {
        let name = path.display().to_string();
        return Err(ImageFileError::TooLong { name, max }.into());
    }
    Ok(bytes)
}

/// JPEG or WebP.
fn lossy(
    bytes: &[u8],
    kind: FileKind,
    path: &Path,
    with_pixels: bool,
) -> Result<PictureFile, PictureFileError> {
    let name = || path.display().to_string();
    let cut = || ImageFileError::Truncated { name: name(), kind };
    let mut found = Found::default();
    let (width, height) = if kind == FileKind::Jpeg {
        let segments = image_file::jpeg::segments(bytes);
        jpeg::read(&segments, &mut found);
        let frame = segments.frame().ok_or_else(cut)?;
        let turned = segments
            .labelled(image_file::jpeg::APP1, b"Exif\0\0")
            .next();
        turned_by(turned, (frame.width.into(), frame.height.into()))
    } else {
        webp::read(bytes, &mut found).map_err(|_| cut())?;
        let damaged = |error: image::ImageError| ImageFileError::Damaged {
            name: name(),
            kind,
            why: aquatint_sandbox::names::shown(&error.to_string()),
        };
        let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
        let exif = decoder.exif_metadata().ok().flatten();
        turned_by(exif.as_deref(), decoder.dimensions())
    };
    let mut file = PictureFile {
        kind,
        encoding: found.encoding.filter(|it| it.kind() == kind),
        width,
        height,
        pixels: Vec::new(),
        keywords: found.keywords(),
        parameters: found.parameters,
        recipe_json: found.recipe_json,
    };
    if with_pixels {
        let image = image_file::decode_as(bytes, &ImageLimits::default(), name())?;
        (file.width, file.height) = (image.width, image.height);
        file.pixels = image.pixels;
    }
    Ok(file)
}

/// A size as it is looked at.
fn turned_by(exif: Option<&[u8]>, (width, height): (u32, u32)) -> (u32, u32) {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    match exif.and_then(Orientation::from_exif_chunk) {
        Some(Rotate90 | Rotate90FlipH | Rotate270 | Rotate270FlipH) => (height, width),
        _ => (width, height),
    }
}
