//! What JPEG files say beside their pixels: segments APP1, each of 64 KiB at most.

use md5::{Digest as _, Md5};

use super::metadata::{Found, Metadata};
use super::xmp;
use crate::image_file::jpeg::{APP1, Segments};
use crate::png_file::MAX_TEXT_BYTES;

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXTENDED: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
/// Most bytes behind the length of a segment.
const SEGMENT: usize = 65533;
/// Most bytes of EXIF.
pub(super) const MOST_EXIF: usize = SEGMENT - EXIF.len();
/// Bytes of a part of a long packet, as the standard recommends.
const PART: usize = 65400;

/// Puts segments behind the header of a file without any.
pub(super) fn with(pixels: &[u8], metadata: &Metadata) -> Vec<u8> {
    let mut added = Vec::new();
    let mut segment = |parts: &[&[u8]]| {
        let length: usize = parts.iter().map(|it| it.len()).sum();
        added.extend([0xff, APP1]);
        added.extend(u16::try_from(length + 2).unwrap_or(u16::MAX).to_be_bytes());
        parts.iter().for_each(|it| added.extend_from_slice(it));
    };
    if let Some(exif) = &metadata.exif {
        segment(&[EXIF, exif]);
    }
    let packet = xmp::packet(&metadata.properties);
    if packet.len() <= SEGMENT - XMP.len() {
        segment(&[XMP, packet.as_bytes()]);
    } else {
        let rest = xmp::meta(&metadata.properties);
        let digest = digest(rest.as_bytes());
        segment(&[XMP, xmp::packet_of_extended(&digest).as_bytes()]);
        let length = u32::try_from(rest.len()).unwrap_or(u32::MAX).to_be_bytes();
        for (index, part) in rest.as_bytes().chunks(PART).enumerate() {
            let offset = u32::try_from(index * PART)
                .unwrap_or(u32::MAX)
                .to_be_bytes();
            segment(&[EXTENDED, digest.as_bytes(), &length, &offset, part]);
        }
    }
    let at = behind_header(pixels);
    [&pixels[..at], &added, &pixels[at..]].concat()
}

/// Behind the mark of the start, and JFIF's segment, which must come first.
fn behind_header(bytes: &[u8]) -> usize {
    match bytes {
        [_, _, 0xff, 0xe0, high, low, ..] => {
            (4 + usize::from(u16::from_be_bytes([*high, *low]))).min(bytes.len())
        }
        _ => 2.min(bytes.len()),
    }
}

fn digest(bytes: &[u8]) -> String {
    let digest = Md5::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// What the segments say.
pub(super) fn read(segments: &Segments<'_>, found: &mut Found) {
    if let Some(exif) = segments.labelled(APP1, EXIF).next() {
        found.exif(exif);
    }
    let Some(packet) = segments.labelled(APP1, XMP).next() else {
        return;
    };
    let properties = xmp::read(packet);
    found.properties(properties.ours);
    if let Some(rest) = properties
        .extended
        .and_then(|name| extended(segments, &name))
    {
        found.properties(xmp::read(&rest).ours);
    }
}

/// The parts of a long packet put together; `None` if one is missing.
fn extended(segments: &Segments<'_>, name: &str) -> Option<Vec<u8>> {
    let mut parts: Vec<(u32, u32, &[u8])> = segments
        .labelled(APP1, EXTENDED)
        .filter_map(|it| it.strip_prefix(name.as_bytes()))
        .filter_map(|it| {
            let (length, it) = it.split_first_chunk::<4>()?;
            let (offset, part) = it.split_first_chunk::<4>()?;
            Some((
                u32::from_be_bytes(*offset),
                u32::from_be_bytes(*length),
                part,
            ))
        })
        .collect();
    parts.sort_by_key(|(offset, ..)| *offset);
    let length = parts.first()?.1 as usize;
    if length > MAX_TEXT_BYTES {
        return None;
    }
    let mut whole = Vec::new();
    for (offset, _, part) in parts {
        if offset as usize != whole.len() {
            return None;
        }
        whole.extend_from_slice(part);
    }
    (whole.len() == length).then_some(whole)
}
