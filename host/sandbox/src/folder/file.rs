use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::Compiled;
use crate::manifest::PluginId;
use crate::plugin::{Candidate, Plugin, Verified};
use crate::policy::Record;
use crate::reload::{AttemptId, Generation, State};
use crate::stop::Stop;

/// What is known about one file beside what the machine knows.
#[derive(Default)]
pub(super) struct File {
    pub(super) state: State,
    pub(super) attempt: Option<Work>,
    pub(super) generations: BTreeMap<Generation, Built>,
    pub(super) record: Record,
    pub(super) next_job: u64,
}

/// An attempt, as far as it got.
pub(super) struct Work {
    pub(super) id: AttemptId,
    pub(super) candidate: Option<Candidate>,
    pub(super) verified: Option<Arc<Verified>>,
    pub(super) compiled: Option<Arc<Compiled>>,
    pub(super) plugin: Option<Arc<Plugin>>,
}

impl Work {
    pub(super) fn new(id: AttemptId) -> Self {
        Self {
            id,
            candidate: None,
            verified: None,
            compiled: None,
            plugin: None,
        }
    }
}

/// What serves or served.
#[derive(Clone)]
pub(super) struct Built {
    pub(super) plugin: Arc<Plugin>,
    /// For building it again with other grants.
    pub(super) verified: Arc<Verified>,
    pub(super) killed: Stop,
}

impl File {
    pub(super) fn serving(&self) -> Option<&Built> {
        let serving = self.state.serving()?;
        self.generations.get(&serving.generation)
    }

    pub(super) fn id(&self) -> Option<&PluginId> {
        if let Some(built) = self.serving() {
            return Some(&built.plugin.manifest().id);
        }
        let verified = self.attempt.as_ref()?.verified.as_ref()?;
        Some(&verified.manifest.id)
    }
}
