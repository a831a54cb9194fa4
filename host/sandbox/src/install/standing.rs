use semver::Version;

use super::{InstallError, Installer};
use crate::grants::{Decision, Grants};
use crate::lock::Entry;
use crate::permissions::Change;

/// How a plugin that was fetched stands to what is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is not installed.
    New,
    /// Exactly this is installed.
    Same,
    /// Another build is.
    Update {
        /// Its version.
        from: Version,
        /// What the update would be granted beyond what is granted, and what it no longer asks for.
        change: Change,
    },
}

/// What there is to say about an installed plugin at a glance. Whether it is loaded is another question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It may be used.
    Ready,
    /// It may be used; an update waits for consent.
    UpdateWaits,
    /// It waits for consent.
    NeedsConsent,
    /// The user has switched it off.
    Disabled,
}

impl State {
    /// What is true of an installed plugin.
    #[must_use]
    pub fn of(entry: &Entry, grants: &Grants) -> Self {
        if !entry.enabled {
            return Self::Disabled;
        }
        match grants.decide(&entry.id, &entry.current.permissions) {
            Decision::Ask(_) => Self::NeedsConsent,
            _ if entry.waiting.is_some() => Self::UpdateWaits,
            _ => Self::Ready,
        }
    }

    /// Its name, in lists and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::UpdateWaits => "update-waits",
            Self::NeedsConsent => "needs-consent",
            Self::Disabled => "disabled",
        }
    }
}

impl Installer {
    /// What is installed, by id.
    ///
    /// # Errors
    /// The lock or the grants cannot be read.
    pub fn list(&self) -> Result<Vec<(Entry, State)>, InstallError> {
        let lock = self.folders.lock().read()?;
        let grants = self.folders.grants().read()?;
        Ok(lock
            .entries()
            .iter()
            .map(|entry| (entry.clone(), State::of(entry, &grants)))
            .collect())
    }
}
