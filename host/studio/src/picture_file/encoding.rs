use std::fmt;
use std::path::Path;
use std::str::FromStr;

use aquatint_sandbox::names::{did_you_mean, nearest, shown};
use serde::{Deserialize, Serialize};

use crate::image_file::FileKind;

/// How a picture is encoded. As text, in JSON too: `png`, `jpeg 90`, `webp 90` or `webp lossless`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Encoding {
    /// PNG, which loses nothing.
    #[default]
    Png,
    /// JPEG with whole colours (4:4:4).
    Jpeg {
        /// 1 to 100.
        quality: u8,
    },
    /// WebP with losses.
    WebP {
        /// 1 to 100.
        quality: u8,
    },
    /// WebP without losses.
    WebPLossless,
}

/// The quality where nobody names one.
const QUALITY: u8 = 90;
const FORMATS: [&str; 4] = ["png", "jpeg", "jpg", "webp"];

impl Encoding {
    /// What was asked for with a format's name and what may go with it.
    ///
    /// # Errors
    /// The name is none, or what goes with it does not.
    pub fn new(format: &str, quality: Option<u8>, lossless: bool) -> Result<Self, InvalidEncoding> {
        if let Some(quality) = quality
            && !(1..=100).contains(&quality)
        {
            return Err(InvalidEncoding::Quality(quality));
        }
        let given = quality;
        let quality = quality.unwrap_or(QUALITY);
        match (format.to_lowercase().as_str(), given, lossless) {
            ("png", None, _) => Ok(Self::Png),
            ("png", Some(_), _) => Err(InvalidEncoding::NoQuality("png")),
            ("webp", Some(_), true) => Err(InvalidEncoding::NoQuality("lossless webp")),
            ("webp", None, true) => Ok(Self::WebPLossless),
            ("webp", _, false) => Ok(Self::WebP { quality }),
            ("jpeg" | "jpg", _, true) => Err(InvalidEncoding::Lossless),
            ("jpeg" | "jpg", _, false) => Ok(Self::Jpeg { quality }),
            _ => Err(InvalidEncoding::Format {
                given: shown(format),
                nearest: nearest(format, FORMATS),
            }),
        }
    }

    /// The usual one of a kind; `None` for what is not written.
    #[must_use]
    pub fn of_kind(kind: FileKind) -> Option<Self> {
        match kind {
            FileKind::Png => Some(Self::Png),
            FileKind::Jpeg => Some(Self::Jpeg { quality: QUALITY }),
            FileKind::WebP => Some(Self::WebP { quality: QUALITY }),
            FileKind::Gif | FileKind::Bmp => None,
        }
    }

    /// The usual one for a file of this name; `None` if its ending is none of ours.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        Self::of_kind(kind_of(path.extension()?.to_str()?)?)
    }

    /// What the file is.
    #[must_use]
    pub fn kind(self) -> FileKind {
        match self {
            Self::Png => FileKind::Png,
            Self::Jpeg { .. } => FileKind::Jpeg,
            Self::WebP { .. } | Self::WebPLossless => FileKind::WebP,
        }
    }

    /// What names of its files end in, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg { .. } => "jpg",
            Self::WebP { .. } | Self::WebPLossless => "webp",
        }
    }

    /// Whether pixels come back as they were.
    #[must_use]
    pub fn is_lossless(self) -> bool {
        matches!(self, Self::Png | Self::WebPLossless)
    }
}

/// The kind of a file whose name ends so.
fn kind_of(ending: &str) -> Option<FileKind> {
    let is = |other: &str| ending.eq_ignore_ascii_case(other);
    if is("png") {
        Some(FileKind::Png)
    } else if is("jpg") || is("jpeg") {
        Some(FileKind::Jpeg)
    } else if is("webp") {
        Some(FileKind::WebP)
    } else {
        None
    }
}

/// A name without an ending that pictures are written with, and the kind that it says.
pub(crate) fn without_ending(name: &str) -> (&str, Option<FileKind>) {
    match name.rsplit_once('.') {
        Some((stem, ending)) => match kind_of(ending) {
            Some(kind) => (stem, Some(kind)),
            None => (name, None),
        },
        None => (name, None),
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Png => f.write_str("png"),
            Self::Jpeg { quality } => write!(f, "jpeg {quality}"),
            Self::WebP { quality } => write!(f, "webp {quality}"),
            Self::WebPLossless => f.write_str("webp lossless"),
        }
    }
}

impl FromStr for Encoding {
    type Err = InvalidEncoding;

    fn from_str(text: &str) -> Result<Self, InvalidEncoding> {
        let Some((format, how)) = text.trim().split_once(' ') else {
            return Self::new(text.trim(), None, false);
        };
        match how.trim() {
            "lossless" => Self::new(format, None, true),
            quality => match quality.parse() {
                Ok(quality) => Self::new(format, Some(quality), false),
                Err(_) => Err(InvalidEncoding::How(shown(text))),
            },
        }
    }
}

impl TryFrom<String> for Encoding {
    type Error = InvalidEncoding;

    fn try_from(text: String) -> Result<Self, InvalidEncoding> {
        text.parse()
    }
}

impl From<Encoding> for String {
    fn from(encoding: Encoding) -> Self {
        encoding.to_string()
    }
}

/// Why there is no such [`Encoding`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidEncoding {
    /// A format that is not written.
    #[error("the format \"{given}\" is unknown{}: expected png, jpeg or webp", did_you_mean(.nearest.as_deref()))]
    Format {
        /// What was given.
        given: String,
        /// One that was probably meant.
        nearest: Option<String>,
    },
    /// A quality out of range.
    #[error("the quality is {0}, expected 1 to 100")]
    Quality(u8),
    /// A quality where there is none.
    #[error("{0} has no quality: it loses nothing")]
    NoQuality(&'static str),
    /// JPEG without losses, which nobody reads.
    #[error("jpeg always loses something: expected webp or png to lose nothing")]
    Lossless,
    /// What follows the format is neither.
    #[error(
        "\"{0}\" is no encoding: expected a format with a quality or `lossless`, such as `jpeg 90`"
    )]
    How(String),
}
