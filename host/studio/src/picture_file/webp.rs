//! What WebP files say beside their pixels: the chunks `EXIF` and `XMP ` (RFC 9649, section 2.7).

use super::metadata::{Found, Metadata};
use super::xmp;
use crate::image_file::riff::{self, Chunk, CutOff};

const WITH_EXIF: u8 = 0b1000;
const WITH_XMP: u8 = 0b0100;

/// Adds chunks to a file that has its pixels alone, of this size. `None` if it is none.
pub(super) fn with(pixels: &[u8], width: u32, height: u32, metadata: &Metadata) -> Option<Vec<u8>> {
    let chunks = riff::chunks(pixels).ok()?;
    let packet = xmp::packet(&metadata.properties);
    let mut header = vec![WITH_XMP, 0, 0, 0];
    if metadata.exif.is_some() {
        header[0] |= WITH_EXIF;
    }
    // Sides less one, in three bytes each.
    for side in [width, height] {
        header.extend_from_slice(&side.checked_sub(1)?.to_le_bytes()[..3]);
    }
    let mut body = b"WEBP".to_vec();
    push(&mut body, b"VP8X", &header)?;
    for Chunk { name, bytes } in &chunks {
        push(&mut body, name, bytes)?;
    }
    if let Some(exif) = &metadata.exif {
        push(&mut body, b"EXIF", exif)?;
    }
    push(&mut body, b"XMP ", packet.as_bytes())?;
    let mut file = Vec::with_capacity(body.len() + 8);
    push(&mut file, b"RIFF", &body)?;
    Some(file)
}

fn push(bytes: &mut Vec<u8>, name: &[u8; 4], chunk: &[u8]) -> Option<()> {
    bytes.extend(name);
    bytes.extend(u32::try_from(chunk.len()).ok()?.to_le_bytes());
    bytes.extend(chunk);
    if !chunk.len().is_multiple_of(2) {
        bytes.push(0);
    }
    Some(())
}

/// What the chunks say.
pub(super) fn read(bytes: &[u8], found: &mut Found) -> Result<(), CutOff> {
    for Chunk { name, bytes } in riff::chunks(bytes)? {
        match &name {
            b"EXIF" => found.exif(bytes),
            b"XMP " => found.properties(xmp::read(bytes).ours),
            _ => {}
        }
    }
    Ok(())
}
