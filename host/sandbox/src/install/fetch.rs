//! From a locator to bytes in a file aside.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use semver::Version;
use tempfile::NamedTempFile;
use ureq::http::HeaderMap;

use super::http::Address;
use super::index::{Index, IndexError, IndexSource, Place};
use super::oci::Client;
use super::sign::{InvalidSignature, PublicKey, Signature};
use super::{InstallError, Installer, held};
use crate::digest::Digest;
use crate::locator::{Locator, Oci};
use crate::manifest::PluginId;
use crate::names::shown;
use crate::permissions::PermissionSet;

/// What the user has decided beforehand.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The index to look ids up in, instead of the one that is set.
    pub index: Option<IndexSource>,
    /// Take a plugin that is signed with another key than before, or not signed any more.
    pub accept_key: bool,
    /// Take other bytes from a source although they are no newer version.
    pub accept_moved: bool,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Another process fetches the same.
    Waiting,
    /// Bytes come.
    Fetching {
        /// From where.
        from: &'a str,
        /// How many have come.
        done: u64,
        /// How many will, if the server says so.
        total: Option<u64>,
    },
}

/// Bytes that have come, and what was said about them on the way.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) staged: Staged,
    /// What to look at again for an update.
    pub(super) source: Locator,
    /// The source for messages.
    pub(super) name: String,
    /// The digest of the registry's manifest.
    pub(super) manifest: Option<Digest>,
    pub(super) signature: Option<Signature>,
    pub(super) said: Said,
}

/// What an index says about a plugin.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) id: Option<PluginId>,
    pub(super) version: Option<Version>,
    pub(super) permissions: Option<PermissionSet>,
    pub(super) key: Option<PublicKey>,
}

/// A component in a file aside, which is gone when this is dropped.
#[derive(Debug)]
pub(super) struct Staged {
    file: NamedTempFile,
    pub(super) digest: Digest,
}

impl Staged {
    /// Its bytes. By the same handle: some systems let no other read what is locked.
    pub(super) fn read(&mut self) -> Result<Vec<u8>, InstallError> {
        let mut bytes = Vec::new();
        let file = self.file.as_file_mut();
        file.rewind()
            .and_then(|()| file.read_to_end(&mut bytes))
            .map_err(InstallError::io("read", self.file.path()))?;
        Ok(bytes)
    }

    /// Moves it to where it is kept.
    pub(super) fn keep(self, path: &Path) -> Result<(), InstallError> {
        let fail = InstallError::io("write", path);
        if let Err(error) = self.file.as_file().sync_all() {
            return Err(fail(error));
        }
        // Unlocked, or some systems would not let others read it.
        let unlocked = self.file.as_file().unlock();
        unlocked
            .and_then(|()| self.file.persist(path).map_err(io::Error::from))
            .map(drop)
            .map_err(fail)
    }
}

type OnProgress<'a> = &'a mut dyn FnMut(Progress<'_>);

impl Installer {
    /// Gets what a locator leads to.
    pub(super) fn fetch(
        &self,
        source: &Locator,
        options: &Options,
        progress: OnProgress<'_>,
    ) -> Result<Fetched, InstallError> {
        let name = source.to_string();
        match source {
            Locator::File(path) => {
                let path = std::path::absolute(path).map_err(InstallError::io("find", path))?;
                self.fetch_file(&path, None)
            }
            Locator::Url { url, digest } => {
                let address = Address::parse(url).map_err(IndexError::from)?;
                let (staged, signature) = self.fetch_url(&address, *digest, progress)?;
                Ok(Fetched {
                    staged,
                    source: source.clone(),
                    name: address.to_string(),
                    manifest: None,
                    signature,
                    said: Said::default(),
                })
            }
            Locator::Oci(oci) => self.fetch_oci(oci, None, progress),
            Locator::Index { id, requirement } => {
                let chosen = self.index(options)?.choose(id, requirement)?;
                let mut fetched = match &chosen.place {
                    Place::Url(address) => {
                        let (staged, signature) =
                            self.fetch_url(address, chosen.digest, progress)?;
                        Fetched {
                            staged,
                            source: source.clone(),
                            name,
                            manifest: None,
                            signature,
                            said: Said::default(),
                        }
                    }
                    Place::Oci(oci) => self.fetch_oci(oci, Some(chosen.digest), progress)?,
                    Place::File(path) => self.fetch_file(path, Some(chosen.digest))?,
                };
                fetched.source = source.clone();
                fetched.said = Said {
                    id: Some(id.clone()),
                    version: Some(chosen.version),
                    permissions: chosen.permissions,
                    key: chosen.key,
                };
                Ok(fetched)
            }
        }
    }

    pub(super) fn index(&self, options: &Options) -> Result<Index, InstallError> {
        let path = self.folders.index_path();
        let source = match &options.index {
            Some(source) => source.clone(),
            None => IndexSource::set(&path)?.ok_or(IndexError::None { path })?,
        };
        Ok(Index::read(&source, &self.http)?)
    }

    fn fetch_file(&self, path: &Path, digest: Option<Digest>) -> Result<Fetched, InstallError> {
        let name = shown(&path.to_string_lossy());
        let bytes = self.read_file(path)?;
        let staged = self.stage(&bytes)?;
        expect_digest(&name, staged.digest, digest)?;
        Ok(Fetched {
            staged,
            source: Locator::File(path.to_owned()),
            signature: signature_beside(path)?,
            name,
            manifest: None,
            said: Said::default(),
        })
    }

    /// A plugin's file, if it is no larger than a plugin may be.
    pub(super) fn read_file(&self, path: &Path) -> Result<Vec<u8>, InstallError> {
        let most = self.bounds.bytes as u64;
        let fail = |source| InstallError::Io {
            doing: "read",
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(fail)?;
        let metadata = file.metadata().map_err(fail)?;
        if metadata.is_dir() {
            return Err(fail(io::Error::other("a folder, expected a .wasm file")));
        }
        let mut bytes = Vec::new();
        // What a file says of its length is not true of every file.
        file.take(most + 1).read_to_end(&mut bytes).map_err(fail)?;
        if bytes.len() as u64 > most {
            return Err(InstallError::TooLarge {
                path: path.to_owned(),
                bytes: metadata.len().max(most + 1),
                most,
            });
        }
        Ok(bytes)
    }

    fn fetch_url(
        &self,
        address: &Address,
        digest: Digest,
        progress: OnProgress<'_>,
    ) -> Result<(Staged, Option<Signature>), InstallError> {
        let _held = self.hold(&digest.to_string(), progress)?;
        let name = address.to_string();
        let staged = match self.kept(digest)? {
            Some(staged) => staged,
            None => {
                let reply = self.http.get(address, &HeaderMap::new())?.success()?;
                let most = self.bounds.bytes as u64;
                let mut file = self.incoming()?;
                let from = name.as_str();
                let found = reply.copy(most, &mut file, &mut |done, total| {
                    progress(Progress::Fetching { from, done, total });
                })?;
                expect_digest(&name, found, Some(digest))?;
                Staged {
                    file,
                    digest: found,
                }
            }
        };
        let signature = self.signature_of(&address.with_suffix(".sig"))?;
        Ok((staged, signature))
    }

    /// The signature at an address. Many servers answer what they do not have with a page, so what does not begin like a
    /// signature is none.
    fn signature_of(&self, address: &Address) -> Result<Option<Signature>, InstallError> {
        let reply = self.http.get(address, &HeaderMap::new())?;
        if matches!(reply.status(), 403 | 404 | 410) {
            return Ok(None);
        }
        let bytes = reply.success()?.beginning(super::sign::LARGEST)?;
        let text = String::from_utf8_lossy(&bytes);
        if !text.starts_with("aquatint-signature-") {
            return Ok(None);
        }
        read_signature(&text, &address.to_string()).map(Some)
    }

    fn fetch_oci(
        &self,
        oci: &Oci,
        digest: Option<Digest>,
        progress: OnProgress<'_>,
    ) -> Result<Fetched, InstallError> {
        let place = format!("{}/{}", oci.registry.authority, oci.repository);
        let _held = self.hold(&place, progress)?;
        let client = Client::new(&self.http, oci);
        let pulled = client.resolve()?;
        let name = pulled.found.to_string();
        expect_digest(&name, pulled.component, digest)?;
        let staged = match self.kept(pulled.component)? {
            Some(staged) => staged,
            None => {
                let most = self.bounds.bytes as u64;
                let mut file = self.incoming()?;
                let from = name.as_str();
                client.component(&pulled, most, &mut file, &mut |done, total| {
                    progress(Progress::Fetching { from, done, total });
                })?;
                Staged {
                    file,
                    digest: pulled.component,
                }
            }
        };
        Ok(Fetched {
            staged,
            source: Locator::Oci(oci.clone()),
            name,
            manifest: Some(pulled.digest),
            signature: pulled.signature,
            said: Said::default(),
        })
    }

    /// Waits until nobody else fetches the same.
    fn hold(&self, name: &str, progress: OnProgress<'_>) -> Result<held::Held, InstallError> {
        let stop = || self.http.is_cancelled();
        held::Held::fetching(&self.folders, name, &stop, &mut || {
            progress(Progress::Waiting);
        })
        .map_err(InstallError::io("lock", &self.folders.locks()))?
        .ok_or(InstallError::Cancelled)
    }

    fn incoming(&self) -> Result<NamedTempFile, InstallError> {
        held::incoming(&self.folders).map_err(InstallError::io("write", &self.folders.cache()))
    }

    pub(super) fn stage(&self, bytes: &[u8]) -> Result<Staged, InstallError> {
        let mut file = self.incoming()?;
        file.write_all(bytes)
            .map_err(InstallError::io("write", file.path()))?;
        Ok(Staged {
            file,
            digest: Digest::of(bytes),
        })
    }

    /// What was kept under this digest, if it still is what it was.
    fn kept(&self, digest: Digest) -> Result<Option<Staged>, InstallError> {
        match self.read_kept(&digest) {
            Some(bytes) => self.stage(&bytes).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn read_kept(&self, digest: &Digest) -> Option<Vec<u8>> {
        let bytes = self.read_file(&self.folders.kept(digest)).ok()?;
        (Digest::of(&bytes) == *digest).then_some(bytes)
    }
}

/// The signature in `NAME.wasm.sig`, if there is one.
pub(super) fn signature_beside(path: &Path) -> Result<Option<Signature>, InstallError> {
    let path = signature_path(path);
    let mut bytes = Vec::new();
    match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        result => result
            .and_then(|file| file.take(super::sign::LARGEST).read_to_end(&mut bytes))
            .map_err(InstallError::io("read", &path))?,
    };
    let name = shown(&path.to_string_lossy());
    read_signature(&String::from_utf8_lossy(&bytes), &name).map(Some)
}

/// `NAME.wasm.sig`.
pub(super) fn signature_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sig");
    PathBuf::from(name)
}

fn read_signature(text: &str, name: &str) -> Result<Signature, InstallError> {
    text.parse()
        .map_err(|error: InvalidSignature| InstallError::Signature {
            source_name: name.to_owned(),
            error,
        })
}

fn expect_digest(name: &str, found: Digest, expected: Option<Digest>) -> Result<(), InstallError> {
    match expected {
        Some(expected) if expected != found => Err(InstallError::Digest {
            source_name: name.to_owned(),
            found,
            expected,
        }),
        _ => Ok(()),
    }
}
