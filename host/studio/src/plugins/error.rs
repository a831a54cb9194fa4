use std::path::PathBuf;

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::folder::LeaseError;
use aquatint_sandbox::manifest::InvalidId;
use aquatint_sandbox::names::did_you_mean;
use aquatint_sandbox::plugin::{CallError, LoadError};
use aquatint_sandbox::settings::SettingsError;

use crate::InvalidParam;

/// Why a plugin could not take part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PluginError {
    /// The id is none.
    #[error(transparent)]
    Id(#[from] InvalidId),
    /// There is none of this id.
    #[error("no plugin `{id}` is installed{}", did_you_mean(.nearest.as_deref()))]
    NotFound {
        /// What was asked for.
        id: String,
        /// One that there is, of nearly that name.
        nearest: Option<String>,
    },
    /// It is of a folder that is watched, and cannot be used now.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// It is there and cannot be loaded.
    #[error("plugin `{id}` ({path}): {source}", path = .path.display())]
    Load {
        /// Which.
        id: String,
        /// Its file.
        path: PathBuf,
        /// Why not.
        source: Box<LoadError>,
    },
    /// Plugins cannot run here, or what is known of them cannot be read.
    #[error("{0}")]
    Host(String),
    /// The folder cannot be read.
    #[error("{path}: {source}", path = .path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A setting is wrong.
    #[error("plugin `{id}`: {source}")]
    Settings {
        /// Which plugin.
        id: String,
        /// What is wrong.
        source: SettingsError,
    },
    /// A setting's picture cannot be read.
    #[error("plugin `{id}`: picture {path}: {reason}", path = .path.display())]
    Picture {
        /// Which plugin.
        id: String,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It has no hook that a picture meets.
    #[error(
        "plugin `{id}` only adds axes to sweeps, expected one that draws, changes requests, latents or pictures"
    )]
    OnlySweep {
        /// Which.
        id: String,
    },
    /// Two drive drawing.
    #[error("plugins `{first}` and `{second}` both drive drawing, expected one at most")]
    TwoScripts {
        /// The first.
        first: String,
        /// The second.
        second: String,
    },
    /// A call failed, and its failure ends the picture.
    #[error("plugin `{id}`, hook `{hook}`: {source}")]
    Call {
        /// Which plugin.
        id: String,
        /// Which hook.
        hook: Hook,
        /// Why.
        source: CallError,
    },
    /// What it made of the request cannot be drawn.
    #[error("plugin `{id}` changed the request: {source}")]
    Request {
        /// Which plugin.
        id: String,
        /// What is wrong.
        source: InvalidParam,
    },
}

impl PluginError {
    /// Whether the request is at fault rather than the plugin.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Id(_)
                | Self::NotFound { .. }
                | Self::Settings { .. }
                | Self::Picture { .. }
                | Self::OnlySweep { .. }
                | Self::TwoScripts { .. }
        )
    }

    /// Whether somebody stopped it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        use aquatint_sandbox::policy::Outcome;
        matches!(self, Self::Call { source, .. } if source.outcome() == Outcome::Cancelled)
    }
}
