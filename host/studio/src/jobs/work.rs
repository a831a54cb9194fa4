//! What does the work of a job.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aquatint_diffusion::pipeline::Cancel;

use super::running::Running;
use super::{Events, Failure, Job, JobEvent, JobId, Outcome, Preview};
use crate::plugins;

/// How often a job makes a preview at most, while somebody wants them.
const PREVIEW_EVERY: Duration = Duration::from_millis(200);

/// What does the work of jobs, one after the other: in this process, or by handing them to another machine.
pub trait Work {
    /// The kinds of jobs it can do. Others stay in the queue.
    fn kinds(&self) -> &[&str];

    /// Does a job. When [`Context::cancel`] is set it should end at once, with a failure of kind `cancelled`; the worker
    /// knows why it was set. If it is done all the same, it is done.
    ///
    /// A job may be begun several times, when it is tried again or its process dies: what it writes should be the same
    /// each time.
    ///
    /// # Errors
    /// Why the job failed.
    fn run(&mut self, job: &Job, context: &Context) -> Result<Outcome, Failure>;

    /// Called when [`Self::run`] panicked: what it left half changed should be thrown away.
    fn panicked(&mut self) {}
}

/// What a job has in hand while it is worked on. It may be shared with threads.
#[derive(Debug)]
pub struct Context {
    job: JobId,
    attempt: u32,
    running: Arc<Running>,
    events: Events,
    deadline: Option<Instant>,
    last_preview: Mutex<Option<Instant>>,
}

impl Context {
    pub(super) fn new(
        job: &Job,
        running: Arc<Running>,
        events: Events,
        deadline: Option<Instant>,
    ) -> Self {
        Self {
            job: job.id,
            attempt: job.attempts,
            running,
            events,
            deadline,
            last_preview: Mutex::new(None),
        }
    }

    /// Set when the job is to stop: it was cancelled, its time is up, or its worker is to end.
    #[must_use]
    pub fn cancel(&self) -> &Cancel {
        &self.running.cancel
    }

    /// Which attempt this is, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// When the job's time is up. The worker sets [`Self::cancel`] then.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// A stage begins.
    pub fn stage(&self, name: &str) {
        let name = name.to_owned();
        self.running.report(|progress| {
            progress.stage = Some(name.clone());
            (progress.done, progress.total, progress.eta) = (0, 0, None);
        });
        self.events.tell(self.job, JobEvent::Stage { name });
    }

    /// What is told about a plugin, as far as it is for those who wait for the job.
    pub fn plugin(&self, note: plugins::Note<'_>) {
        match note {
            plugins::Note::Log { id, line } if line.level <= tracing::Level::WARN => {
                self.note(format_args!("{id}: {}", line.text));
            }
            plugins::Note::Skipped { id, why } => {
                self.note(format_args!("drawn without the plugin `{id}`: {why}"));
            }
            _ => {}
        }
    }

    /// A step of a drawing is done.
    pub fn step(&self, done: u64, total: u64, eta: Option<f64>, preview: Option<Preview>) {
        self.progressed(done, total, eta);
        let event = JobEvent::Step {
            done,
            total,
            eta,
            preview,
        };
        self.events.tell(self.job, event);
    }

    /// Something larger than a step is done.
    pub fn progress(&self, done: u64, total: u64, eta: Option<f64>) {
        self.progressed(done, total, eta);
        self.events
            .tell(self.job, JobEvent::Progress { done, total, eta });
    }

    /// A picture is written.
    pub fn picture(&self, file: PathBuf, picture: Option<i64>, seed: u64, size: (u32, u32)) {
        let event = JobEvent::Picture {
            file,
            picture,
            seed,
            width: size.0,
            height: size.1,
        };
        self.events.tell(self.job, event);
    }

    /// Something that people should read.
    pub fn note(&self, text: impl ToString) {
        let text = crate::harmless(&text.to_string());
        self.events.tell(self.job, JobEvent::Note { text });
    }

    /// Whether a preview is wanted now: somebody listens, and the last one is some time ago. A yes counts as one.
    #[must_use]
    pub fn wants_preview(&self) -> bool {
        if !self.events.want_previews(self.job) {
            return false;
        }
        let mut last = self
            .last_preview
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let is_due = last.is_none_or(|last| now - last >= PREVIEW_EVERY);
        if is_due {
            *last = Some(now);
        }
        is_due
    }

    fn progressed(&self, done: u64, total: u64, eta: Option<f64>) {
        self.running.report(|progress| {
            (progress.done, progress.total, progress.eta) = (done, total, eta);
        });
    }
}
