//! Plugins in the way of a picture.
//!
//! - [`PluginSource`]: who has the plugins; [`Folders`] loads them from folders, one at a time, and [`Remembered`] keeps
//!   what was loaded.
//! - [`Chosen`]: a plugin that a request names, with its settings checked and its pictures read.
//! - `hooks`: the pipeline's hook point for latents, with plugins behind it.
//! - `script`: a plugin that drives drawing itself.
//! - [`OnnxModels`]: the models that plugins run.

mod chosen;
mod error;
mod folders;
mod hooks;
mod host;
mod onnx;
mod remembered;
mod script;

use std::ops::Deref;
use std::sync::Arc;

use aquatint_sandbox::folder::Lease;
use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::plugin::{CallError, LogLine, Plugin, Report};

pub use chosen::Chosen;
pub use error::PluginError;
pub use folders::Folders;
pub use onnx::OnnxModels;
pub use remembered::Remembered;

pub(crate) use chosen::choose;
pub(crate) use hooks::Denoisers;
pub(crate) use host::Host;
pub(crate) use script::{of_pixels, run as run_script};

/// Who has the plugins.
pub trait PluginSource {
    /// The version of a plugin that a job uses to its end.
    ///
    /// # Errors
    /// There is none, or it cannot be used.
    fn get(&self, id: &PluginId) -> Result<Held, PluginError>;

    /// The plugins there are, as far as that can be told without opening them: for messages about mistyped names.
    fn ids(&self) -> Vec<String> {
        Vec::new()
    }
}

/// No plugins at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPlugins;

impl PluginSource for NoPlugins {
    fn get(&self, id: &PluginId) -> Result<Held, PluginError> {
        Err(PluginError::NotFound {
            id: id.to_string(),
            nearest: None,
        })
    }
}

/// One version of a plugin.
pub enum Held {
    /// Loaded for this.
    Own(Arc<Plugin>),
    /// Of a folder that is watched.
    Leased(Lease),
}

impl Held {
    /// Tells whoever looks after the plugin how a call ended.
    pub(crate) fn ended(&self, error: Option<&CallError>) {
        if let Self::Leased(lease) = self {
            lease.ended(error);
        }
    }
}

impl Deref for Held {
    type Target = Plugin;

    fn deref(&self) -> &Plugin {
        match self {
            Self::Own(plugin) => plugin,
            Self::Leased(lease) => lease,
        }
    }
}

/// What is told about plugins while a picture is drawn.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Note<'a> {
    /// A line of a plugin's log.
    Log {
        /// Which plugin.
        id: &'a str,
        /// What it wrote.
        line: &'a LogLine,
    },
    /// A plugin failed, and the picture goes on without it.
    Skipped {
        /// Which plugin.
        id: &'a str,
        /// Why.
        why: &'a str,
    },
    /// A call is over.
    Called {
        /// Which plugin.
        id: &'a str,
        /// Which hook.
        hook: aquatint_sandbox::contract::Hook,
        /// How it went.
        report: &'a Report,
        /// Why it gave nothing, if it did not.
        error: Option<&'a CallError>,
    },
}
