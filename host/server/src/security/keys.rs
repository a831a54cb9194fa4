//! API keys: `keys.toml` in the data folder, one entry a key. Only a hash of each is kept.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aquatint_sandbox::document::{self, DocumentError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::Scope;

const FILE: &str = "keys.toml";
const HEAD: &str =
    "# API keys of the server. Written by `aquatint key`; the keys themselves are not in here.\n";
const PREFIX: &str = "aq_";
/// How often the file is looked at while requests come.
const LOOK: Duration = Duration::from_millis(500);
/// Longest name, in letters.
const NAME: usize = 64;

/// A key, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Key {
    /// What it begins with: by this it is found.
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// SHA-256 of the secret, in hexadecimal. Secrets are 256 random bits, so that nothing slower is needed.
    pub hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is worth nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl Key {
    /// Whether its time is over.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

/// A key as its owner has it. Shown once, when it is made.
pub struct Secret(String);

impl Secret {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// What a new key is to be.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What it is called, 1 to 64 letters, no colon: clients give it as the name of Basic authentication.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// From when on it is worth nothing.
    pub expires_at: Option<Timestamp>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Document {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    key: Vec<Key>,
    #[serde(flatten)]
    other: toml::Table,
}

/// Why keys cannot be used or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A name that cannot be one.
    #[error("the key's name is \"{0}\", expected 1 to 64 letters without a colon")]
    Name(String),
    /// The name is taken.
    #[error("there is a key called \"{0}\" already")]
    Taken(String),
    /// There is none.
    #[error("there is no key \"{0}\"")]
    NotFound(String),
    /// The system gives no random numbers.
    #[error("no random numbers are to be had: {0}")]
    Random(String),
}

/// The file.
#[derive(Clone, Debug)]
pub struct KeyFile(PathBuf);

impl KeyFile {
    /// That of a data folder.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self(data.join(FILE))
    }

    /// All keys.
    ///
    /// # Errors
    /// It cannot be read, or is damaged.
    pub fn list(&self) -> Result<Vec<Key>, KeyError> {
        Ok(document::read::<Document>(&self.0)?.key)
    }

    /// Makes a key.
    ///
    /// # Errors
    /// The name is none or is taken, or the file cannot be written.
    pub fn add(&self, new: NewKey) -> Result<(Key, Secret), KeyError> {
        let name = new.name.trim().to_owned();
        let is_name = (1..=NAME).contains(&name.chars().count())
            && !name.contains(':')
            && !name.chars().any(char::is_control);
        if !is_name {
            return Err(KeyError::Name(aquatint_studio::harmless(&name)));
        }
        let mut random = [0_u8; 38];
        getrandom::fill(&mut random).map_err(|error| KeyError::Random(error.to_string()))?;
        let id = hex(&random[..6]);
        let secret = format!("{PREFIX}{id}_{}", URL_SAFE_NO_PAD.encode(&random[6..]));
        let key = Key {
            id,
            name,
            scope: new.scope,
            hash: hash(&secret),
            created_at: now(),
            expires_at: new.expires_at,
        };
        document::update(&self.0, HEAD, |document: &mut Document| {
            if document.key.iter().any(|other| other.name == key.name) {
                return Err(KeyError::Taken(key.name.clone()));
            }
            document.key.push(key.clone());
            Ok(())
        })?;
        Ok((key, Secret(secret)))
    }

    /// Takes a key back, by its id or its name.
    ///
    /// # Errors
    /// There is none, or the file cannot be written.
    pub fn revoke(&self, which: &str) -> Result<Key, KeyError> {
        document::update(&self.0, HEAD, |document: &mut Document| {
            let found = document
                .key
                .iter()
                .position(|key| key.id == which || key.name == which);
            match found {
                Some(at) => Ok(document.key.remove(at)),
                None => Err(KeyError::NotFound(aquatint_studio::harmless(which))),
            }
        })
    }
}

/// The keys as a server knows them: the file is looked at again while requests come, so that a revoked key is worth
/// nothing within half a second.
#[derive(Debug)]
pub(crate) struct Keys {
    file: KeyFile,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    keys: Arc<Vec<Key>>,
    stamp: Option<(SystemTime, u64)>,
    looked: Instant,
}

impl Keys {
    pub(crate) fn open(data: &Path) -> Result<Self, KeyError> {
        let file = KeyFile::of(data);
        let stamp = stamp(&file.0);
        let keys = Arc::new(file.list()?);
        Ok(Self {
            file,
            known: Mutex::new(Known {
                keys,
                stamp,
                looked: Instant::now(),
            }),
        })
    }

    pub(crate) fn current(&self) -> Arc<Vec<Key>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.looked.elapsed() >= LOOK {
            known.looked = Instant::now();
            let stamp = stamp(&self.file.0);
            if stamp != known.stamp {
                match self.file.list() {
                    Ok(keys) => {
                        known.keys = Arc::new(keys);
                        known.stamp = stamp;
                    }
                    // Those that were known stay: a file that is being mended must not open the server.
                    Err(error) => tracing::warn!(%error, "API keys"),
                }
            }
        }
        known.keys.clone()
    }

    /// The key that a secret is, whether expired or not. How long this takes does not tell how much of a secret is
    /// right.
    pub(crate) fn find(&self, secret: &str) -> Option<Key> {
        let keys = self.current();
        let id = secret
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once('_'))
            .map(|(id, _)| id);
        let found = keys.iter().find(|key| Some(key.id.as_str()) == id);
        let given = hash(secret);
        // Hashed and compared in any case.
        let nothing = "0".repeat(64);
        let expected = found.map_or(nothing.as_str(), |key| key.hash.as_str());
        let same: bool = given.as_bytes().ct_eq(expected.as_bytes()).into();
        found.filter(|_| same).cloned()
    }
}

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
