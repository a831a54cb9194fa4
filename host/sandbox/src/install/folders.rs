use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::grants::GrantsFile;
use crate::lock::LockFile;
use crate::manifest::PluginId;

/// Where everything about plugins is, in the data folder of a user.
///
/// ```text
/// plugins/ID.wasm                  what may be loaded; a disabled plugin is not in here
/// plugins.lock  grants.toml        which plugins are installed, and what they may do
/// trust.toml                       the keys that plugins were signed with
/// index.toml                       where plugins are looked up by id
/// keys/NAME.key  keys/NAME.pub     keys to sign with
/// cache/plugins/sha256-HEX.wasm    each build that the lock names, to go back to; beside it HEX.sig if it is signed
/// cache/plugins/.incoming-…        downloads under way
/// cache/plugins/locks/…            held while something is downloaded or changed
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    data: PathBuf,
}

impl Folders {
    /// In this data folder.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
        }
    }

    /// The folder that the loader watches.
    #[must_use]
    pub fn plugins(&self) -> PathBuf {
        self.data.join("plugins")
    }

    /// The file of a plugin there.
    #[must_use]
    pub fn plugin(&self, id: &PluginId) -> PathBuf {
        self.plugins().join(format!("{id}.wasm"))
    }

    /// `plugins.lock`.
    #[must_use]
    pub fn lock(&self) -> LockFile {
        LockFile::at(&self.lock_path())
    }

    /// `grants.toml`.
    #[must_use]
    pub fn grants(&self) -> GrantsFile {
        GrantsFile::at(&self.grants_path())
    }

    pub(super) fn lock_path(&self) -> PathBuf {
        self.data.join("plugins.lock")
    }

    pub(super) fn grants_path(&self) -> PathBuf {
        self.data.join("grants.toml")
    }

    pub(super) fn trust_path(&self) -> PathBuf {
        self.data.join("trust.toml")
    }

    pub(super) fn index_path(&self) -> PathBuf {
        self.data.join("index.toml")
    }

    pub(super) fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }

    pub(super) fn cache(&self) -> PathBuf {
        self.data.join("cache").join("plugins")
    }

    pub(super) fn locks(&self) -> PathBuf {
        self.cache().join("locks")
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.cache().join("journal.toml")
    }

    pub(super) fn kept(&self, digest: &Digest) -> PathBuf {
        self.cache().join(format!("sha256-{}.wasm", digest.hex()))
    }

    pub(super) fn kept_signature(&self, digest: &Digest) -> PathBuf {
        self.cache().join(format!("sha256-{}.sig", digest.hex()))
    }
}
