//! Looks after a job beside the thread that works on it.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Queue;
use super::claim::Claim;
use super::running::{Reason, Running};

/// How often the database is asked whether somebody wants the job to stop: half of what [`Queue::cancel`] promises.
const LOOK: Duration = Duration::from_millis(100);
/// How often other processes get to know how far the job is.
const REPORT: Duration = Duration::from_millis(400);

/// Stops a job that was cancelled from another process or whose time is up, and writes down how far it is. Ends when it
/// is dropped.
pub(super) struct Monitor {
    /// Dropped to end the thread.
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub(super) fn start(
        queue: &Queue,
        claim: Claim,
        running: Arc<Running>,
        deadline: Option<Instant>,
    ) -> Self {
        let (done, is_done) = channel::<()>();
        let queue = queue.clone();
        let watch = move || {
            let mut reported = Instant::now();
            loop {
                let until_deadline =
                    deadline.map(|at| at.saturating_duration_since(Instant::now()));
                let pause = until_deadline
                    .filter(|left| !left.is_zero())
                    .map_or(LOOK, |left| left.min(LOOK));
                match is_done.recv_timeout(pause) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                }
                if deadline.is_some_and(|at| Instant::now() >= at) {
                    running.ask(Reason::Deadline);
                }
                // A database that cannot be read now may be the next time.
                match queue.is_cancel_asked(claim) {
                    Ok(Some(true)) => running.ask(Reason::Cancelled),
                    Ok(None) => running.ask(Reason::Lost),
                    Ok(Some(false)) | Err(_) => {}
                }
                if reported.elapsed() >= REPORT
                    && let Some(progress) = running.take_report()
                {
                    reported = Instant::now();
                    // Likewise: there is always a newer report.
                    let _ = queue.record_progress(claim, &progress);
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("job monitor".to_owned())
            .spawn(watch);
        Self {
            done: Some(done),
            // Without a thread nobody is told from outside, but the job can be done.
            thread: thread.ok(),
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.done = None;
        if let Some(thread) = self.thread.take() {
            // It catches nothing and holds nothing: if it panicked, the job has ended all the same.
            let _ = thread.join();
        }
    }
}
