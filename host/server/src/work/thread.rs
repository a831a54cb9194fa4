//! The thread that works on jobs, and how it ends.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use aquatint_studio::jobs::{
    Queue, QueueError, Stopper, Until, Work, Worker, WorkerNote, WorkerOptions,
};

/// The thread that works on jobs.
pub(crate) struct Hand {
    stopper: Stopper,
    thread: JoinHandle<()>,
}

impl Hand {
    /// Begins to work.
    pub(crate) fn start(queue: &Queue, mut work: Box<dyn Work + Send>) -> Result<Self, QueueError> {
        let mut worker =
            Worker::new(queue, WorkerOptions::default())?.with_notes(|note| say(&note));
        let stopper = worker.stopper();
        let thread = std::thread::Builder::new()
            .name("aquatint-worker".to_owned())
            .spawn(move || match worker.run(work.as_mut(), Until::Stopped) {
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "no further job is worked on"),
            })
            .map_err(|source| QueueError::Lock {
                path: "a thread for jobs".into(),
                source,
            })?;
        Ok(Self { stopper, thread })
    }

    /// Whether it still works.
    pub(crate) fn is_alive(&self) -> bool {
        !self.thread.is_finished()
    }

    /// Ends it: the present job may end within `grace`, and goes back into the queue otherwise.
    pub(crate) fn end(self, grace: Duration) {
        self.stopper.after_job();
        let until = Instant::now() + grace;
        while !self.thread.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.stopper.now();
        if self.thread.join().is_err() {
            tracing::error!("the thread for jobs had ended badly");
        }
    }
}

fn say(note: &WorkerNote<'_>) {
    match note {
        WorkerNote::Recovered(it) => {
            tracing::warn!(job = %it.job, state = %it.state, "the process that worked on a job had died");
        }
        WorkerNote::Unwritable { error, again_in } => {
            tracing::warn!(%error, ?again_in, "the queue cannot be written");
        }
        WorkerNote::WritableAgain => tracing::info!("the queue can be written again"),
        WorkerNote::Lost { job } => tracing::warn!(%job, "a job has another worker by now"),
        _ => {}
    }
}
