//! Which plugins are installed, pinned by digest: `plugins.lock`.
//!
//! The digest decides which bytes run; version and source are what people read. What an update brings is pinned at once
//! if it needs nothing new, and waits beside the old pin until the user consents if it does. Fields that this version
//! does not know are kept when the file is written.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
pub use crate::document::DocumentError;
use crate::document::{read, update};
use crate::locator::Locator;
use crate::manifest::PluginId;
use crate::names::{did_you_mean, nearest};
use crate::permissions::{Change, PermissionSet};

const HEAD: &str =
    "# Installed plugins. Written by `aquatint plugin`; fine to keep under version control.\n";
/// How many earlier pins are kept to go back to.
const HISTORY: usize = 5;

/// All installed plugins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lock {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    plugin: Vec<Entry>,
    #[serde(flatten)]
    other: toml::Table,
}

/// One installed plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// Which.
    pub id: PluginId,
    /// Whether it may be used.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub enabled: bool,
    /// What runs.
    pub current: Pin,
    /// An update that asks for more than the current one has, and waits for consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Pin>,
    /// What ran before, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Pin>,
    #[serde(flatten)]
    other: toml::Table,
}

fn yes() -> bool {
    true
}

/// Exactly one build of a plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Pin {
    /// Its version.
    pub version: Version,
    /// The digest of the component.
    pub digest: Digest,
    /// Where it came from.
    pub source: Locator,
    /// The digest of the registry's manifest, if it came from a registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Digest>,
    /// What it needs.
    #[serde(default)]
    pub permissions: PermissionSet,
    /// When it was installed.
    pub installed_at: Timestamp,
}

/// What became of a pin that was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offered {
    /// It runs from now on; what it no longer needs is in the change.
    Pinned(Change),
    /// It waits for consent to what the change adds. What ran before runs on.
    Waits(Change),
    /// It is what runs already.
    Unchanged,
}

impl Lock {
    /// All entries, by id.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.plugin
    }

    /// One entry.
    ///
    /// # Errors
    /// It is not installed.
    pub fn get(&self, id: &PluginId) -> Result<&Entry, LockError> {
        self.plugin
            .iter()
            .find(|entry| entry.id == *id)
            .ok_or_else(|| self.not_installed(id))
    }

    /// Adds a plugin that is not installed yet, whose permissions the user has consented to.
    ///
    /// # Errors
    /// It is installed already.
    pub fn install(&mut self, id: &PluginId, pin: Pin) -> Result<(), LockError> {
        if let Ok(entry) = self.get(id) {
            return Err(LockError::Installed {
                id: id.clone(),
                version: entry.current.version.clone(),
            });
        }
        self.plugin.push(Entry {
            id: id.clone(),
            enabled: true,
            current: pin,
            waiting: None,
            earlier: Vec::new(),
            other: toml::Table::new(),
        });
        self.plugin.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(())
    }

    /// Offers another build of an installed plugin. `granted` is what the user has allowed it.
    ///
    /// # Errors
    /// It is not installed.
    pub fn offer(
        &mut self,
        id: &PluginId,
        pin: Pin,
        granted: &PermissionSet,
    ) -> Result<Offered, LockError> {
        let entry = self.get_mut(id)?;
        if entry.current.digest == pin.digest {
            entry.waiting = None;
            return Ok(Offered::Unchanged);
        }
        if granted.covers_all(&pin.permissions) {
            let change = Change::between(&entry.current.permissions, &pin.permissions);
            entry.waiting = None;
            entry.advance(pin);
            return Ok(Offered::Pinned(change));
        }
        let change = Change::between(granted, &pin.permissions);
        entry.waiting = Some(pin);
        Ok(Offered::Waits(change))
    }

    /// The user consents to the update that waits. `digest` is the one that the user was asked about: another may have
    /// come since. Gives what the plugin may do from now on.
    ///
    /// # Errors
    /// It is not installed, or another update waits, or none.
    pub fn consent(&mut self, id: &PluginId, digest: Digest) -> Result<PermissionSet, LockError> {
        let entry = self.get_mut(id)?;
        match entry.waiting.take() {
            Some(pin) if pin.digest == digest => {
                let permissions = pin.permissions.clone();
                entry.advance(pin);
                Ok(permissions)
            }
            other => {
                entry.waiting = other;
                Err(LockError::NotWaiting {
                    id: id.clone(),
                    digest,
                })
            }
        }
    }

    /// Goes back to what ran before; gives it. What it went back from is forgotten, so that doing it again goes back
    /// further.
    ///
    /// # Errors
    /// It is not installed, or nothing ran before, or that needs what is not granted any more.
    pub fn rollback(&mut self, id: &PluginId, granted: &PermissionSet) -> Result<&Pin, LockError> {
        let entry = self.get_mut(id)?;
        let Some(previous) = entry.earlier.first() else {
            return Err(LockError::NothingEarlier { id: id.clone() });
        };
        if !granted.covers_all(&previous.permissions) {
            return Err(LockError::NotGranted {
                id: id.clone(),
                version: previous.version.clone(),
                needs: Change::between(granted, &previous.permissions),
            });
        }
        entry.current = entry.earlier.remove(0);
        Ok(&entry.current)
    }

    /// Says whether a plugin may be used.
    ///
    /// # Errors
    /// It is not installed.
    pub fn enable(&mut self, id: &PluginId, enabled: bool) -> Result<(), LockError> {
        self.get_mut(id)?.enabled = enabled;
        Ok(())
    }

    /// Removes a plugin; gives what was there.
    ///
    /// # Errors
    /// It is not installed.
    pub fn remove(&mut self, id: &PluginId) -> Result<Entry, LockError> {
        match self.plugin.iter().position(|entry| entry.id == *id) {
            Some(index) => Ok(self.plugin.remove(index)),
            None => Err(self.not_installed(id)),
        }
    }

    /// Every digest that some entry still needs: what must stay among the kept files.
    pub fn digests(&self) -> impl Iterator<Item = Digest> {
        self.plugin.iter().flat_map(|entry| {
            [&entry.current]
                .into_iter()
                .chain(&entry.waiting)
                .chain(&entry.earlier)
                .map(|pin| pin.digest)
        })
    }

    fn get_mut(&mut self, id: &PluginId) -> Result<&mut Entry, LockError> {
        match self.plugin.iter().position(|entry| entry.id == *id) {
            Some(index) => Ok(&mut self.plugin[index]),
            None => Err(self.not_installed(id)),
        }
    }

    fn not_installed(&self, id: &PluginId) -> LockError {
        let ids = self.plugin.iter().map(|entry| entry.id.as_str());
        LockError::NotInstalled {
            id: id.clone(),
            nearest: nearest(id.as_str(), ids),
        }
    }
}

impl Entry {
    fn advance(&mut self, pin: Pin) {
        let previous = std::mem::replace(&mut self.current, pin);
        self.earlier.insert(0, previous);
        self.earlier.truncate(HISTORY);
    }
}

/// The file.
#[derive(Clone, Debug)]
pub struct LockFile(PathBuf);

impl LockFile {
    /// The file at this path, whether it is there yet or not.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// What is in it.
    ///
    /// # Errors
    /// It cannot be read, or is damaged.
    pub fn read(&self) -> Result<Lock, DocumentError> {
        read(&self.0)
    }

    /// Changes it, while no other process does, whole or not at all.
    ///
    /// # Errors
    /// It cannot be read or written, or `change` fails: nothing is written then.
    pub fn update<R>(
        &self,
        change: impl FnOnce(&mut Lock) -> Result<R, LockError>,
    ) -> Result<R, LockError> {
        update(&self.0, HEAD, change)
    }
}

/// Why installed plugins cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// There is no such plugin.
    #[error("plugin `{id}` is not installed{}", did_you_mean(.nearest.as_deref()))]
    NotInstalled {
        /// Which.
        id: PluginId,
        /// The installed one nearest to it, when one is near.
        nearest: Option<String>,
    },
    /// There is one already.
    #[error(
        "plugin `{id}` is installed already, version {version}: `aquatint plugin update` replaces it"
    )]
    Installed {
        /// Which.
        id: PluginId,
        /// Its version.
        version: Version,
    },
    /// Consent to what does not wait for it.
    #[error("plugin `{id}`: no update {digest} waits for consent")]
    NotWaiting {
        /// Which.
        id: PluginId,
        /// What the consent was for.
        digest: Digest,
    },
    /// There is nothing to go back to.
    #[error("plugin `{id}`: no earlier version is known to go back to")]
    NothingEarlier {
        /// Which.
        id: PluginId,
    },
    /// What would run may not.
    #[error("plugin `{id}`: version {version} needs what is not granted: {}", one_line(.needs))]
    NotGranted {
        /// Which.
        id: PluginId,
        /// The version.
        version: Version,
        /// What it needs beyond what is granted.
        needs: Change,
    },
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] DocumentError),
}

fn one_line(change: &Change) -> String {
    let added: Vec<_> = change.added.iter().map(ToString::to_string).collect();
    added.join(", ")
}

#[cfg(test)]
mod tests;
