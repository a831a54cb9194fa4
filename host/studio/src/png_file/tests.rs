//! What both sides of the tests use.

mod reading;
mod writing;

use std::io::Cursor;
use std::path::{Path, PathBuf};

use super::*;
use crate::picture_file::{self, Encoding, PictureFile, PictureFileError};
use crate::recipe::tests::sample;
use crate::{Infotext, Picture, Recipe};

fn picture() -> Picture {
    let pixels = (0..24).map(|i| i * 10).collect();
    Picture {
        width: 4,
        height: 2,
        texts: Vec::new(),
        pixels,
        recipe: sample(),
        timings: vec![("denoise".into(), 1.5)],
    }
}

fn write_numbered(folder: &Path, picture: &Picture) -> Result<PathBuf, PictureFileError> {
    picture_file::write_numbered(folder, picture, Encoding::Png)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn says<T>(result: Result<T, PictureFileError>) -> String {
    result.map(|_| ()).expect_err("should fail").to_string()
}

fn decoded(bytes: &[u8]) -> Result<PictureFile, PictureFileError> {
    decode(Cursor::new(bytes), Path::new("some.png"))
}

/// Where each chunk starts, its kind and its content.
fn chunks(bytes: &[u8]) -> Vec<(usize, [u8; 4], &[u8])> {
    let mut found = Vec::new();
    let mut at = 8;
    while at < bytes.len() {
        let word = |at: usize| <[u8; 4]>::try_from(&bytes[at..at + 4]).expect("four bytes");
        let length = u32::from_be_bytes(word(at)) as usize;
        found.push((at, word(at + 4), &bytes[at + 8..at + 8 + length]));
        at += 12 + length;
    }
    found
}

/// A picture of one grey pixel by another writer.
fn foreign(
    color: png::ColorType,
    depth: png::BitDepth,
    data: &[u8],
    change: impl FnOnce(&mut png::Encoder<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(color);
    encoder.set_depth(depth);
    change(&mut encoder);
    let mut writer = encoder.write_header().expect("header");
    writer.write_image_data(data).expect("pixels");
    writer.finish().expect("end");
    bytes
}

/// A PNG with this chunk put in before the pixels.
fn with_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = encode(&picture()).expect("encode");
    let at = chunks(&bytes)
        .iter()
        .find(|(_, kind, _)| kind == b"IDAT")
        .map(|(at, ..)| *at)
        .expect("pixels");
    let body = [kind, content].concat();
    let length = u32::try_from(content.len()).expect("short").to_be_bytes();
    bytes.splice(
        at..at,
        [&length[..], &body, &crc32fast::hash(&body).to_be_bytes()].concat(),
    );
    bytes
}
