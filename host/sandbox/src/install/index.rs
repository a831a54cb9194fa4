//! An index: a static JSON file, on any web server or on disk, that says which plugins there are.
//!
//! ```json
//! {
//!   "aquatint-index": 1,
//!   "plugins": {
//!     "acme.film-grain": {
//!       "description": "Grain as film has it",
//!       "key": "ed25519:…",
//!       "versions": [
//!         {
//!           "version": "1.2.0",
//!           "url": "film-grain-1.2.0.wasm",
//!           "sha256": "64 hexadecimal digits",
//!           "api": "0.1",
//!           "permissions": ["net api.example.org", "store 1MiB"],
//!           "yanked": false
//!         }
//!       ]
//!     }
//!   }
//! }
//! ```
//!
//! A version is at a `url` (relative to the index, or absolute) or at an `oci` place such as
//! `oci://ghcr.io/acme/film-grain:1.2.0`; `sha256` is the component's either way. `api` is the version of the plugin
//! interface that it was made for. `description`, `key` (which signed it), `permissions` (a summary, for people who
//! browse) and `yanked` (no longer given to new users) may be left out. What an index says is held against what comes:
//! id, version, digest, permissions and key. Fields that this version does not know are passed over.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use semver::{Version, VersionReq};
use serde::Deserialize;

use super::http::{Address, Http, HttpError, InvalidAddress};
use super::sign::PublicKey;
use crate::contract;
use crate::digest::Digest;
use crate::document::DocumentError;
use crate::locator::{Locator, Oci};
use crate::manifest::{ApiVersion, PluginId};
use crate::names::{did_you_mean, nearest, shown};
use crate::permissions::PermissionSet;

/// Some ten thousand plugins with all their versions.
const LARGEST: u64 = 16 << 20;
const FORMAT: u64 = 1;

/// Where an index is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexSource {
    /// On a server.
    Url(Address),
    /// On this machine.
    File(PathBuf),
}

impl IndexSource {
    /// Reads what a user wrote: a URL, or a file.
    ///
    /// # Errors
    /// It is a URL that may not be asked.
    pub fn parse(text: &str) -> Result<Self, IndexError> {
        if text.starts_with("https://") || text.starts_with("http://") {
            return Ok(Self::Url(Address::parse(text)?));
        }
        Ok(Self::File(PathBuf::from(
            text.strip_prefix("file://").unwrap_or(text),
        )))
    }

    /// The one that the user has set in `index.toml`, as `index = "https://…"`.
    pub(super) fn set(path: &Path) -> Result<Option<Self>, IndexError> {
        #[derive(Default, Deserialize)]
        struct Setting {
            index: Option<String>,
        }
        let setting: Setting = crate::document::read(path)?;
        setting.index.as_deref().map(Self::parse).transpose()
    }

    fn shown(&self) -> String {
        match self {
            Self::Url(address) => address.to_string(),
            Self::File(path) => shown(&path.to_string_lossy()),
        }
    }
}

/// An index that was read.
#[derive(Clone, Debug)]
pub struct Index {
    source: IndexSource,
    plugins: BTreeMap<String, Listed>,
}

#[derive(Clone, Debug, Deserialize)]
struct File {
    #[serde(rename = "aquatint-index")]
    format: u64,
    plugins: BTreeMap<String, Listed>,
}

#[derive(Clone, Debug, Deserialize)]
struct Listed {
    key: Option<PublicKey>,
    versions: Vec<serde_json::Value>,
}

#[derive(Clone, Debug, Deserialize)]
struct Release {
    version: Version,
    url: Option<String>,
    oci: Option<String>,
    sha256: String,
    permissions: Option<PermissionSet>,
}

/// A version that was chosen from an index.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Its version.
    pub version: Version,
    /// Where it is.
    pub place: Place,
    /// Its digest.
    pub digest: Digest,
    /// What the index says that it asks for.
    pub permissions: Option<PermissionSet>,
    /// The key that the index says that it is signed with.
    pub key: Option<PublicKey>,
}

/// Where a version is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// On a server.
    Url(Address),
    /// In a registry.
    Oci(Oci),
    /// Beside an index on this machine.
    File(PathBuf),
}

impl Index {
    /// Reads an index.
    ///
    /// # Errors
    /// It does not come, or is none.
    pub fn read(source: &IndexSource, http: &Http) -> Result<Self, IndexError> {
        let fail = |reason: String| IndexError::Damaged {
            index: source.shown(),
            reason,
        };
        let bytes = match source {
            IndexSource::Url(address) => http
                .get(address, &ureq::http::HeaderMap::new())?
                .success()?
                .read(LARGEST)?,
            IndexSource::File(path) => {
                let size = std::fs::metadata(path).map(|metadata| metadata.len());
                if size.as_ref().is_ok_and(|size| *size > LARGEST) {
                    return Err(fail(format!("expected at most {LARGEST} bytes")));
                }
                std::fs::read(path).map_err(|error| fail(error.to_string()))?
            }
        };
        let file: File =
            serde_json::from_slice(&bytes).map_err(|error| fail(format!("no index: {error}")))?;
        if file.format != FORMAT {
            return Err(fail(format!(
                "an index of format {}, expected {FORMAT}",
                file.format
            )));
        }
        Ok(Self {
            source: source.clone(),
            plugins: file.plugins,
        })
    }

    /// The newest version that fits and that this host serves; a pre-release only if the requirement names one.
    ///
    /// # Errors
    /// There is no such plugin, no version that fits, or none for this host.
    pub fn choose(&self, id: &PluginId, requirement: &VersionReq) -> Result<Chosen, IndexError> {
        let index = || self.source.shown();
        let listed = self
            .plugins
            .get(id.as_str())
            .ok_or_else(|| IndexError::Unknown {
                index: index(),
                id: id.clone(),
                nearest: nearest(id.as_str(), self.plugins.keys().map(String::as_str)),
            })?;
        let mut others = Vec::new();
        let mut made_for = Vec::new();
        let mut best: Option<&serde_json::Value> = None;
        let mut best_version: Option<Version> = None;
        for release in &listed.versions {
            let Some(version) = release["version"].as_str().and_then(|it| it.parse().ok()) else {
                continue;
            };
            if release["yanked"].as_bool().unwrap_or(false) {
                continue;
            }
            if !requirement.matches(&version) {
                others.push(version);
                continue;
            }
            let api = release["api"].as_str().unwrap_or_default().to_owned();
            let serves =
                ApiVersion::try_from(api.clone()).is_ok_and(|api| contract::serves(&api.0));
            if !serves {
                made_for.push((version, shown(&api)));
                continue;
            }
            if best_version.as_ref().is_none_or(|best| *best < version) {
                (best, best_version) = (Some(release), Some(version));
            }
        }
        let Some(release) = best else {
            if let Some((version, api)) = made_for.into_iter().max() {
                return Err(IndexError::Api {
                    index: index(),
                    id: id.clone(),
                    version,
                    api,
                });
            }
            others.sort();
            let newest: Vec<_> = others
                .iter()
                .rev()
                .take(5)
                .map(Version::to_string)
                .collect();
            return Err(IndexError::NoVersion {
                index: index(),
                id: id.clone(),
                requirement: requirement.clone(),
                there: if newest.is_empty() {
                    "none".to_owned()
                } else {
                    newest.join(", ")
                },
            });
        };
        self.chosen(id, listed, release)
    }

    fn chosen(
        &self,
        id: &PluginId,
        listed: &Listed,
        release: &serde_json::Value,
    ) -> Result<Chosen, IndexError> {
        let fail = |reason: String| IndexError::Damaged {
            index: self.source.shown(),
            reason: format!("`{id}`: {reason}"),
        };
        let release: Release = serde_json::from_value(release.clone())
            .map_err(|error| fail(format!("version: {error}")))?;
        let version = release.version;
        let digest = Digest::from_hex(&release.sha256)
            .map_err(|_| fail(format!("{version}: sha256 is not 64 hexadecimal digits")))?;
        let place = match (release.url, release.oci) {
            (Some(url), None) => match &self.source {
                IndexSource::Url(address) => Place::Url(address.join(&url)?),
                IndexSource::File(_) if url.contains("://") => Place::Url(Address::parse(&url)?),
                IndexSource::File(path) => Place::File(path.with_file_name("").join(url)),
            },
            (None, Some(oci)) => match oci.parse() {
                Ok(Locator::Oci(oci)) => Place::Oci(oci),
                Ok(_) => return Err(fail(format!("{version}: oci is no oci:// place"))),
                Err(error) => return Err(fail(format!("{version}: {error}"))),
            },
            _ => return Err(fail(format!("{version}: expected either `url` or `oci`"))),
        };
        Ok(Chosen {
            version,
            place,
            digest,
            permissions: release.permissions,
            key: listed.key,
        })
    }
}

/// Why an index leads to no plugin.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// None is set.
    #[error(
        "no index is set: name one with `--index URL`, or write `index = \"https://…\"` into {}",
        path.display()
    )]
    None {
        /// The file of the setting.
        path: PathBuf,
    },
    /// It does not come.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A URL in it, or its own, may not be asked.
    #[error("index: {0}")]
    Address(#[from] InvalidAddress),
    /// The setting cannot be read.
    #[error(transparent)]
    Setting(#[from] DocumentError),
    /// It is no index.
    #[error("{index}: {reason}")]
    Damaged {
        /// Which.
        index: String,
        /// What is wrong.
        reason: String,
    },
    /// No such plugin.
    #[error("{index}: no plugin `{id}`{}", did_you_mean(.nearest.as_deref()))]
    Unknown {
        /// Which index.
        index: String,
        /// Which plugin.
        id: PluginId,
        /// The id nearest to it, when one is near.
        nearest: Option<String>,
    },
    /// No version that fits.
    #[error("{index}: no version of `{id}` fits {requirement}, there are: {there}")]
    NoVersion {
        /// Which index.
        index: String,
        /// Which plugin.
        id: PluginId,
        /// What was asked for.
        requirement: VersionReq,
        /// The newest versions.
        there: String,
    },
    /// No version for this host.
    #[error(
        "{index}: `{id}` {version} was made for version {api} of the plugin interface, this Aquatint has {}",
        contract::VERSION
    )]
    Api {
        /// Which index.
        index: String,
        /// Which plugin.
        id: PluginId,
        /// The newest version that fits.
        version: Version,
        /// The interface that it was made for.
        api: String,
    },
}

#[cfg(test)]
mod tests;
