use std::path::Path;

use super::error::Moved;
use super::fetch::{Fetched, Options, Progress, Staged, signature_beside};
use super::sign::{Signature, Signer};
use super::standing::Standing;
use super::{InstallError, Installer};
use crate::digest::Digest;
use crate::locator::{Locator, Oci};
use crate::lock::{Entry, LockError, Pin};
use crate::manifest::{Manifest, PluginId};
use crate::names::shown;
use crate::permissions::{Permission, PermissionSet};
use crate::prescan::{Scanned, prescan};
use crate::section::read_manifest;

/// A component that may be a plugin, as far as that can be known without running it.
#[derive(Clone, Debug)]
pub struct Examined {
    /// What it says about itself.
    pub manifest: Manifest,
    /// What the binary is.
    pub scanned: Scanned,
    /// What it needs to be granted.
    pub needed: PermissionSet,
    /// What its manifest asks for and its binary cannot use.
    pub unused: Vec<Permission>,
    /// Its digest.
    pub digest: Digest,
    /// Its signature, which fits.
    pub signature: Option<Signature>,
}

impl Examined {
    /// What it needs, with the author's reasons.
    #[must_use]
    pub fn reasons(&self) -> Vec<(Permission, &str)> {
        reasons(&self.manifest, &self.needed)
    }
}

pub(super) fn reasons<'a>(
    manifest: &'a Manifest,
    needed: &PermissionSet,
) -> Vec<(Permission, &'a str)> {
    let mut asked = manifest.permissions.entries();
    asked.retain(|(permission, _)| needed.covers(permission));
    asked
}

/// A plugin that was fetched and checked, and waits for the user to decide. Dropping it leaves nothing.
#[derive(Debug)]
pub struct Proposal {
    /// What it is.
    pub plugin: Examined,
    /// What would be pinned.
    pub pin: Pin,
    /// How it stands to what is installed.
    pub standing: Standing,
    /// Who signed it, compared with before.
    pub signer: Signer,
    pub(super) staged: Staged,
    pub(super) accept_key: bool,
}

impl Proposal {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &PluginId {
        &self.plugin.manifest.id
    }
}

impl Installer {
    /// Fetches and checks a plugin that is to be installed. Nothing that is installed changes.
    ///
    /// # Errors
    /// It does not come, is no plugin, is not signed as it was, or another build of it is installed.
    pub fn prepare(
        &self,
        source: &Locator,
        options: &Options,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Proposal, InstallError> {
        let fetched = self.fetch(source, options, progress)?;
        self.propose(fetched, None, options, |entry, pin, name| {
            if entry.current.digest == pin.digest {
                return Ok(Standing::Same);
            }
            if entry.current.source == pin.source && !matches!(pin.source, Locator::File(_)) {
                let advice = "`aquatint plugin update` compares them and takes what is newer";
                return Err(moved(entry, pin, name, advice));
            }
            Err(InstallError::Lock(LockError::Installed {
                id: entry.id.clone(),
                version: entry.current.version.clone(),
            }))
        })
    }

    /// Looks at a plugin's file without installing it.
    ///
    /// # Errors
    /// It cannot be read, or is no plugin.
    pub fn examine_file(&self, path: &Path) -> Result<Examined, InstallError> {
        let bytes = self.read_file(path)?;
        let name = shown(&path.to_string_lossy());
        self.examine(&bytes, &name, signature_beside(path)?)
    }

    pub(super) fn examine(
        &self,
        bytes: &[u8],
        name: &str,
        signature: Option<Signature>,
    ) -> Result<Examined, InstallError> {
        let source_name = || name.to_owned();
        let digest = Digest::of(bytes);
        let scanned = prescan(bytes, &self.bounds).map_err(|refusal| InstallError::Refused {
            source_name: source_name(),
            refusal,
        })?;
        let manifest = read_manifest(bytes).map_err(|error| InstallError::Manifest {
            source_name: source_name(),
            error,
        })?;
        let both = scanned
            .agree(&manifest)
            .map_err(|error| InstallError::Disagrees {
                source_name: source_name(),
                error,
            })?;
        if let Some(signature) = &signature {
            signature
                .verify(&digest)
                .map_err(|error| InstallError::Signature {
                    source_name: source_name(),
                    error,
                })?;
        }
        Ok(Examined {
            manifest,
            scanned,
            needed: both.needed,
            unused: both.unused,
            digest,
            signature,
        })
    }

    /// Checks what was fetched. `expected` is whose update it should be; `compare` says how it stands to what is
    /// installed.
    pub(super) fn propose(
        &self,
        fetched: Fetched,
        expected: Option<&PluginId>,
        options: &Options,
        compare: impl FnOnce(&Entry, &Pin, &str) -> Result<Standing, InstallError>,
    ) -> Result<Proposal, InstallError> {
        self.check_cancelled()?;
        let Fetched {
            mut staged,
            source,
            name,
            manifest,
            signature,
            said,
        } = fetched;
        let bytes = staged.read()?;
        let plugin = self.examine(&bytes, &name, signature)?;
        drop(bytes);
        let id = plugin.manifest.id.clone();
        let another = |found: String, expected: String| InstallError::Another {
            source_name: name.clone(),
            found,
            expected,
        };
        if let Some(expected) = expected.or(said.id.as_ref())
            && *expected != id
        {
            return Err(another(
                format!("plugin `{id}`"),
                format!("plugin `{expected}`"),
            ));
        }
        let version = plugin.manifest.version.clone();
        if let Some(expected) = said.version
            && expected != version
        {
            return Err(another(
                format!("version {version}"),
                format!("version {expected}"),
            ));
        }
        if let Some(said) = said.permissions
            && !said.covers_all(&plugin.needed)
        {
            return Err(InstallError::MoreThanSaid {
                source_name: name,
                found: plugin.needed,
                said,
            });
        }
        let key = plugin.signature.as_ref().map(|signature| signature.key);
        if let Some(expected) = said.key
            && key != Some(expected)
            && !options.accept_key
        {
            return Err(InstallError::Key {
                id,
                found: key,
                who: "the index says that it is with",
                expected,
            });
        }
        let signer = self.trust().read()?.judge(&id, key);
        check_signer(&id, &signer, options.accept_key)?;
        let pin = Pin {
            version,
            digest: plugin.digest,
            source,
            manifest,
            permissions: plugin.needed.clone(),
            installed_at: Self::now(),
        };
        let lock = self.folders.lock().read()?;
        let standing = match lock.get(&id) {
            Ok(entry) => compare(entry, &pin, &name)?,
            Err(_) => Standing::New,
        };
        Ok(Proposal {
            plugin,
            pin,
            standing,
            signer,
            staged,
            accept_key: options.accept_key,
        })
    }
}

pub(super) fn check_signer(
    id: &PluginId,
    signer: &Signer,
    accept: bool,
) -> Result<(), InstallError> {
    match signer {
        Signer::Changed { from, to } if !accept => Err(InstallError::Key {
            id: id.clone(),
            found: *to,
            who: "it was first signed with",
            expected: *from,
        }),
        _ => Ok(()),
    }
}

pub(super) fn moved(entry: &Entry, pin: &Pin, name: &str, advice: &'static str) -> InstallError {
    InstallError::Moved(Box::new(Moved {
        id: entry.id.clone(),
        source_name: name.to_owned(),
        version: pin.version.clone(),
        found: pin.digest,
        installed: entry.current.version.clone(),
        locked: entry.current.digest,
        advice,
    }))
}

/// Whether a tag is one that should never lead elsewhere: a version, or a digest.
pub(super) fn is_fixed(oci: &Oci) -> bool {
    oci.digest.is_some()
        || oci
            .tag
            .as_deref()
            .is_some_and(|tag| super::oci::tag_version(tag).is_some())
}
