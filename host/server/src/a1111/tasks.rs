//! What clients call their requests, and which jobs those are.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aquatint_studio::jobs::JobId;

/// How many are remembered.
const MOST: usize = 512;

/// Requests that were taken, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    known: Mutex<VecDeque<Task>>,
}

/// A request that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// What its client calls it, or we do.
    pub(crate) id: String,
    /// Its jobs, in order.
    pub(crate) jobs: Vec<JobId>,
    /// Whether it has ended.
    pub(crate) done: bool,
}

impl Tasks {
    pub(crate) fn add(&self, id: &str, jobs: Vec<JobId>) {
        let mut known = self.lock();
        if known.len() >= MOST {
            known.pop_front();
        }
        known.push_back(Task {
            id: id.to_owned(),
            jobs,
            done: false,
        });
    }

    pub(crate) fn end(&self, id: &str) {
        if let Some(task) = self.lock().iter_mut().rfind(|task| task.id == id) {
            task.done = true;
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<Task> {
        self.lock().iter().rfind(|task| task.id == id).cloned()
    }

    /// The request that a job belongs to.
    pub(crate) fn of_job(&self, job: JobId) -> Option<Task> {
        let known = self.lock();
        known.iter().rfind(|task| task.jobs.contains(&job)).cloned()
    }

    /// Those that have not ended.
    pub(crate) fn pending(&self) -> Vec<Task> {
        self.lock().iter().filter(|it| !it.done).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Task>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
