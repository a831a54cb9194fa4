//! A job, as the queue has it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::Failure;
use crate::history::PictureId;
use crate::{Encoding, Request, TinyChoice};

/// A job's number. No other job of the same data folder ever has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub(crate) i64);

impl JobId {
    /// The number, from 1.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for JobId {
    type Err = InvalidJobId;

    fn from_str(text: &str) -> Result<Self, InvalidJobId> {
        match text.trim().parse() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err(InvalidJobId(crate::harmless(text))),
        }
    }
}

/// A text that is no job's number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no job: expected a number, such as 12")]
pub struct InvalidJobId(String);

/// Where a job is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// It gave what was asked for.
    Done,
    /// It did not.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Queued,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];
    /// Those that a job does not leave by itself.
    pub const ENDED: [Self; 3] = [Self::Done, Self::Failed, Self::Cancelled];

    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether a job in it does not leave it by itself.
    #[must_use]
    pub fn is_ended(self) -> bool {
        Self::ENDED.contains(&self)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or_else(|| UnknownState(crate::harmless(text)))
    }
}

/// A text that names no state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no state: expected queued, running, done, failed or cancelled")]
pub struct UnknownState(String);

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Task {
    /// Draw a request. It has a seed from the moment that it is queued, so that every attempt draws the same.
    Generate(Box<Request>),
    /// Work through a sweep, in whatever form sweeps have.
    Sweep(Value),
    /// Make a picture again, and say whether it is the same.
    Replay(Replay),
    /// What this version cannot read. It can be looked at, cancelled and cleared.
    #[serde(skip_deserializing)]
    Unreadable {
        /// Its kind.
        kind: String,
        /// Why it cannot be read.
        reason: String,
    },
}

impl Task {
    /// The kind of [`Task::Generate`].
    pub const GENERATE: &'static str = "generate";
    /// The kind of [`Task::Sweep`].
    pub const SWEEP: &'static str = "sweep";
    /// The kind of [`Task::Replay`].
    pub const REPLAY: &'static str = "replay";

    /// What kind of job this is.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Generate(_) => Self::GENERATE,
            Self::Sweep(_) => Self::SWEEP,
            Self::Replay(_) => Self::REPLAY,
            Self::Unreadable { kind, .. } => kind,
        }
    }

    pub(super) fn payload(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Generate(request) => serde_json::to_string(request),
            Self::Sweep(value) => serde_json::to_string(value),
            Self::Replay(replay) => serde_json::to_string(replay),
            Self::Unreadable { reason, .. } => Err(serde::ser::Error::custom(reason)),
        }
    }

    pub(super) fn read(kind: &str, payload: &str) -> Self {
        let read = match kind {
            Self::GENERATE => serde_json::from_str(payload).map(Self::Generate),
            Self::SWEEP => serde_json::from_str(payload).map(Self::Sweep),
            Self::REPLAY => serde_json::from_str(payload).map(Self::Replay),
            _ => Err(serde::de::Error::custom("this version knows no such kind")),
        };
        read.unwrap_or_else(|error| Self::Unreadable {
            kind: kind.to_owned(),
            reason: error.to_string(),
        })
    }
}

/// A picture that is to be made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// Which.
    pub picture: PictureId,
    /// What computes, in place of what did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The model's name, where it is not found by the name that it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// What belongs to a job beside what it draws.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobOptions {
    /// Where pictures go: a file that ends in `.png`, `.jpg`, `.jpeg` or `.webp`, or a folder. `None` is the outputs of the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<PathBuf>,
    /// What pictures are called below the outputs of the data folder; `None` is the usual
    /// [`Pattern`](crate::outputs::Pattern).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// How pictures are encoded; `None` is as the file's or the pattern's ending says, and else PNG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// A folder with more plugins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugins: Option<PathBuf>,
    /// The file that styles are taken from; `None` is that of the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub styles: Option<PathBuf>,
    /// A tiny VAE for previews and for pictures that ask for it, or `off`; `None` is the one that is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiny_vae: Option<String>,
    /// Compute everything anew, and keep nothing of it for other jobs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_cache: bool,
    /// What else the worker should know.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl JobOptions {
    /// The tiny VAE.
    #[must_use]
    pub fn tiny(&self) -> TinyChoice {
        match self.tiny_vae.as_deref() {
            None => TinyChoice::Found,
            Some("off") => TinyChoice::Off,
            Some(path) => TinyChoice::At(path.into()),
        }
    }
}

/// A job to be queued.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// What is to be done.
    pub task: Task,
    /// What belongs to it.
    pub options: JobOptions,
    /// Higher ones come first; 0 is usual.
    pub priority: i32,
    /// How long one attempt may take.
    pub deadline: Option<Duration>,
    /// A name of the caller's, 1 to 200 bytes: adding the same job with the same name again gives the job that is there.
    pub key: Option<String>,
}

impl NewJob {
    /// With nothing special about it.
    #[must_use]
    pub fn new(task: Task) -> Self {
        Self {
            task,
            options: JobOptions::default(),
            priority: 0,
            deadline: None,
            key: None,
        }
    }

    /// Draws a request.
    #[must_use]
    pub fn generate(request: Request) -> Self {
        Self::new(Task::Generate(Box::new(request)))
    }
}

/// A job in the queue.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// What is to be done.
    #[serde(flatten)]
    pub task: Task,
    /// What belongs to it.
    pub options: JobOptions,
    /// The name that whoever added it chose.
    pub key: Option<String>,
    /// Where it is in its life.
    pub state: State,
    /// Higher ones come first.
    pub priority: i32,
    /// How long one attempt may take, in seconds.
    #[serde(serialize_with = "seconds")]
    pub deadline: Option<Duration>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When the last attempt began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// How often it was begun.
    pub attempts: u32,
    /// How often the process that worked on it died, since it was last asked for.
    pub deaths: u32,
    /// Whether it is running and somebody wants it to stop.
    pub cancel_asked: bool,
    /// How far it is, as of at most a second ago. Only while it is running.
    pub progress: Option<Progress>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// What it gave.
    pub outcome: Option<Outcome>,
}

/// How far a job is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// What is being done, for example `denoise`.
    pub stage: Option<String>,
    /// Steps or cells that are done.
    pub done: u64,
    /// All of them; 0 if not known yet.
    pub total: u64,
    /// Seconds left, where they can be told.
    pub eta: Option<f64>,
}

/// What a job gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// The files it wrote, in order. Names that are not UTF-8 are kept as well as JSON can.
    #[serde(serialize_with = "lossy")]
    pub files: Vec<PathBuf>,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub report: Value,
}

/// One time that a job was worked on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// Which one, from 1.
    pub number: u32,
    /// The process that worked on it.
    pub pid: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended. Of a process that died: when that was noticed.
    pub ended_at: Option<Timestamp>,
    /// How it ended; `None` if it has not.
    pub result: Option<AttemptResult>,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// How an [`Attempt`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptResult {
    /// The job is done.
    Done,
    /// It failed.
    Failed,
    /// Somebody stopped the job.
    Cancelled,
    /// The worker was asked to end.
    Stopped,
    /// The process died.
    Interrupted,
}

impl AttemptResult {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [
            Self::Done,
            Self::Failed,
            Self::Cancelled,
            Self::Stopped,
            Self::Interrupted,
        ]
        .into_iter()
        .find(|result| result.name() == name)
    }
}

fn seconds<S: Serializer>(value: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
    value.map(|it| it.as_secs_f64()).serialize(to)
}

fn lossy<S: Serializer>(files: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(files.iter().map(|file| file.to_string_lossy()))
}
