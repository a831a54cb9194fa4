//! EXIF (CIPA DC-008), as far as texts of pictures go: a TIFF with one or two directories.

const EXIF_DIRECTORY: u16 = 0x8769;
const USER_COMMENT: u16 = 0x9286;
const DESCRIPTION: u16 = 0x010e;
const MAKE: u16 = 0x010f;
const MODEL: u16 = 0x0110;
/// Most entries of a directory that are looked at.
const MOST: usize = 1000;

/// The EXIF with only this comment, as A1111 writes it with piexif: the big end first, in UTF-16.
pub(super) fn with_comment(comment: &str) -> Vec<u8> {
    let mut value = b"UNICODE\0".to_vec();
    value.extend(comment.encode_utf16().flat_map(u16::to_be_bytes));
    let mut bytes = b"MM\0*".to_vec();
    let long = |bytes: &mut Vec<u8>, value: u32| bytes.extend(value.to_be_bytes());
    let short = |bytes: &mut Vec<u8>, value: u16| bytes.extend(value.to_be_bytes());
    // The directory of the picture: one entry, which points to the other directory.
    long(&mut bytes, 8);
    for (tag, kind, count, at) in [
        (EXIF_DIRECTORY, 4, 1, 26),
        (
            USER_COMMENT,
            7,
            u32::try_from(value.len()).unwrap_or(u32::MAX),
            44,
        ),
    ] {
        short(&mut bytes, 1);
        short(&mut bytes, tag);
        short(&mut bytes, kind);
        long(&mut bytes, count);
        long(&mut bytes, at);
        // No directory follows.
        long(&mut bytes, 0);
    }
    bytes.extend(value);
    bytes
}

/// The texts of an EXIF.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts {
    /// The user's comment.
    pub(super) comment: Option<String>,
    /// The description, the maker and the model of the camera, where programs put texts of their own.
    pub(super) others: Vec<String>,
}

/// The texts that can be read. What does not hold together is passed over.
pub(super) fn texts(bytes: &[u8]) -> Texts {
    // Some writers put JPEG's label into WebP too.
    let bytes = bytes.strip_prefix(b"Exif\0\0").unwrap_or(bytes);
    let mut found = Texts::default();
    let Some(tiff) = Tiff::new(bytes) else {
        return found;
    };
    let mut inner = None;
    for (tag, value) in tiff.directory(tiff.long(4)) {
        match tag {
            EXIF_DIRECTORY => inner = value.try_into().ok().map(|it| tiff.long_of(it)),
            // Where it does not belong, and is put all the same.
            USER_COMMENT => found.comment = comment(value),
            DESCRIPTION | MAKE | MODEL => {
                let text = String::from_utf8_lossy(value);
                found.others.push(text.trim_end_matches('\0').to_owned());
            }
            _ => {}
        }
    }
    for (tag, value) in tiff.directory(inner) {
        if tag == USER_COMMENT {
            found.comment = comment(value).or(found.comment.take());
        }
    }
    found
}

/// A TIFF, in either order of bytes.
struct Tiff<'a> {
    bytes: &'a [u8],
    is_little: bool,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let is_little = match bytes.get(..4)? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        Some(Self { bytes, is_little })
    }

    fn long_of(&self, bytes: [u8; 4]) -> u32 {
        if self.is_little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        }
    }

    fn short_of(&self, bytes: [u8; 2]) -> u16 {
        if self.is_little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        }
    }

    fn long(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..)?.first_chunk::<4>()?;
        Some(self.long_of(*bytes))
    }

    /// The entries of a directory: tags, and the bytes of values.
    fn directory(&self, at: Option<u32>) -> Vec<(u16, &'a [u8])> {
        let start = at.and_then(|at| self.bytes.get(at as usize..));
        let Some((count, entries)) = start.and_then(|it| it.split_first_chunk::<2>()) else {
            return Vec::new();
        };
        let count = usize::from(self.short_of(*count)).min(MOST);
        let entries = entries.as_chunks::<12>().0.iter().take(count);
        entries.filter_map(|entry| self.entry(entry)).collect()
    }

    fn entry(&self, entry: &'a [u8; 12]) -> Option<(u16, &'a [u8])> {
        let [t0, t1, k0, k1, c0, c1, c2, c3, value @ ..] = entry;
        let size = match self.short_of([*k0, *k1]) {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 => 4,
            _ => 8,
        };
        let length = (self.long_of([*c0, *c1, *c2, *c3]) as usize).checked_mul(size)?;
        let value = if length <= 4 {
            &value[..length]
        } else {
            self.bytes
                .get(self.long_of(*value) as usize..)?
                .get(..length)?
        };
        Some((self.short_of([*t0, *t1]), value))
    }
}

/// What a comment says: eight bytes name its alphabet.
fn comment(value: &[u8]) -> Option<String> {
    let (prefix, text) = value.split_first_chunk::<8>()?;
    let text = match prefix {
        b"UNICODE\0" => utf_16(text),
        b"ASCII\0\0\0" | [0, 0, 0, 0, 0, 0, 0, 0] => String::from_utf8_lossy(text).into_owned(),
        // Japanese of old, which is read only where it is the same in UTF-8.
        b"JIS\0\0\0\0\0" => String::from_utf8(text.to_vec()).ok()?,
        // Not named at all.
        _ => String::from_utf8_lossy(value).into_owned(),
    };
    let text = text.trim_end_matches('\0');
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// UTF-16 in either order, or what was put there in its place. The standard leaves the order to the file, A1111 always
/// writes the big end first, and others the little end: prompts and the names of parameters have letters of ASCII enough
/// to tell.
fn utf_16(bytes: &[u8]) -> String {
    let pairs = bytes.as_chunks::<2>().0;
    match pairs.first() {
        Some([0xfe, 0xff]) => return decoded(&pairs[1..], u16::from_be_bytes),
        Some([0xff, 0xfe]) => return decoded(&pairs[1..], u16::from_le_bytes),
        _ => {}
    }
    let ascii = |of: fn([u8; 2]) -> u16| {
        let is_ascii = |unit: u16| (1..0x80).contains(&unit);
        pairs.iter().filter(|it| is_ascii(of(**it))).count()
    };
    let (big, little) = (ascii(u16::from_be_bytes), ascii(u16::from_le_bytes));
    if big == 0 && little == 0 && !bytes.contains(&0) && bytes.is_ascii() {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    if little > big {
        decoded(pairs, u16::from_le_bytes)
    } else {
        decoded(pairs, u16::from_be_bytes)
    }
}

fn decoded(pairs: &[[u8; 2]], of: fn([u8; 2]) -> u16) -> String {
    char::decode_utf16(pairs.iter().map(|it| of(*it)))
        .map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
