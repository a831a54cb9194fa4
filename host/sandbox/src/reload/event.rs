use std::time::Duration;

use super::state::{AttemptId, Generation, Stamp};
use crate::digest::Digest;
use crate::permissions::Change;

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The file was looked at, and is there.
    Seen(Stamp),
    /// The file was looked at, and is not there.
    Gone,
    /// Time went by.
    Tick,
    /// The file was read.
    Hashed {
        /// For which attempt.
        attempt: AttemptId,
        /// What it holds.
        digest: Digest,
    },
    /// What was read is a plugin.
    Verified {
        /// For which attempt.
        attempt: AttemptId,
        /// What the user must consent to first, if anything.
        missing: Option<Change>,
    },
    /// It is compiled.
    Compiled(AttemptId),
    /// It is linked.
    Linked(AttemptId),
    /// It described itself as its manifest does.
    Probed(AttemptId),
    /// One of the above did not go well.
    Failed {
        /// For which attempt.
        attempt: AttemptId,
        /// Why, for people.
        why: String,
    },
    /// The user consented to what a plugin asks for.
    Granted(Digest),
    /// The user took a permission back that what serves needs.
    Revoked(Change),
    /// The user wants what failed to be tried again.
    Retry,
    /// The user removed the plugin.
    Removed,
    /// What serves broke too often.
    Struck {
        /// Which generation did.
        generation: Generation,
        /// Until when it is left alone.
        until: Duration,
    },
    /// A job wants to use the plugin.
    JobStarted {
        /// Which, for the answer.
        job: u64,
    },
    /// A job is done with the plugin.
    JobEnded {
        /// The generation that it was given.
        generation: Generation,
    },
}
