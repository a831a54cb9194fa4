use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::claim::{Claim, End, Found};
use super::identity::Identity;
use super::monitor::Monitor;
use super::running::{Reason, Running};
use super::{
    Context, Failure, FailureKind, Job, JobId, Queue, QueueError, Recovered, State, Task, Work,
};

/// How often an idle worker looks whether another process changed something.
const LOOK: Duration = Duration::from_millis(200);
/// How soon a write that failed is tried again: at first, and at most.
const TRY_AGAIN: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(15)];

/// How a worker works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerOptions {
    /// How often a job is begun again by itself after the process that worked on it died. One more death, and it fails.
    pub restarts: u32,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self { restarts: 1 }
    }
}

/// What a worker says about itself.
#[derive(Debug)]
#[non_exhaustive]
pub enum WorkerNote<'a> {
    /// A job whose worker died was looked after.
    Recovered(&'a Recovered),
    /// The database cannot be used now; nothing is lost, and it is tried again after this time.
    Unwritable {
        /// Why.
        error: &'a QueueError,
        /// When it is tried again.
        again_in: Duration,
    },
    /// It can be used again.
    WritableAgain,
    /// Another worker has the job by now: what came of it here does not count.
    Lost {
        /// The job.
        job: JobId,
    },
}

/// Until when a worker works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until no job waits, or the queue is paused.
    Empty,
    /// Until it is stopped.
    Stopped,
}

/// Why a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// No job waits that it can do.
    Empty,
    /// The queue is paused, and jobs wait.
    Paused,
    /// It was stopped.
    Stopped,
}

/// Works on the jobs of a queue, one at a time.
pub struct Worker<'a> {
    queue: Queue,
    identity: Identity,
    options: WorkerOptions,
    stopper: Stopper,
    notes: Box<dyn Fn(WorkerNote<'_>) + Send + 'a>,
}

/// Ends a worker from elsewhere. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Stopper {
    shared: Arc<Stopping>,
}

#[derive(Debug, Default)]
struct Stopping {
    /// No further job is begun.
    after: AtomicBool,
    /// The present one goes back.
    now: AtomicBool,
    running: Mutex<Option<Arc<Running>>>,
}

impl Stopper {
    /// Ends the worker after its present job.
    pub fn after_job(&self) {
        self.shared.after.store(true, Ordering::SeqCst);
    }

    /// Ends the worker at once. Its present job goes back into the queue, to be begun again.
    pub fn now(&self) {
        self.shared.now.store(true, Ordering::SeqCst);
        self.after_job();
        if let Some(running) = &*self.lock() {
            running.ask(Reason::Stopped);
        }
    }

    fn is_after(&self) -> bool {
        self.shared.after.load(Ordering::SeqCst)
    }

    fn is_now(&self) -> bool {
        self.shared.now.load(Ordering::SeqCst)
    }

    fn set_running(&self, running: Option<Arc<Running>>) {
        *self.lock() = running;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Running>>> {
        self.shared
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Worker<'a> {
    /// A worker of this process. It is known to live until it is dropped or the process ends.
    ///
    /// # Errors
    /// The database cannot be written, or the worker's file not be locked.
    pub fn new(queue: &Queue, options: WorkerOptions) -> Result<Self, QueueError> {
        Ok(Self {
            identity: Identity::new(&queue.database)?,
            queue: queue.clone(),
            options,
            stopper: Stopper::default(),
            notes: Box::new(|_| {}),
        })
    }

    /// With somebody who hears what it says about itself.
    #[must_use]
    pub fn with_notes(self, notes: impl Fn(WorkerNote<'_>) + Send + 'a) -> Self {
        Self {
            notes: Box::new(notes),
            ..self
        }
    }

    /// What ends it.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Works on one job after the other.
    ///
    /// # Errors
    /// The database fails in a way that does not pass. What passes, such as a full disk, is waited for.
    pub fn run(&mut self, work: &mut dyn Work, until: Until) -> Result<Ended, QueueError> {
        loop {
            if self.stopper.is_after() {
                return Ok(Ended::Stopped);
            }
            let seen = self.queue.local.changes();
            let found = self.patiently(Stopper::is_after, || self.next(work.kinds()))?;
            let Some(found) = found else {
                return Ok(Ended::Stopped);
            };
            match (found, until) {
                (Found::Job(job), _) => {
                    self.work_on(&job, work)?;
                }
                (Found::Nothing, Until::Empty) => return Ok(Ended::Empty),
                (Found::Paused, Until::Empty) => return Ok(Ended::Paused),
                (_, Until::Stopped) => self.queue.local.wait(seen, LOOK),
            }
        }
    }

    /// Works on the next job, if there is one. Gives it as it is then.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_one(&mut self, work: &mut dyn Work) -> Result<Option<Job>, QueueError> {
        match self.patiently(Stopper::is_after, || self.next(work.kinds()))? {
            Some(Found::Job(job)) => {
                self.work_on(&job, work)?;
                self.queue.get(job.id).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn next(&self, kinds: &[&str]) -> Result<Found, QueueError> {
        for recovered in self.queue.recover(self.options.restarts)? {
            (self.notes)(WorkerNote::Recovered(&recovered));
        }
        // An idle worker must not keep others from writing.
        let look = self.queue.look(kinds)?;
        match (look.any, look.paused) {
            (false, _) => Ok(Found::Nothing),
            (true, true) => Ok(Found::Paused),
            (true, false) => self.queue.claim(self.identity.row(), kinds),
        }
    }

    fn work_on(&self, job: &Job, work: &mut dyn Work) -> Result<(), QueueError> {
        let claim = Claim {
            job: job.id,
            worker: self.identity.row(),
            attempt: job.attempts,
        };
        let running = Arc::new(Running::default());
        let _entry = Entry::new(&self.queue, &self.stopper, job.id, &running);
        // Asked between the claim and now.
        if self.stopper.is_now() {
            running.ask(Reason::Stopped);
        }
        let deadline = job.deadline.map(|longest| Instant::now() + longest);
        let context = Context::new(job, running.clone(), self.queue.events.clone(), deadline);
        let result = {
            let _monitor = Monitor::start(&self.queue, claim, running.clone(), deadline);
            run(job, work, &context)
        };
        let end = match (result, running.reason()) {
            // Too late: it is done.
            (Ok(outcome), _) => Some(End::Done(outcome)),
            (_, Some(Reason::Lost)) => None,
            (Err(failure), reason) if failure.kind == FailureKind::Cancelled => match reason {
                Some(Reason::Deadline) => Some(End::Failed(late(job))),
                Some(Reason::Stopped) => Some(End::Stopped),
                _ => Some(End::Cancelled),
            },
            (Err(failure), _) => Some(End::Failed(failure)),
        };
        let recorded = match end {
            Some(end) => self.record(claim, &end)?,
            None => None,
        };
        if recorded.is_none() {
            (self.notes)(WorkerNote::Lost { job: job.id });
        }
        Ok(())
    }

    /// Records how an attempt ended, for as long as it takes: what it gave is lost otherwise.
    fn record(&self, claim: Claim, end: &End) -> Result<Option<State>, QueueError> {
        match self.patiently(Stopper::is_now, || self.queue.finish(claim, end))? {
            Some(recorded) => Ok(recorded),
            // Stopped while the database cannot be written. One last time, and its error is what is said.
            None => self.queue.finish(claim, end),
        }
    }

    /// Does it until it succeeds, while what keeps it from succeeding may pass. `None` if the worker is stopped meanwhile.
    fn patiently<T>(
        &self,
        is_stopped: fn(&Stopper) -> bool,
        mut attempt: impl FnMut() -> Result<T, QueueError>,
    ) -> Result<Option<T>, QueueError> {
        let [mut again_in, longest] = TRY_AGAIN;
        let mut failed = false;
        loop {
            match attempt() {
                Ok(value) => {
                    if failed {
                        (self.notes)(WorkerNote::WritableAgain);
                    }
                    return Ok(Some(value));
                }
                Err(error) if error.may_pass() => {
                    failed = true;
                    let error = &error;
                    (self.notes)(WorkerNote::Unwritable { error, again_in });
                    if !self.sleep(again_in, is_stopped) {
                        return Ok(None);
                    }
                    again_in = (again_in * 2).min(longest);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether it slept so long, rather than being stopped.
    fn sleep(&self, time: Duration, is_stopped: fn(&Stopper) -> bool) -> bool {
        let until = Instant::now() + time;
        loop {
            if is_stopped(&self.stopper) {
                return false;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
    }
}

/// That a job runs here, for those who stop it from this process.
struct Entry<'a> {
    queue: &'a Queue,
    stopper: &'a Stopper,
    job: JobId,
}

impl<'a> Entry<'a> {
    fn new(queue: &'a Queue, stopper: &'a Stopper, job: JobId, running: &Arc<Running>) -> Self {
        stopper.set_running(Some(running.clone()));
        let all = queue.local.running.lock();
        let mut all = all.unwrap_or_else(PoisonError::into_inner);
        all.insert(job, running.clone());
        Self {
            queue,
            stopper,
            job,
        }
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.stopper.set_running(None);
        let all = self.queue.local.running.lock();
        all.unwrap_or_else(PoisonError::into_inner)
            .remove(&self.job);
    }
}

/// Does the work. What panics fails.
fn run(job: &Job, work: &mut dyn Work, context: &Context) -> Result<super::Outcome, Failure> {
    if let Task::Unreadable { kind, reason } = &job.task {
        return Err(Failure::new(
            FailureKind::Request,
            format!("a job of kind \"{kind}\" that this version cannot read: {reason}"),
        ));
    }
    match catch_unwind(AssertUnwindSafe(|| work.run(job, context))) {
        Ok(result) => result,
        Err(panic) => {
            work.panicked();
            let message = panic
                .downcast_ref::<&str>()
                .copied()
                .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
                .unwrap_or("it does not say why");
            Err(Failure::new(
                FailureKind::Panic,
                format!("an error in aquatint itself: {message}"),
            ))
        }
    }
}

fn late(job: &Job) -> Failure {
    let longest = job.deadline.unwrap_or_default().as_secs_f64();
    Failure::new(
        FailureKind::Deadline,
        format!("it took longer than its deadline of {longest} s"),
    )
}
