mod order;
mod property;
mod queue;
mod recover;
mod stopping;
mod telling;
mod worker;

use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::*;
use crate::Request;
use crate::database::{Database, Durability};

/// A queue in a folder of its own. No test pulls the plug, so nothing is flushed for it.
pub(super) struct Place {
    pub(super) folder: TempDir,
    pub(super) queue: Queue,
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let queue = open(&folder);
        Self { folder, queue }
    }

    /// As another process would see it.
    pub(super) fn other(&self) -> Queue {
        open(&self.folder)
    }

    pub(super) fn add(&self, prompt: &str) -> JobId {
        self.queue.add(job(prompt)).expect("added").id
    }

    pub(super) fn state(&self, id: JobId) -> State {
        self.queue.get(id).expect("a job").state
    }

    /// The prompts of the jobs that wait, in order.
    pub(super) fn waiting(&self) -> Vec<String> {
        let jobs = self.queue.waiting(0, 1000).expect("jobs");
        jobs.iter().map(prompt).collect()
    }
}

fn open(folder: &TempDir) -> Queue {
    Queue::of(Database::open_with(folder.path(), Durability::Process).expect("a database"))
}

pub(super) fn job(prompt: &str) -> NewJob {
    NewJob::generate(Request {
        prompt: prompt.to_owned(),
        ..Request::default()
    })
}

pub(super) fn prompt(job: &Job) -> String {
    match &job.task {
        Task::Generate(request) => request.prompt.clone(),
        other => panic!("{other:?}"),
    }
}

/// Work that a test says.
pub(super) struct Doing<F>(pub(super) F);

impl<F: FnMut(&Job, &Context) -> Result<Outcome, Failure>> Work for Doing<F> {
    fn kinds(&self) -> &[&str] {
        &[Task::GENERATE]
    }

    fn run(&mut self, job: &Job, context: &Context) -> Result<Outcome, Failure> {
        (self.0)(job, context)
    }
}

/// Works until it is cancelled.
pub(super) fn until_cancelled(context: &Context) -> Failure {
    for _ in 0..6000 {
        if context.cancel().is_cancelled() {
            return Failure::cancelled();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Failure::other("nobody cancelled it")
}

pub(super) fn done() -> Result<Outcome, Failure> {
    Ok(Outcome::default())
}

pub(super) fn worker(queue: &Queue) -> Worker<'static> {
    Worker::new(queue, WorkerOptions::default()).expect("a worker")
}

/// Waits for something to happen.
pub(super) fn until(what: &str, mut happens: impl FnMut() -> bool) {
    let start = Instant::now();
    while !happens() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{what} does not happen"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}
