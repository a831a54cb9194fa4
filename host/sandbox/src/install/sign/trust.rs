use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::key::PublicKey;
use super::ring::check_name;
use crate::document::{DocumentError, read, update};
use crate::manifest::PluginId;
use crate::names::shown;

const HEAD: &str = "# Keys that plugins were signed with. `aquatint plugin keys` changes it.\n";

/// The keys that were seen, and which plugin was first signed with which.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trust {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    key: Vec<KnownKey>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    plugin: Vec<Pinned>,
    #[serde(flatten)]
    other: toml::Table,
}

/// A key that was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct KnownKey {
    /// The key.
    pub key: PublicKey,
    /// What the user calls its owner, once the user has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was first seen.
    pub first_seen: Timestamp,
    #[serde(flatten)]
    other: toml::Table,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Pinned {
    id: PluginId,
    key: PublicKey,
    since: Timestamp,
    #[serde(flatten)]
    other: toml::Table,
}

/// How a plugin's signature stands to what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signer {
    /// It is not signed, and never was.
    Unsigned,
    /// It is signed with the key that it was always signed with.
    Same(PublicKey),
    /// It is signed for the first time. The key becomes the plugin's.
    First {
        /// With this.
        key: PublicKey,
        /// Whether other plugins are signed with it, or the user has named it.
        known: bool,
    },
    /// It was signed with one key, and now with another, or not any more. The user must accept that.
    Changed {
        /// The key that it was signed with.
        from: PublicKey,
        /// The one now.
        to: Option<PublicKey>,
    },
}

impl Trust {
    /// The key that a plugin is bound to.
    #[must_use]
    pub fn of(&self, id: &PluginId) -> Option<PublicKey> {
        let pinned = self.plugin.iter().find(|pinned| pinned.id == *id)?;
        Some(pinned.key)
    }

    /// The keys that were seen, the longest known first.
    #[must_use]
    pub fn keys(&self) -> &[KnownKey] {
        &self.key
    }

    /// The plugins that are bound to a key.
    pub fn plugins_of(&self, key: &PublicKey) -> impl Iterator<Item = &PluginId> {
        self.plugin
            .iter()
            .filter(move |pinned| pinned.key == *key)
            .map(|pinned| &pinned.id)
    }

    /// What the user calls a key.
    #[must_use]
    pub fn name(&self, key: &PublicKey) -> Option<&str> {
        let known = self.key.iter().find(|known| known.key == *key)?;
        known.name.as_deref()
    }

    /// How a signature that was verified, or none, stands to what is known.
    #[must_use]
    pub fn judge(&self, id: &PluginId, key: Option<PublicKey>) -> Signer {
        match (self.of(id), key) {
            (None, None) => Signer::Unsigned,
            (None, Some(key)) => Signer::First {
                key,
                known: self.key.iter().any(|known| known.key == key),
            },
            (Some(pinned), Some(key)) if pinned == key => Signer::Same(key),
            (Some(from), to) => Signer::Changed { from, to },
        }
    }

    /// Binds a plugin to a key, or to none any more.
    pub fn bind(&mut self, id: &PluginId, key: Option<PublicKey>, now: Timestamp) {
        self.plugin.retain(|pinned| pinned.id != *id);
        if let Some(key) = key {
            self.see(key, now);
            self.plugin.push(Pinned {
                id: id.clone(),
                key,
                since: now,
                other: toml::Table::new(),
            });
            self.plugin.sort_by(|a, b| a.id.cmp(&b.id));
        }
    }

    /// Gives a key a name.
    ///
    /// # Errors
    /// The name is bad, or another key has it.
    pub fn name_key(
        &mut self,
        key: PublicKey,
        name: &str,
        now: Timestamp,
    ) -> Result<(), TrustError> {
        check_name(name)?;
        let taken = |known: &&KnownKey| known.name.as_deref() == Some(name) && known.key != key;
        if self.key.iter().find(taken).is_some() {
            return Err(TrustError::NameTaken {
                name: name.to_owned(),
            });
        }
        self.see(key, now).name = Some(name.to_owned());
        Ok(())
    }

    /// Forgets a key, by its name, its id or itself, and what was bound to it; gives those plugins.
    ///
    /// # Errors
    /// No such key is known, or several have such an id.
    pub fn forget(&mut self, which: &str) -> Result<(KnownKey, Vec<PluginId>), TrustError> {
        let found: Vec<PublicKey> = self
            .key
            .iter()
            .filter(|known| {
                known.name.as_deref() == Some(which)
                    || known.key.id().as_str() == which
                    || known.key.to_string() == which
            })
            .map(|known| known.key)
            .collect();
        let [key] = found[..] else {
            return Err(TrustError::NotKnown {
                given: shown(which),
            });
        };
        let index = self.key.iter().position(|known| known.key == key);
        let known = self.key.remove(index.unwrap_or_default());
        let bound = self.plugins_of(&key).cloned().collect();
        self.plugin.retain(|pinned| pinned.key != key);
        Ok((known, bound))
    }

    fn see(&mut self, key: PublicKey, now: Timestamp) -> &mut KnownKey {
        let index = self.key.iter().position(|known| known.key == key);
        let index = index.unwrap_or_else(|| {
            self.key.push(KnownKey {
                key,
                name: None,
                first_seen: now,
                other: toml::Table::new(),
            });
            self.key.len() - 1
        });
        &mut self.key[index]
    }
}

/// `trust.toml`.
#[derive(Clone, Debug)]
pub struct TrustFile(PathBuf);

impl TrustFile {
    /// The file at this path, whether it is there yet or not.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// What is in it.
    ///
    /// # Errors
    /// It cannot be read, or is damaged: then no signature can be judged.
    pub fn read(&self) -> Result<Trust, DocumentError> {
        read(&self.0)
    }

    /// Changes it, while no other process does, whole or not at all.
    ///
    /// # Errors
    /// It cannot be read or written, or `change` fails: nothing is written then.
    pub fn update<R>(
        &self,
        change: impl FnOnce(&mut Trust) -> Result<R, TrustError>,
    ) -> Result<R, TrustError> {
        update(&self.0, HEAD, change)
    }
}

/// What is wrong with keys.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A name that cannot be a key's.
    #[error("key name is `{name}`, expected 1 to 64 letters, digits, `-` and `_`")]
    KeyName {
        /// The name.
        name: String,
    },
    /// There is a key of that name.
    #[error("key `{name}` exists already: {}", path.display())]
    KeyExists {
        /// The name.
        name: String,
        /// Its file.
        path: PathBuf,
    },
    /// There is no key of that name.
    #[error("no key `{name}`{nearest}: `aquatint plugin keys new` makes one")]
    NoKey {
        /// The name.
        name: String,
        /// A hint at one that there is.
        nearest: String,
    },
    /// A secret key's file is not as it was written.
    #[error("{}: not a secret key, expected one line that begins with aquatint-secret-key-1", path.display())]
    DamagedKey {
        /// The file.
        path: PathBuf,
    },
    /// Others can read a secret key.
    #[error("{}: others can read this secret key, expected mode 600 (`chmod 600`)", path.display())]
    SharedKey {
        /// The file.
        path: PathBuf,
    },
    /// Another key has that name.
    #[error("another key is called `{name}` already")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A key that is not known.
    #[error(
        "no key `{given}` is known, expected a name, an id or a key of `aquatint plugin keys list`"
    )]
    NotKnown {
        /// What was given.
        given: String,
    },
    /// The system said no.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] DocumentError),
}

#[cfg(test)]
mod tests {
    use super::super::SecretKey;
    use super::*;

    fn key() -> PublicKey {
        SecretKey::generate().expect("randomness").public()
    }

    fn id(text: &str) -> PluginId {
        text.parse().expect("an id")
    }

    #[test]
    fn the_first_key_stays() {
        let (mut trust, first, other) = (Trust::default(), key(), key());
        let (plugin, now) = (id("acme.lut"), Timestamp::UNIX_EPOCH);
        assert_eq!(trust.judge(&plugin, None), Signer::Unsigned);
        let known = false;
        assert_eq!(
            trust.judge(&plugin, Some(first)),
            Signer::First { key: first, known }
        );
        trust.bind(&plugin, Some(first), now);
        assert_eq!(trust.judge(&plugin, Some(first)), Signer::Same(first));
        for to in [Some(other), None] {
            let from = first;
            assert_eq!(trust.judge(&plugin, to), Signer::Changed { from, to });
        }
        let known = true;
        assert_eq!(
            trust.judge(&id("acme.other"), Some(first)),
            Signer::First { key: first, known }
        );
        trust.bind(&plugin, Some(other), now);
        assert_eq!(trust.judge(&plugin, Some(other)), Signer::Same(other));
        assert_eq!(trust.keys().len(), 2);
    }

    #[test]
    fn keys_are_named_and_forgotten() {
        let (mut trust, one, two) = (Trust::default(), key(), key());
        let now = Timestamp::UNIX_EPOCH;
        trust.name_key(one, "acme", now).expect("named");
        assert!(matches!(
            trust.name_key(two, "acme", now),
            Err(TrustError::NameTaken { .. })
        ));
        trust.name_key(one, "acme", now).expect("the same again");
        trust.bind(&id("acme.lut"), Some(one), now);
        trust.bind(&id("acme.lut2"), Some(two), now);
        let (known, plugins) = trust.forget("acme").expect("known");
        assert_eq!((known.key, plugins), (one, vec![id("acme.lut")]));
        assert!(trust.forget("acme").is_err());
        let (known, _) = trust.forget(two.id().as_str()).expect("by its id");
        assert_eq!(known.key, two);
        assert_eq!(trust, Trust::default());
    }

    #[test]
    fn the_file_reads_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = TrustFile::at(&folder.path().join("trust.toml"));
        let key = key();
        file.update(|trust| {
            trust.bind(&id("acme.lut"), Some(key), Timestamp::UNIX_EPOCH);
            trust.name_key(key, "acme", Timestamp::UNIX_EPOCH)
        })
        .expect("written");
        let trust = file.read().expect("read");
        assert_eq!(trust.of(&id("acme.lut")), Some(key));
        assert_eq!(trust.name(&key), Some("acme"));
    }
}
