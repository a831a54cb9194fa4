//! Reading: any PNG, in bounded memory.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek};
use std::path::Path;

use png::text_metadata::{ITXtChunk, ZTXtChunk};
use png::{
    ColorType, DecodeOptions, Decoder, DecodingError, Info, Limits, Reader, Transformations,
};

use super::{MAX_PIXELS, MAX_TEXT_BYTES, PARAMETERS, RECIPE, alphabet};
use crate::image_file::FileKind;
use crate::picture_file::{Encoding, PictureFile, PictureFileError};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Reads a PNG file whole.
///
/// # Errors
/// It cannot be opened, is no PNG, is damaged, or is larger than anyone needs.
pub fn read(path: &Path) -> Result<PictureFile, PictureFileError> {
    decode(open(path)?, path)
}

/// Reads the size and the texts of a PNG file, and leaves its pixels alone.
///
/// # Errors
/// As [`read`], but damage in the pixels may go unnoticed.
pub fn read_texts(path: &Path) -> Result<PictureFile, PictureFileError> {
    let mut reader = start(open(path)?, path)?;
    reader.finish().map_err(|error| refused(path, error))?;
    gather(reader.info(), Vec::new()).map_err(|error| refused(path, error))
}

/// Reads no more of a PNG file than its width and height in pixels.
///
/// # Errors
/// As [`read`], but damage behind the header goes unnoticed.
pub fn read_size(path: &Path) -> Result<(u32, u32), PictureFileError> {
    Ok(start(open(path)?, path)?.info().size())
}

/// Reads a PNG from anywhere. Errors call it by `name`.
///
/// # Errors
/// As [`read`].
pub fn decode(source: impl BufRead + Seek, name: &Path) -> Result<PictureFile, PictureFileError> {
    let mut reader = start(source, name)?;
    let pixels = rgb(&mut reader).map_err(|error| refused(name, error))?;
    // Texts may follow the pixels.
    reader.finish().map_err(|error| refused(name, error))?;
    gather(reader.info(), pixels).map_err(|error| refused(name, error))
}

fn open(path: &Path) -> Result<BufReader<File>, PictureFileError> {
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
    Ok(BufReader::new(File::open(path).map_err(failed)?))
}

/// Reads up to the pixels, and refuses a size before anything is allocated for it.
fn start<R: BufRead + Seek>(mut source: R, name: &Path) -> Result<Reader<R>, PictureFileError> {
    let mut signature = [0; SIGNATURE.len()];
    match source.read_exact(&mut signature) {
        Ok(()) if signature == SIGNATURE => {}
        Ok(()) => {
            return Err(PictureFileError::NotPng {
                path: name.to_owned(),
            });
        }
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(PictureFileError::NotPng {
                path: name.to_owned(),
            });
        }
        Err(source) => {
            return Err(PictureFileError::Read {
                path: name.to_owned(),
                source,
            });
        }
    }
    source.rewind().map_err(|source| PictureFileError::Read {
        path: name.to_owned(),
        source,
    })?;

    let mut options = DecodeOptions::default();
    // A text with a wrong checksum would otherwise be left out without a word, and the recipe with it.
    options.set_skip_ancillary_crc_failures(false);
    let mut decoder = Decoder::new_with_options(source, options);
    decoder.set_limits(Limits {
        bytes: MAX_TEXT_BYTES,
    });
    decoder.set_transformations(Transformations::normalize_to_color8());
    let header = decoder
        .read_header_info()
        .map_err(|error| refused(name, error))?;
    let (width, height) = header.size();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureFileError::TooManyPixels {
            path: name.to_owned(),
            width,
            height,
        });
    }
    decoder.read_info().map_err(|error| refused(name, error))
}

/// The pixels as red, green and blue: grey three times, and what is transparent as if it were not.
fn rgb<R: BufRead + Seek>(reader: &mut Reader<R>) -> Result<Vec<u8>, DecodingError> {
    let size = reader
        .output_buffer_size()
        .ok_or(DecodingError::LimitsExceeded)?;
    let mut bytes = vec![0; size];
    let frame = reader.next_frame(&mut bytes)?;
    bytes.truncate(frame.buffer_size());
    Ok(match frame.color_type {
        ColorType::Rgb | ColorType::Indexed => bytes,
        ColorType::Rgba => bytes
            .as_chunks::<4>()
            .0
            .iter()
            .flat_map(|&[r, g, b, _]| [r, g, b])
            .collect(),
        ColorType::Grayscale => bytes.iter().flat_map(|&grey| [grey; 3]).collect(),
        ColorType::GrayscaleAlpha => bytes
            .as_chunks::<2>()
            .0
            .iter()
            .flat_map(|&[grey, _]| [grey; 3])
            .collect(),
    })
}

fn gather(info: &Info<'_>, pixels: Vec<u8>) -> Result<PictureFile, DecodingError> {
    Ok(PictureFile {
        kind: FileKind::Png,
        encoding: Some(Encoding::Png),
        width: info.width,
        height: info.height,
        pixels,
        parameters: text(info, PARAMETERS)?,
        recipe_json: text(info, RECIPE)?,
        keywords: keywords(info),
    })
}

fn keywords(info: &Info<'_>) -> Vec<String> {
    let old = info.uncompressed_latin1_text.iter().map(|it| &it.keyword);
    let compressed = info.compressed_latin1_text.iter().map(|it| &it.keyword);
    let international = info.utf8_text.iter().map(|it| &it.keyword);
    let all: BTreeSet<&String> = old.chain(compressed).chain(international).collect();
    all.into_iter().cloned().collect()
}

/// The text with this keyword, of whichever kind. Of several kinds the one that has every letter counts; of several of
/// a kind the last, as in Pillow.
fn text(info: &Info<'_>, keyword: &str) -> Result<Option<String>, DecodingError> {
    let international = info
        .utf8_text
        .iter()
        .rfind(|chunk| chunk.keyword == keyword);
    if let Some(mut chunk) = international.cloned() {
        ITXtChunk::decompress_text_with_limit(&mut chunk, MAX_TEXT_BYTES)?;
        return chunk.get_text().map(Some);
    }
    if let Some(chunk) = info
        .uncompressed_latin1_text
        .iter()
        .rfind(|chunk| chunk.keyword == keyword)
    {
        return Ok(Some(alphabet::old_kind(chunk.text.clone())));
    }
    let compressed = info
        .compressed_latin1_text
        .iter()
        .rfind(|chunk| chunk.keyword == keyword);
    if let Some(mut chunk) = compressed.cloned() {
        ZTXtChunk::decompress_text_with_limit(&mut chunk, MAX_TEXT_BYTES)?;
        return chunk.get_text().map(alphabet::old_kind).map(Some);
    }
    Ok(None)
}

fn refused(name: &Path, error: DecodingError) -> PictureFileError {
    let path = name.to_owned();
    match error {
        DecodingError::LimitsExceeded => PictureFileError::TooMuchText { path },
        // The decoder reports the end of the file as if the system had failed.
        DecodingError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            PictureFileError::Damaged {
                path,
                why: "it ends too early".to_owned(),
            }
        }
        DecodingError::IoError(source) => PictureFileError::Read { path, source },
        DecodingError::Format(_) | DecodingError::Parameter(_) => PictureFileError::Damaged {
            path,
            why: error.to_string(),
        },
    }
}
