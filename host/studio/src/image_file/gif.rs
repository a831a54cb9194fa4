//! The blocks of GIF files, without their pixels.

/// What a walk along the blocks found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Frames {
    /// How many frames there are to their last byte, up to two.
    pub(super) whole: usize,
    /// Whether the file ended before the second of them, and without its end mark.
    pub(super) is_cut: bool,
}

/// Counts the frames. What does not hold together ends the search.
pub(super) fn frames(bytes: &[u8]) -> Frames {
    let mut found = Frames::default();
    found.is_cut = walk(bytes, &mut found.whole).is_none();
    found
}

/// `None` at the end of the bytes.
fn walk(bytes: &[u8], whole: &mut usize) -> Option<()> {
    let (header, rest) = bytes.split_first_chunk::<13>()?;
    let mut rest = rest.get(colours(header[10])..)?;
    while *whole < 2 {
        rest = match rest.split_first()? {
            // An image: its descriptor, its colours, the size of its codes, and its pixels.
            (0x2c, rest) => {
                let (descriptor, rest) = rest.split_first_chunk::<9>()?;
                let rest = behind_blocks(rest.get(colours(descriptor[8]) + 1..)?)?;
                *whole += 1;
                rest
            }
            // An extension: its label, and what it says.
            (0x21, rest) => behind_blocks(rest.get(1..)?)?,
            _ => return Some(()),
        };
    }
    Some(())
}

/// How many bytes a table of colours has, by the flags that announce it.
fn colours(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    }
}

/// Passes over blocks that each start with their length, up to the empty one.
fn behind_blocks(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        match rest.split_first()? {
            (0, behind) => return Some(behind),
            (&length, behind) => rest = behind.get(usize::from(length)..)?,
        }
    }
}
