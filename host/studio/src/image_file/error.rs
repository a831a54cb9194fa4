use std::io;

use super::FileKind;

/// Why a picture cannot be read. Each sentence starts with the file, or with "the picture" where there is none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageFileError {
    /// Opening or reading failed.
    #[error("cannot read {name}: {source}")]
    Read {
        /// The file.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// The path is a folder.
    #[error("{name} is a folder, expected a picture")]
    IsFolder {
        /// The folder.
        name: String,
    },
    /// There is nothing in it.
    #[error("{name} is empty, expected {}", kinds())]
    Empty {
        /// The file.
        name: String,
    },
    /// It is too long.
    #[error("{name} has more than {max} bytes, expected at most that")]
    TooLong {
        /// The file.
        name: String,
        /// How many bytes are read.
        max: u64,
    },
    /// It is no picture.
    #[error("{name} is not a picture, expected {}", kinds())]
    NotPicture {
        /// The file.
        name: String,
    },
    /// It is a picture of a kind that is not read.
    #[error("{name} is of the kind {kind}, expected {}", kinds())]
    OtherKind {
        /// The file.
        name: String,
        /// Its kind, for example `AVIF`.
        kind: &'static str,
    },
    /// It claims to be larger than is allowed.
    #[error(
        "{name} claims {width}x{height} pixels, expected at most {max_pixels} of them and no side above {max_side}"
    )]
    TooLarge {
        /// The file.
        name: String,
        /// The width it claims.
        width: u32,
        /// The height it claims.
        height: u32,
        /// How many pixels are read.
        max_pixels: u64,
        /// The longest side that is read.
        max_side: u32,
    },
    /// It claims a side of nothing.
    #[error("{name} claims {width}x{height} pixels, expected at least one")]
    NoPixels {
        /// The file.
        name: String,
        /// The width it claims.
        width: u32,
        /// The height it claims.
        height: u32,
    },
    /// It is cut off.
    #[error("{name} ends too early: expected a whole {kind} file")]
    Truncated {
        /// The file.
        name: String,
        /// What it is.
        kind: FileKind,
    },
    /// What it says does not hold together.
    #[error("{name} is a damaged {kind} file: {why}")]
    Damaged {
        /// The file.
        name: String,
        /// What it is.
        kind: FileKind,
        /// What the decoder says.
        why: String,
    },
    /// A variant of its kind that hardly any program reads.
    #[error("{name} is a {kind} file of a kind that cannot be read: {why}")]
    Unsupported {
        /// The file.
        name: String,
        /// What it is.
        kind: FileKind,
        /// What the decoder says.
        why: String,
    },
    /// It needs more memory than its size lets expect.
    #[error("{name} needs more memory than a {kind} file of its size should")]
    Memory {
        /// The file.
        name: String,
        /// What it is.
        kind: FileKind,
    },
}

fn kinds() -> String {
    let names = FileKind::ALL.map(|kind| kind.to_string());
    let (last, first) = names
        .split_last()
        .map_or(("", &[][..]), |(last, first)| (last, first));
    format!("{} or {last}", first.join(", "))
}
