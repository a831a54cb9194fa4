use std::io;
use std::path::{Path, PathBuf};

use semver::Version;

use super::http::HttpError;
use super::index::IndexError;
use super::oci::OciError;
use super::sign::{InvalidSignature, PublicKey, TrustError};
use crate::digest::Digest;
use crate::document::DocumentError;
use crate::lock::LockError;
use crate::manifest::PluginId;
use crate::permissions::{Permission, PermissionSet};
use crate::prescan::{Disagreement, Refusal};
use crate::section::SectionError;

/// Why plugins cannot be installed or changed. Whatever it is, nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// A file cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// `read`, `write`, …
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is too large.
    #[error("{}: {bytes} bytes, expected at most {most}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its bytes.
        bytes: u64,
        /// How many are allowed.
        most: u64,
    },
    /// A download failed.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A registry failed.
    #[error(transparent)]
    Oci(#[from] OciError),
    /// An index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The bytes are not those that were asked for.
    #[error("{source_name}: has the digest {found}, expected {expected}")]
    Digest {
        /// Where they came from.
        source_name: String,
        /// What came.
        found: Digest,
        /// What was asked for.
        expected: Digest,
    },
    /// It breaks a rule for components.
    #[error("{source_name}: {refusal}")]
    Refused {
        /// Where it came from.
        source_name: String,
        /// Which rule.
        refusal: Refusal,
    },
    /// Its manifest is missing or bad.
    #[error("{source_name}: {error}")]
    Manifest {
        /// Where it came from.
        source_name: String,
        /// What is wrong.
        error: SectionError,
    },
    /// It is not what its manifest says.
    #[error("{source_name}: {error}")]
    Disagrees {
        /// Where it came from.
        source_name: String,
        /// In what.
        error: Disagreement,
    },
    /// It is another plugin, or another version, than was said.
    #[error("{source_name}: holds {found}, expected {expected}")]
    Another {
        /// Where it came from.
        source_name: String,
        /// What it is.
        found: String,
        /// What it was said to be.
        expected: String,
    },
    /// It needs more than the index said.
    #[error("{source_name}: asks for {found}, the index says {said}")]
    MoreThanSaid {
        /// Where it came from.
        source_name: String,
        /// What it needs.
        found: PermissionSet,
        /// What the index says.
        said: PermissionSet,
    },
    /// Its signature is none, or does not fit.
    #[error("{source_name}: {error}")]
    Signature {
        /// Where it came from.
        source_name: String,
        /// What is wrong.
        error: InvalidSignature,
    },
    /// It was signed with another key before, or the index names another.
    #[error(
        "plugin `{id}` is {}, but {who} key {}: accept that with `--accept-key` if you know why",
        signed(.found.as_ref()), .expected.id()
    )]
    Key {
        /// Which plugin.
        id: PluginId,
        /// With which key it is signed, if it is.
        found: Option<PublicKey>,
        /// Who says otherwise, for example `it was signed with`.
        who: &'static str,
        /// The key that was expected.
        expected: PublicKey,
    },
    /// The source has something else than it had, and it is not a newer version.
    #[error(transparent)]
    Moved(Box<Moved>),
    /// A file that is not ours is in the way.
    #[error("{} is there already and was not installed: move it away first", path.display())]
    InTheWay {
        /// The file.
        path: PathBuf,
    },
    /// Bytes that should have been kept are gone or changed.
    #[error(
        "plugin `{id}`: version {version} is not kept any more, or damaged: get it again with `aquatint plugin \
         update {id} --from …`"
    )]
    NotKept {
        /// Which plugin.
        id: PluginId,
        /// Which version.
        version: Version,
    },
    /// A permission that is not asked for.
    #[error("plugin `{id}` does not ask for `{permission}`, it asks for: {asked}")]
    NotAsked {
        /// Which plugin.
        id: PluginId,
        /// What was to be granted.
        permission: Permission,
        /// What it asks for.
        asked: PermissionSet,
    },
    /// The lock says no.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Keys and trust.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A file of ours cannot be read or written.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A tag does not fit the plugin.
    #[error("tag is {tag}, the plugin's version is {version}: expected the same, or `--force`")]
    Tag {
        /// The tag.
        tag: String,
        /// The version.
        version: Version,
    },
    /// The user has had enough.
    #[error("cancelled: nothing was changed")]
    Cancelled,
}

/// A source has something else than it had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "plugin `{id}`: {source_name} has moved: it now holds version {version}, {found}; installed is {installed}, \
     {locked}: {advice}"
)]
pub struct Moved {
    /// Which plugin.
    pub id: PluginId,
    /// Where it came from.
    pub source_name: String,
    /// The version there.
    pub version: Version,
    /// What is there now.
    pub found: Digest,
    /// The version that is installed.
    pub installed: Version,
    /// What is installed.
    pub locked: Digest,
    /// What to do.
    pub advice: &'static str,
}

impl InstallError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }

    /// Whether the user cancelled it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Cancelled => true,
            Self::Http(error)
            | Self::Oci(OciError::Http(error))
            | Self::Index(IndexError::Http(error)) => error.is_cancelled(),
            _ => false,
        }
    }
}

fn signed(key: Option<&PublicKey>) -> String {
    match key {
        Some(key) => format!("signed with key {}", key.id()),
        None => "not signed".to_owned(),
    }
}
