//! What is told about jobs.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Failure, JobId, Outcome};

/// Something that happened to a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Grows with every event, also from one process to the next on this machine.
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// To which job.
    pub job: JobId,
    /// What.
    #[serde(flatten)]
    pub what: JobEvent,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum JobEvent {
    /// It waits: it is new, somebody wants it again, or its worker ended.
    Queued {
        /// Why it is back, where it had been begun.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A worker has it.
    Started {
        /// For how many times now.
        attempt: u32,
    },
    /// A stage begins.
    Stage {
        /// Its name, for example `denoise`.
        name: String,
    },
    /// A step of a drawing is done.
    Step {
        /// Steps done, of all pictures.
        done: u64,
        /// Steps in all, of all pictures.
        total: u64,
        /// Seconds left until the last step, as fast as it went so far.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        eta: Option<f64>,
        /// How the picture looks by now. Only where somebody asked for previews, and not with every step; dropped where
        /// the reader is slower than the next one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        preview: Option<Preview>,
    },
    /// Something larger than a step is done, such as a cell of a sweep.
    Progress {
        /// How many.
        done: u64,
        /// Of how many.
        total: u64,
        /// Seconds left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        eta: Option<f64>,
    },
    /// A picture is written.
    Picture {
        /// The file.
        file: PathBuf,
        /// Its number in the history, where it is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture: Option<i64>,
        /// Its seed.
        seed: u64,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// Something that people should read.
    Note {
        /// One line.
        text: String,
    },
    /// It is done.
    Finished {
        /// What it gave.
        outcome: Outcome,
    },
    /// It failed.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// Somebody stopped it.
    Cancelled,
}

impl JobEvent {
    /// Its name, as in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "queued",
            Self::Started { .. } => "started",
            Self::Stage { .. } => "stage",
            Self::Step { .. } => "step",
            Self::Progress { .. } => "progress",
            Self::Picture { .. } => "picture",
            Self::Note { .. } => "note",
            Self::Finished { .. } => "finished",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether no other follows until somebody wants the job again.
    #[must_use]
    pub fn is_last(&self) -> bool {
        matches!(
            self,
            Self::Finished { .. } | Self::Failed { .. } | Self::Cancelled
        )
    }

    pub(super) fn preview(&self) -> Option<&Preview> {
        match self {
            Self::Step { preview, .. } => preview.as_ref(),
            _ => None,
        }
    }
}

/// How a picture looks before it is finished. Clones share the PNG.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Which picture of the job's, from 0.
    pub picture: u32,
    /// Width in pixels: that of the latents.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// A PNG; in JSON as base64.
    #[serde(with = "base64_text")]
    pub png: Arc<[u8]>,
}

mod base64_text {
    use std::sync::Arc;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<[u8]>, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = STANDARD.decode(text).map_err(de::Error::custom)?;
        Ok(bytes.into())
    }
}
