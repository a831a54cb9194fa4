use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::effect::Unavailable;
use crate::digest::Digest;
use crate::permissions::Change;

/// A file as a look at it shows it: enough to see that it changed, never enough to know what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Its size in bytes.
    pub size: u64,
    /// When it was modified, as the file system counts.
    pub modified: Duration,
}

/// A build of a plugin that was ready once. Numbers only rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u64);

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// One try to make a generation out of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptId(pub u64);

/// An attempt that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Its number.
    pub id: AttemptId,
    /// The file when it was read.
    pub stamp: Stamp,
    /// What was read.
    pub digest: Digest,
}

/// Where the file is on its way.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Never seen.
    #[default]
    Absent,
    /// Noticed, or noticed to have changed: it may be half written.
    Candidate {
        /// How it looked.
        stamp: Stamp,
        /// When.
        since: Duration,
    },
    /// It looked the same twice, or is gone; that must hold for a while.
    Settling {
        /// How it looks; `None` if it is gone.
        stamp: Option<Stamp>,
        /// Until when.
        until: Duration,
    },
    /// Being read and checked.
    Verifying {
        /// The attempt.
        attempt: AttemptId,
        /// The file when it began.
        stamp: Stamp,
        /// What was read, once it was.
        digest: Option<Digest>,
    },
    /// Being compiled.
    Compiling(Attempt),
    /// Being linked.
    Linking(Attempt),
    /// Being asked who it is.
    Probing(Attempt),
    /// What the file holds is what serves.
    Ready,
    /// What the file holds failed.
    Rejected {
        /// The file.
        stamp: Stamp,
        /// What it holds, if it could be read.
        digest: Option<Digest>,
        /// Why.
        why: String,
    },
    /// The user must consent first.
    NeedsConsent {
        /// The attempt.
        attempt: Attempt,
        /// To what.
        missing: Change,
    },
    /// The file is gone.
    Removed,
}

/// What jobs get.
#[derive(Clone, Debug, PartialEq)]
pub struct Serving {
    /// Its number.
    pub generation: Generation,
    /// What it is.
    pub digest: Digest,
    /// The file that it was made from.
    pub stamp: Stamp,
    /// How many jobs use it.
    pub in_flight: u64,
    /// Until when no job gets it.
    pub quarantined: Option<Duration>,
}

/// What jobs got, as long as some still use it.
#[derive(Clone, Debug, PartialEq)]
pub struct Draining {
    /// Its number.
    pub generation: Generation,
    /// How many jobs use it.
    pub in_flight: u64,
    /// When those that are left are stopped; never, if it was merely replaced.
    pub deadline: Option<Duration>,
}

/// All that is known about one plugin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    pub(super) phase: Phase,
    pub(super) serving: Option<Serving>,
    pub(super) draining: Vec<Draining>,
    /// Bytes that failed, the newest last, and why.
    pub(super) failed: VecDeque<(Digest, String)>,
    pub(super) attempts: u64,
    pub(super) generations: u64,
}

impl State {
    /// Where the file is on its way.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// What jobs get.
    #[must_use]
    pub fn serving(&self) -> Option<&Serving> {
        self.serving.as_ref()
    }

    /// What is only kept for jobs that still use it.
    #[must_use]
    pub fn draining(&self) -> &[Draining] {
        &self.draining
    }

    /// One word for people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let quarantined = self
            .serving
            .as_ref()
            .is_some_and(|serving| serving.quarantined.is_some());
        match &self.phase {
            Phase::Absent => "absent",
            Phase::Candidate { .. } => "candidate",
            Phase::Settling { .. } => "settling",
            Phase::Verifying { .. } => "verifying",
            Phase::Compiling(_) => "compiling",
            Phase::Linking(_) => "linking",
            Phase::Probing(_) => "probing",
            Phase::Ready if quarantined => "quarantined",
            Phase::Ready => "ready",
            Phase::Rejected { .. } => "rejected",
            Phase::NeedsConsent { .. } => "needs-consent",
            Phase::Removed if !self.draining.is_empty() => "draining",
            Phase::Removed => "removed",
        }
    }

    /// Why a job gets nothing at time `now`; `None` if it gets what serves.
    #[must_use]
    pub fn unavailable(&self, now: Duration) -> Option<Unavailable> {
        if let Some(serving) = &self.serving {
            return serving
                .quarantined
                .filter(|until| *until > now)
                .map(|until| Unavailable::Quarantined { until });
        }
        Some(match &self.phase {
            Phase::Rejected { why, .. } => Unavailable::Rejected(why.clone()),
            Phase::NeedsConsent { missing, .. } => {
                let added: Vec<_> = missing.added.iter().map(ToString::to_string).collect();
                Unavailable::NeedsConsent(added.join(", "))
            }
            Phase::Removed => Unavailable::Removed,
            _ => Unavailable::NotReady,
        })
    }

    /// The attempt that is under way or waits, if one does.
    pub(super) fn attempt(&self) -> Option<AttemptId> {
        match &self.phase {
            Phase::Verifying { attempt, .. } => Some(*attempt),
            Phase::Compiling(attempt)
            | Phase::Linking(attempt)
            | Phase::Probing(attempt)
            | Phase::NeedsConsent { attempt, .. } => Some(attempt.id),
            _ => None,
        }
    }

    /// The file that the phase is about.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        match &self.phase {
            Phase::Absent | Phase::Removed => None,
            Phase::Settling { stamp, .. } => *stamp,
            Phase::Candidate { stamp, .. }
            | Phase::Verifying { stamp, .. }
            | Phase::Rejected { stamp, .. } => Some(*stamp),
            Phase::Compiling(attempt)
            | Phase::Linking(attempt)
            | Phase::Probing(attempt)
            | Phase::NeedsConsent { attempt, .. } => Some(attempt.stamp),
            Phase::Ready => self.serving.as_ref().map(|serving| serving.stamp),
        }
    }
}
