use std::io;
use std::path::PathBuf;

use crate::image_file::{FileKind, ImageFileError};
use crate::png_file::{MAX_PIXELS, MAX_TEXT_BYTES};

/// Why a picture could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PictureFileError {
    /// The path is a folder, where a file was expected.
    #[error("{} is a folder, not a picture", path.display())]
    IsFolder {
        /// The path that was given.
        path: PathBuf,
    },
    /// There is nowhere to write to.
    #[error("cannot write {}: there is no folder {}", path.display(), folder.display())]
    NoFolder {
        /// The file to write.
        path: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// No space is left.
    #[error("cannot write {}: the disk is full", path.display())]
    DiskFull {
        /// The file to write.
        path: PathBuf,
    },
    /// Writing failed for another reason.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder to write.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The pixels of a [`crate::Picture`] do not fill it.
    #[error("a picture of {width}x{height} needs {} bytes of pixels, not {given}", u64::from(*width) * u64::from(*height) * 3)]
    Pixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// How many bytes there are.
        given: usize,
    },
    /// The format cannot hold this picture.
    #[error("cannot encode a picture of {width}x{height} as {kind}: {why}")]
    Encode {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The format.
        kind: FileKind,
        /// What the encoder says.
        why: String,
    },
    /// Opening or reading failed.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file to read.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is something else, where PNG was expected.
    #[error("{} is not a PNG file", path.display())]
    NotPng {
        /// The file.
        path: PathBuf,
    },
    /// The file ends too early, or what it says does not hold together.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the decoder says.
        why: String,
    },
    /// The file claims more pixels than anyone asked for.
    #[error("{} claims {width}x{height} pixels, more than the {MAX_PIXELS} that are read", path.display())]
    TooManyPixels {
        /// The file.
        path: PathBuf,
        /// The width it claims.
        width: u32,
        /// The height it claims.
        height: u32,
    },
    /// The texts in the file are too long.
    #[error("{} has more text than the {MAX_TEXT_BYTES} bytes that are read", path.display())]
    TooMuchText {
        /// The file.
        path: PathBuf,
    },
    /// The file is no picture, or none that can say how it was made.
    #[error("{} is not a PNG, JPEG or WebP file", path.display())]
    NotPicture {
        /// The file.
        path: PathBuf,
    },
    /// The file is a picture of another kind.
    #[error("{} is of the kind {kind}, expected PNG, JPEG or WebP", path.display())]
    OtherKind {
        /// The file.
        path: PathBuf,
        /// Its kind, for example `GIF`.
        kind: String,
    },
    /// A JPEG or WebP cannot be read.
    #[error(transparent)]
    Image(#[from] ImageFileError),
}
