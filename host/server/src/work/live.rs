//! What is being drawn right now, for those who ask rather than listen.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aquatint_studio::jobs::{Event, Heard, Interest, JobEvent, JobId, Preview, Queue};
use jiff::Timestamp;
use tokio::task::JoinHandle;

/// How long previews are made after somebody asked for one.
const WANTED: Duration = Duration::from_secs(15);

/// What is being drawn right now. Clones are one.
#[derive(Clone)]
pub(crate) struct Live {
    queue: Queue,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    now: Option<Now>,
    watching: Option<JoinHandle<()>>,
    asked: Option<Instant>,
}

/// The job that runs.
#[derive(Clone, Debug)]
pub(crate) struct Now {
    /// Which.
    pub(crate) job: JobId,
    /// Since when.
    pub(crate) since: Timestamp,
    /// What is being done.
    pub(crate) stage: Option<String>,
    /// Steps that are done, or cells.
    pub(crate) done: u64,
    /// All of them; 0 if not known yet.
    pub(crate) total: u64,
    /// Seconds left.
    pub(crate) eta: Option<f64>,
    /// How the picture looks by now, while somebody asks.
    pub(crate) preview: Option<Preview>,
    /// Counts previews.
    pub(crate) preview_id: u64,
}

impl Live {
    pub(crate) fn new(queue: &Queue) -> Self {
        Self {
            queue: queue.clone(),
            state: Arc::default(),
        }
    }

    /// Follows the events of the queue until the server ends.
    pub(crate) async fn follow(self, mut each: impl FnMut(&Event)) {
        let mut listener = self.queue.events().listen(Interest::default());
        loop {
            if let Heard::Event(event) = listener.next().await {
                self.take(&event);
                each(&event);
            }
        }
    }

    pub(crate) fn now(&self) -> Option<Now> {
        self.lock().now.clone()
    }

    /// The same, and from now on for a while with previews.
    pub(crate) fn now_with_preview(&self) -> Option<Now> {
        let mut state = self.lock();
        state.asked = Some(Instant::now());
        let is_watched = state
            .watching
            .as_ref()
            .is_some_and(|task| !task.is_finished());
        if !is_watched {
            state.watching = Some(tokio::spawn(self.clone().watch()));
        }
        state.now.clone()
    }

    /// Listens for previews as long as somebody asks for them.
    async fn watch(self) {
        let interest = Interest {
            previews: true,
            ..Interest::default()
        };
        let mut listener = self.queue.events().listen(interest);
        loop {
            let heard = tokio::time::timeout(WANTED, listener.next()).await;
            let mut state = self.lock();
            if state.asked.is_none_or(|asked| asked.elapsed() > WANTED) {
                state.watching = None;
                return;
            }
            if let Ok(Heard::Event(event)) = heard
                && let JobEvent::Step {
                    preview: Some(preview),
                    ..
                } = &event.what
                && let Some(now) = state.now.as_mut().filter(|now| now.job == event.job)
            {
                now.preview = Some(preview.clone());
                now.preview_id += 1;
            }
        }
    }

    fn take(&self, event: &Event) {
        let mut state = self.lock();
        if let JobEvent::Started { .. } = event.what {
            state.now = Some(Now {
                job: event.job,
                since: event.at,
                stage: None,
                done: 0,
                total: 0,
                eta: None,
                preview: None,
                preview_id: 0,
            });
            return;
        }
        if event.what.is_last() || matches!(event.what, JobEvent::Queued { .. }) {
            state.now.take_if(|now| now.job == event.job);
            return;
        }
        let Some(now) = state.now.as_mut().filter(|now| now.job == event.job) else {
            return;
        };
        match &event.what {
            JobEvent::Stage { name } => now.stage = Some(name.clone()),
            JobEvent::Step {
                done, total, eta, ..
            }
            | JobEvent::Progress { done, total, eta } => {
                (now.done, now.total, now.eta) = (*done, *total, *eta);
            }
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
