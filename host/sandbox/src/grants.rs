//! What the user has allowed: `grants.toml`, one entry a plugin.
//!
//! A grant is for an id and a set of permissions, not for a version: an update that asks for the same or for less goes
//! through, one that asks for more waits. Fields that this version does not know are kept when the file is written.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::document::DocumentError;
use crate::document::{read, update};
use crate::manifest::PluginId;
use crate::permissions::{Change, PermissionSet};

const HEAD: &str = "# What each plugin may do. `aquatint plugin grant` and `revoke` change it.\n";

/// All grants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Grants {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    grant: Vec<Grant>,
    #[serde(flatten)]
    other: toml::Table,
}

/// What one plugin may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Grant {
    /// Which plugin.
    pub id: PluginId,
    /// What it may do.
    pub permissions: PermissionSet,
    /// Since when.
    pub granted_at: Timestamp,
    #[serde(flatten)]
    other: toml::Table,
}

/// Whether a plugin may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It needs nothing that must be granted.
    NothingNeeded,
    /// All that it needs is granted.
    Granted,
    /// The user must be asked, about this.
    Ask(Change),
}

impl Grants {
    /// What a plugin may do; nothing if it was never granted anything.
    #[must_use]
    pub fn of(&self, id: &PluginId) -> PermissionSet {
        self.grant
            .iter()
            .find(|grant| grant.id == *id)
            .map(|grant| grant.permissions.clone())
            .unwrap_or_default()
    }

    /// All grants, by id.
    #[must_use]
    pub fn entries(&self) -> &[Grant] {
        &self.grant
    }

    /// Whether a plugin that needs these permissions may run.
    #[must_use]
    pub fn decide(&self, id: &PluginId, needed: &PermissionSet) -> Decision {
        if needed.is_empty() {
            return Decision::NothingNeeded;
        }
        let granted = self.of(id);
        if granted.covers_all(needed) {
            return Decision::Granted;
        }
        Decision::Ask(Change::between(&granted, needed))
    }

    /// Lets a plugin do exactly this.
    pub fn set(&mut self, id: &PluginId, permissions: PermissionSet, now: Timestamp) {
        match self.grant.iter_mut().find(|grant| grant.id == *id) {
            Some(grant) => {
                grant.permissions = permissions;
                grant.granted_at = now;
            }
            None => self.grant.push(Grant {
                id: id.clone(),
                permissions,
                granted_at: now,
                other: toml::Table::new(),
            }),
        }
        self.grant.sort_by(|a, b| a.id.cmp(&b.id));
    }

    /// Takes everything back; whether there was anything.
    pub fn revoke(&mut self, id: &PluginId) -> bool {
        let before = self.grant.len();
        self.grant.retain(|grant| grant.id != *id);
        self.grant.len() < before
    }
}

/// The file.
#[derive(Clone, Debug)]
pub struct GrantsFile(PathBuf);

impl GrantsFile {
    /// The file at this path, whether it is there yet or not.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// What is in it.
    ///
    /// # Errors
    /// It cannot be read, or is damaged: nothing is granted then, and nothing overwritten.
    pub fn read(&self) -> Result<Grants, DocumentError> {
        read(&self.0)
    }

    /// Changes it, while no other process does, whole or not at all.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn update<R>(&self, change: impl FnOnce(&mut Grants) -> R) -> Result<R, DocumentError> {
        update(&self.0, HEAD, |grants| Ok(change(grants)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> PluginId {
        text.parse().expect("an id")
    }

    fn set(lines: &[&str]) -> PermissionSet {
        lines
            .iter()
            .map(|line| line.parse().expect("a permission"))
            .collect()
    }

    #[test]
    fn more_than_was_granted_must_be_asked_for() {
        let mut grants = Grants::default();
        let plugin = id("acme.lut");
        assert_eq!(grants.decide(&plugin, &set(&[])), Decision::NothingNeeded);
        let Decision::Ask(change) = grants.decide(&plugin, &set(&["store 1MiB"])) else {
            panic!("nothing was granted")
        };
        assert_eq!(change.added, ["store 1MiB".parse().expect("a permission")]);
        grants.set(
            &plugin,
            set(&["store 1MiB", "clock"]),
            Timestamp::UNIX_EPOCH,
        );
        for covered in [&["store 1MiB"][..], &["store 1kB", "clock"], &["clock"]] {
            assert_eq!(grants.decide(&plugin, &set(covered)), Decision::Granted);
        }
        for more in [&["store 2MiB"][..], &["clock", "random"]] {
            assert!(matches!(
                grants.decide(&plugin, &set(more)),
                Decision::Ask(_)
            ));
        }
        assert!(matches!(
            grants.decide(&id("acme.lut2"), &set(&["clock"])),
            Decision::Ask(_)
        ));
        assert!(grants.revoke(&plugin));
        assert!(!grants.revoke(&plugin));
        assert!(matches!(
            grants.decide(&plugin, &set(&["clock"])),
            Decision::Ask(_)
        ));
    }

    #[test]
    fn what_a_newer_version_wrote_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("grants.toml");
        std::fs::write(
            &path,
            "format = 2\n[[grant]]\nid = 'acme.lut'\npermissions = ['clock', 'teleport']\n\
             granted-at = '2026-01-02T03:04:05Z'\nby = 'ada'\n[signers]\nada = 'key'\n",
        )
        .expect("written");
        let file = GrantsFile::at(&path);
        assert_eq!(
            file.read().expect("read").of(&id("acme.lut")),
            set(&["clock"])
        );
        file.update(|grants| {
            grants.set(&id("acme.other"), set(&["random"]), Timestamp::UNIX_EPOCH)
        })
        .expect("written");
        let text = std::fs::read_to_string(&path).expect("a file");
        for kept in [
            "format = 2",
            "by = \"ada\"",
            "ada = \"key\"",
            "2026-01-02T03:04:05Z",
            "[signers]",
        ] {
            assert!(text.contains(kept), "{kept} in\n{text}");
        }
        assert_eq!(file.read().expect("read").entries().len(), 2);
    }

    #[test]
    fn a_damaged_file_grants_nothing_and_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("grants.toml");
        std::fs::write(&path, "[[grant]]\nid = 'X'\n").expect("written");
        let file = GrantsFile::at(&path);
        assert!(file.read().is_err());
        assert!(file.update(|_| ()).is_err());
        assert_eq!(
            std::fs::read_to_string(&path).expect("a file"),
            "[[grant]]\nid = 'X'\n"
        );
    }
}
