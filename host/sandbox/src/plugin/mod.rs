//! A plugin that was loaded, and calling it.
//!
//! [`Plugin::load`] goes all the way: prescan, manifest, permissions, compiling, linking, and asking it who it is. A
//! [`Plugin`] never changes; another version is another one. Each call runs in an instance of its own, with memory,
//! time and everything else bounded, and what it did counts only when it returns well.

mod call;
mod error;
mod hooks;
mod identity;
mod job;
mod link;
mod load;
mod metrics;

pub use error::{CallError, Failed};
pub use hooks::{Axis, Kept, Moment, Point};
pub use identity::Identity;
pub use job::{Done, Job, LogLine, Progress, Report};
pub use load::{Candidate, LoadError, Verified};
pub use metrics::Metrics;

pub use crate::manifest::Phase;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use wasmtime::component::InstancePre;

use crate::digest::Digest;
use crate::engine::Engine;
use crate::guest::Guest;
use crate::manifest::{Limits, Manifest};
use crate::permissions::PermissionSet;

/// A plugin, ready to be called.
pub struct Plugin {
    pub(crate) identity: Arc<Identity>,
    pub(crate) limits: Limits,
    pub(crate) granted: Arc<PermissionSet>,
    pub(crate) assets: Arc<BTreeMap<String, Vec<u8>>>,
    pub(crate) engine: Engine,
    pub(crate) instance: InstancePre<Guest>,
    pub(crate) store: Option<PathBuf>,
    pub(crate) from_cache: bool,
    metrics: metrics::Counters,
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin")
            .field("id", &self.manifest().id)
            .field("version", &self.manifest().version)
            .field("digest", &self.digest())
            .finish_non_exhaustive()
    }
}

impl Plugin {
    /// What it says about itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.identity.manifest
    }

    /// What it is.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.identity.digest
    }

    /// What it may do.
    #[must_use]
    pub fn granted(&self) -> &PermissionSet {
        &self.granted
    }

    /// What a call may use.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether it did not have to be compiled.
    #[must_use]
    pub fn from_cache(&self) -> bool {
        self.from_cache
    }

    /// How its calls went so far.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.metrics.read()
    }
}
