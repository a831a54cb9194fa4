use std::time::Duration;

use super::state::{AttemptId, Generation};
use crate::digest::Digest;
use crate::permissions::Change;

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Look at the file at this time, and say [`Seen`](super::Event::Seen) or [`Gone`](super::Event::Gone).
    Look {
        /// When.
        at: Duration,
    },
    /// Say [`Tick`](super::Event::Tick) at this time.
    Wake {
        /// When.
        at: Duration,
    },
    /// Read the file, keep its bytes for the attempt, and say what they are.
    Hash(AttemptId),
    /// Check those bytes: structure, manifest, permissions.
    Verify {
        /// For which attempt.
        attempt: AttemptId,
        /// What they are.
        digest: Digest,
    },
    /// Compile them.
    Compile {
        /// For which attempt.
        attempt: AttemptId,
        /// What they are.
        digest: Digest,
    },
    /// Link what was compiled with what was granted.
    Link(AttemptId),
    /// Instantiate it and ask it who it is.
    Probe(AttemptId),
    /// Forget an attempt; its answers will be ignored.
    Abandon(AttemptId),
    /// From now on jobs get this.
    Publish {
        /// The attempt that became it.
        attempt: AttemptId,
        /// Its number.
        generation: Generation,
        /// What it is.
        digest: Digest,
    },
    /// No job uses this generation any more: drop it.
    Retire(Generation),
    /// Stop the jobs that still use this generation.
    Kill(Generation),
    /// The job uses this generation to its end.
    Serve {
        /// Which job.
        job: u64,
        /// What it gets.
        generation: Generation,
    },
    /// The job cannot use the plugin.
    Refuse {
        /// Which job.
        job: u64,
        /// Why.
        why: Unavailable,
    },
    /// Tell people.
    Tell(Notice),
}

/// Why a job cannot use a plugin now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// Nothing was ever ready.
    #[error("it is not loaded yet")]
    NotReady,
    /// What there is failed.
    #[error("it was rejected: {0}")]
    Rejected(String),
    /// The user has not consented.
    #[error("it needs consent (`aquatint plugin grant`): {0}")]
    NeedsConsent(String),
    /// It broke too often.
    #[error("it is in quarantine after failing too often")]
    Quarantined {
        /// Until when.
        until: Duration,
    },
    /// It is gone.
    #[error("it was removed")]
    Removed,
}

/// What people and pages are told.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The plugin is there for the first time.
    Loaded(Generation),
    /// The plugin was replaced.
    Reloaded {
        /// By which generation.
        generation: Generation,
        /// Which one it was before.
        before: Generation,
    },
    /// A new version is not used; what served serves on.
    Rejected {
        /// What it is, if it could be read.
        digest: Option<Digest>,
        /// Why.
        why: String,
        /// What serves on.
        serving: Option<Generation>,
    },
    /// A new version waits for the user.
    NeedsConsent {
        /// What it is.
        digest: Digest,
        /// What it asks for.
        missing: Change,
    },
    /// The plugin is left alone for a while.
    Quarantined {
        /// Until when.
        until: Duration,
    },
    /// The while is over.
    Released,
    /// The plugin is gone.
    Removed,
}
