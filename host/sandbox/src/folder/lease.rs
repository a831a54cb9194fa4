use std::ops::Deref;
use std::sync::{Arc, mpsc};

use super::driver::Message;
use crate::names::did_you_mean;
use crate::plugin::{CallError, Plugin};
use crate::policy::Outcome;
use crate::reload::{Generation, Unavailable};
use crate::stop::Stop;

/// One version of a plugin, for one job. The version stays what it is while the lease lives, whatever becomes of the
/// file.
pub struct Lease {
    pub(super) plugin: Arc<Plugin>,
    pub(super) file: String,
    pub(super) generation: Generation,
    pub(super) killed: Stop,
    pub(super) sender: mpsc::Sender<Message>,
}

impl Lease {
    /// The version's number.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.0
    }

    /// Set when the plugin was removed and this job took too long to end by itself. Calls should end with it.
    #[must_use]
    pub fn killed(&self) -> &Stop {
        &self.killed
    }

    /// Tells how a call ended. What breaks too often is left alone for a while.
    pub fn ended(&self, error: Option<&CallError>) {
        let outcome = error.map_or(Outcome::Returned, CallError::outcome);
        self.sender
            .send(Message::Ended {
                file: self.file.clone(),
                generation: self.generation,
                outcome,
            })
            .ok();
    }
}

impl Deref for Lease {
    type Target = Plugin;

    fn deref(&self) -> &Plugin {
        &self.plugin
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.sender
            .send(Message::Returned {
                file: self.file.clone(),
                generation: self.generation,
            })
            .ok();
    }
}

/// Why a job gets no plugin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeaseError {
    /// There is none of this name.
    #[error("no plugin `{id}`{}", did_you_mean(.nearest.as_deref()))]
    Unknown {
        /// What was asked for.
        id: String,
        /// One that there is, of nearly that name.
        nearest: Option<String>,
    },
    /// There is, but not now.
    #[error("plugin `{id}` cannot be used: {why}")]
    Unavailable {
        /// Which.
        id: String,
        /// Why not.
        why: Unavailable,
    },
    /// Nobody looks at the folder any more.
    #[error("plugins are no longer looked after")]
    Stopped,
}
