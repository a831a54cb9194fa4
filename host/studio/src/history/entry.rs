use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::jobs::JobId;

/// A picture's number. No other picture of the same data folder ever has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PictureId(pub(crate) i64);

impl PictureId {
    /// The number, from 1.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for PictureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PictureId {
    type Err = InvalidPictureId;

    fn from_str(text: &str) -> Result<Self, InvalidPictureId> {
        match text.trim().parse() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err(InvalidPictureId(crate::harmless(text))),
        }
    }
}

/// A text that is no picture's number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no picture: expected a number, such as 12")]
pub struct InvalidPictureId(String);

/// What is known about a picture. Texts that are not known are empty.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number.
    pub id: PictureId,
    /// Its file, absolute.
    pub file: PathBuf,
    /// Whether the file is no longer there.
    pub missing: bool,
    /// Whether somebody likes it.
    pub starred: bool,
    /// When it was drawn; of an imported one, when its file was last changed.
    pub created_at: Timestamp,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Size of the file when it was recorded.
    pub bytes: u64,
    /// Its seed.
    pub seed: Option<u64>,
    /// What was drawn.
    pub prompt: String,
    /// What was kept away from.
    pub negative: String,
    /// The model's name.
    pub model: String,
    /// The sampler.
    pub sampler: String,
    /// The noise schedule.
    pub schedule: String,
    /// How many steps.
    pub steps: Option<u32>,
    /// How strongly the prompt guided.
    pub cfg: Option<f32>,
    /// The ids of the plugins.
    pub plugins: Vec<String>,
    /// The recipe as it was written, where there is one.
    pub recipe: Option<Value>,
    /// The A1111 text, where there is no recipe.
    pub parameters: Option<String>,
    /// The job that drew it, as long as it is in the queue.
    pub job: Option<JobId>,
}

/// Where a page ended. As text it is meant to be given back, not to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(super) time: i64,
    pub(super) id: i64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.time, self.id)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let read = || {
            let (time, id) = text.split_once('.')?;
            Some(Self {
                time: time.parse().ok()?,
                id: id.parse().ok()?,
            })
        };
        read().ok_or_else(|| InvalidCursor(crate::harmless(text)))
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A text that is no [`Cursor`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no place in the history: expected what the page before gave")]
pub struct InvalidCursor(String);
