//! A job that this process works on.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aquatint_diffusion::pipeline::Cancel;

use super::Progress;

/// Why a job was stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// Somebody cancelled it.
    Cancelled,
    /// Its time is up.
    Deadline,
    /// Its worker is to end: it goes back into the queue.
    Stopped,
    /// Another worker has it by now.
    Lost,
}

/// A job that this process works on, as everyone in it sees it.
#[derive(Debug, Default)]
pub(super) struct Running {
    pub(super) cancel: Cancel,
    reason: Mutex<Option<Reason>>,
    progress: Mutex<Reported>,
}

/// How far it is, and whether that is in the database.
#[derive(Debug, Default)]
struct Reported {
    progress: Progress,
    is_new: bool,
}

impl Running {
    /// Stops the job. The first reason counts.
    pub(super) fn ask(&self, reason: Reason) {
        locked(&self.reason).get_or_insert(reason);
        self.cancel.cancel();
    }

    pub(super) fn reason(&self) -> Option<Reason> {
        *locked(&self.reason)
    }

    pub(super) fn report(&self, change: impl FnOnce(&mut Progress)) {
        let mut reported = locked(&self.progress);
        change(&mut reported.progress);
        reported.is_new = true;
    }

    /// How far it is, if that was not taken before.
    pub(super) fn take_report(&self) -> Option<Progress> {
        let mut reported = locked(&self.progress);
        std::mem::take(&mut reported.is_new).then(|| reported.progress.clone())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
