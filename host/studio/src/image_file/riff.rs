//! The chunks of WebP files (RFC 9649, section 2.3).

/// A chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chunk<'a> {
    pub(crate) name: [u8; 4],
    pub(crate) bytes: &'a [u8],
}

/// The file ends inside a chunk, or before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CutOff;

/// The bytes before the first chunk.
const HEADER: usize = 12;

/// The chunks of a file. What follows them is not looked at.
pub(crate) fn chunks(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, CutOff> {
    let size = bytes.get(4..8).and_then(|size| size.try_into().ok());
    let size = u32::from_le_bytes(size.ok_or(CutOff)?) as usize;
    // Writers forget to count the byte that fills up the last chunk, and some the header; what is there counts.
    let mut rest = bytes.get(HEADER..).ok_or(CutOff)?;
    let mut left = size.saturating_sub(4);
    let mut found = Vec::new();
    while left >= 8 || found.is_empty() {
        let (header, behind) = rest.split_first_chunk::<8>().ok_or(CutOff)?;
        let [n0, n1, n2, n3, length @ ..] = *header;
        let length = u32::from_le_bytes(length) as usize;
        let bytes = behind.get(..length).ok_or(CutOff)?;
        found.push(Chunk {
            name: [n0, n1, n2, n3],
            bytes,
        });
        let filled = length + length % 2;
        rest = behind.get(filled..).unwrap_or_default();
        left = left.saturating_sub(filled.saturating_add(8));
    }
    Ok(found)
}
