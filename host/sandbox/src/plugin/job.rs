use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::services::{NamedPictures, NoServices, Services};
use crate::settings::{Value, Values};
use crate::stop::Stop;

/// What a call is for.
#[derive(Clone)]
pub struct Job {
    /// The seed of the picture at hand.
    pub seed: u64,
    /// Which picture of its batch it is, from 0.
    pub index: u32,
    /// The plugin's settings, checked against its schema. Pictures are named by content
    /// ([`Values::name_pictures`]).
    pub settings: Values,
    /// The request, every field of it.
    pub request: Vec<(String, Value)>,
    /// The pictures that settings and request name.
    pub pictures: NamedPictures,
    /// What the host does for it.
    pub services: Arc<dyn Services>,
    /// Whether somebody wants it to end.
    pub stop: Stop,
    /// Told how far it is (0 to 1; `None` if it does not know) and what it does.
    pub progress: Option<Progress>,
}

/// Told how far a call is, and what it is doing, some ten times a second at most.
pub type Progress = Arc<dyn Fn(Option<f32>, &str) + Send + Sync>;

impl Default for Job {
    fn default() -> Self {
        Self {
            seed: 0,
            index: 0,
            settings: Values::default(),
            request: Vec::new(),
            pictures: NamedPictures::new(),
            services: Arc::new(NoServices),
            stop: Stop::new(),
            progress: None,
        }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("seed", &self.seed)
            .field("index", &self.index)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A line of a plugin's log, cleaned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// How much it matters.
    pub level: tracing::Level,
    /// The line.
    pub text: String,
    /// Named details.
    pub fields: Vec<(String, String)>,
}

/// How a call went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// From before the instance was made to after it was thrown away.
    pub time: Duration,
    /// The most that its memories and tables took together, in bytes.
    pub peak_memory: usize,
    /// Calls of host functions.
    pub host_calls: u64,
    /// What it logged.
    pub log: Vec<LogLine>,
    /// Whether it asked how much real time is left: what it gave may depend on that.
    pub asked_time: bool,
}

/// What a call gave.
#[derive(Clone, Debug)]
pub struct Done<T> {
    /// That.
    pub value: T,
    /// How it went.
    pub report: Report,
}

impl<T> Done<T> {
    /// With something else made of it.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Done<U> {
        Done {
            value: change(self.value),
            report: self.report,
        }
    }
}
