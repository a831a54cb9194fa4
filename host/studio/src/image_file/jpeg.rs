//! The segments of JPEG files (ITU-T T.81, annex B), without their pixels.

/// A segment before or between the scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment<'a> {
    /// Its marker, for example 0xe1 for APP1.
    pub(crate) marker: u8,
    /// Its bytes, without the length.
    pub(crate) bytes: &'a [u8],
}

/// What a walk along the markers found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Segments<'a> {
    pub(crate) all: Vec<Segment<'a>>,
    /// Whether the end of the picture was reached.
    pub(crate) ends: bool,
}

/// Where EXIF and XMP are.
pub(crate) const APP1: u8 = 0xe1;
const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
/// Most segments that are looked at; a photograph has a few dozen.
const MOST: usize = 65536;

/// Width, height and channels, from the header of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) channels: u8,
}

/// Walks along the markers, as far as they hold together. Thumbnails are inside segments and passed over with them.
pub(crate) fn segments(bytes: &[u8]) -> Segments<'_> {
    let mut found = Segments::default();
    let Some(mut rest) = bytes.strip_prefix(&[0xff, START]) else {
        return found;
    };
    while found.all.len() < MOST {
        // Some writers leave bytes between segments, and decoders pass over them too.
        let Some(at) = rest.iter().position(|byte| *byte == 0xff) else {
            break;
        };
        rest = &rest[at..];
        let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
        let Some((&marker, behind)) = rest[fill..].split_first() else {
            break;
        };
        rest = behind;
        match marker {
            END => {
                found.ends = true;
                break;
            }
            // Inside a scan: a byte of 0xff, and where a decoder may start anew. They have no length.
            0x00 | 0x01 | 0xd0..=0xd7 | START => continue,
            _ => {}
        }
        let Some((length, _)) = rest.split_first_chunk::<2>() else {
            break;
        };
        let length = usize::from(u16::from_be_bytes(*length));
        let Some(payload) = rest.get(2..length) else {
            break;
        };
        found.all.push(Segment {
            marker,
            bytes: payload,
        });
        // The pixels of a scan follow its header, up to the next marker that is none of theirs.
        rest = &rest[length..];
    }
    found
}

impl<'a> Segments<'a> {
    /// The header of the frame.
    pub(crate) fn frame(&self) -> Option<Frame> {
        let is_frame =
            |marker: u8| matches!(marker, 0xc0..=0xcf) && ![0xc4, 0xc8, 0xcc].contains(&marker);
        let header = self.all.iter().find(|it| is_frame(it.marker))?.bytes;
        let [_precision, h1, h0, w1, w0, channels, ..] = *header else {
            return None;
        };
        Some(Frame {
            width: u16::from_be_bytes([w1, w0]),
            height: u16::from_be_bytes([h1, h0]),
            channels,
        })
    }

    /// Whether there are any pixels.
    pub(crate) fn has_scan(&self) -> bool {
        self.all.iter().any(|it| it.marker == SCAN)
    }

    /// What the segments of one marker hold behind this label.
    pub(crate) fn labelled(
        &self,
        marker: u8,
        label: &'static [u8],
    ) -> impl Iterator<Item = &'a [u8]> {
        self.all
            .iter()
            .filter(move |it| it.marker == marker)
            .filter_map(move |it| it.bytes.strip_prefix(label))
    }
}
