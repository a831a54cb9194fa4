use semver::Version;

use super::change::{digest_of, write_whole};
use super::examine::check_signer;
use super::sign::{PublicKey, Signature, Signer, TrustError};
use super::{InstallError, Installer, Proposal};
use crate::digest::Digest;
use crate::grants::{Decision, Grants};
use crate::lock::{Entry, Offered, Pin};
use crate::manifest::PluginId;
use crate::permissions::{Change, PermissionSet};

/// What the user says to what a plugin asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// It may do this, on top of what it may do already.
    Given(PermissionSet),
    /// That is decided later, with `grant`.
    Later,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It may be used.
    Ready,
    /// It is installed and needs consent to this before it may be used.
    NeedsConsent(Change),
    /// An update is here and waits for consent to this; what was installed runs on.
    UpdateWaits(Change),
    /// It was so already.
    Unchanged,
}

impl Installer {
    /// Installs what was proposed, or updates to it.
    ///
    /// # Errors
    /// It cannot be written, a file is in the way, or what is installed or trusted has changed since it was proposed.
    /// Nothing has changed then.
    pub fn commit(&self, proposal: Proposal, consent: Consent) -> Result<Outcome, InstallError> {
        self.check_cancelled()?;
        let id = proposal.id().clone();
        let Proposal {
            plugin,
            pin,
            staged,
            accept_key,
            ..
        } = proposal;
        if let Consent::Given(given) = &consent {
            check_asked(&id, given, &pin.permissions)?;
        }
        let digest = pin.digest;
        self.change(&id, Some(digest), || {
            let folders = &self.folders;
            let lock = folders.lock().read()?;
            let installed = lock.get(&id).ok();
            if installed.is_none() {
                let path = folders.plugin(&id);
                let there = digest_of(&path).map_err(InstallError::io("read", &path))?;
                if there.is_some_and(|there| there != digest) {
                    return Err(InstallError::InTheWay { path });
                }
            }
            staged.keep(&folders.kept(&digest))?;
            let path = folders.kept_signature(&digest);
            if let Some(signature) = &plugin.signature {
                write_whole(&path, format!("{signature}\n").as_bytes())?;
            }
            // From what fails safe to what lets it run: a process that is killed on the way must not leave rights behind.
            let key = plugin.signature.as_ref().map(|signature| signature.key);
            let signer = self.trust().read()?.judge(&id, key);
            check_signer(&id, &signer, accept_key)?;
            if matches!(signer, Signer::First { .. } | Signer::Changed { .. }) {
                self.trust().update(|trust| {
                    trust.bind(&id, key, Self::now());
                    Ok::<_, TrustError>(())
                })?;
            }
            let grants = folders.grants().read()?;
            let granted = granted(&grants, &id, &pin, &consent);
            let outcome = folders.lock().update(|lock| match lock.get(&id) {
                Err(_) => {
                    lock.install(&id, pin.clone())?;
                    Ok(match missing(&granted, &pin.permissions) {
                        None => Outcome::Ready,
                        Some(change) => Outcome::NeedsConsent(change),
                    })
                }
                Ok(_) => Ok(match lock.offer(&id, pin.clone(), &granted)? {
                    Offered::Pinned(_) => Outcome::Ready,
                    Offered::Waits(change) => Outcome::UpdateWaits(change),
                    Offered::Unchanged => match missing(&granted, &pin.permissions) {
                        None => Outcome::Unchanged,
                        Some(change) => Outcome::NeedsConsent(change),
                    },
                }),
            })?;
            if matches!(consent, Consent::Given(_)) && granted != grants.of(&id) {
                folders
                    .grants()
                    .update(|grants| grants.set(&id, granted, Self::now()))?;
            }
            Ok(outcome)
        })
    }

    /// Lets the loader see a plugin, or not.
    ///
    /// # Errors
    /// It is not installed, or its file cannot be written.
    pub fn enable(&self, id: &PluginId, enabled: bool) -> Result<(), InstallError> {
        self.change(id, None, || {
            self.folders.lock().update(|lock| {
                lock.enable(id, enabled)?;
                Ok(())
            })?;
            Ok(())
        })
    }

    /// Goes back to the version before; gives what it went from and to.
    ///
    /// # Errors
    /// It is not installed, nothing ran before, that needs what is not granted, or its bytes are not kept any more.
    pub fn rollback(&self, id: &PluginId) -> Result<(Version, Version), InstallError> {
        self.change(id, None, || {
            let granted = self.folders.grants().read()?.of(id);
            let (from, pin) = self.folders.lock().update(|lock| {
                let from = lock.get(id)?.current.version.clone();
                Ok((from, lock.rollback(id, &granted)?.clone()))
            })?;
            if self.read_kept(&pin.digest).is_none() {
                return Err(InstallError::NotKept {
                    id: id.clone(),
                    version: pin.version,
                });
            }
            // A user who goes back before a change of keys that was accepted goes back to the key of then.
            let key = self.kept_key(&pin.digest);
            if let Signer::Changed { to: Some(_), .. } = self.trust().read()?.judge(id, key) {
                self.trust().update(|trust| {
                    trust.bind(id, key, Self::now());
                    Ok::<_, TrustError>(())
                })?;
            }
            Ok((from, pin.version))
        })
    }

    /// The key that kept bytes are signed with, if they are.
    fn kept_key(&self, digest: &Digest) -> Option<PublicKey> {
        let text = std::fs::read_to_string(self.folders.kept_signature(digest)).ok()?;
        let signature: Signature = text.parse().ok()?;
        signature.verify(digest).ok()?;
        Some(signature.key)
    }

    /// Removes a plugin and what it may do. The key that it was signed with stays known: whoever installs it again
    /// would not want another's.
    ///
    /// # Errors
    /// It is not installed, or its file cannot be removed.
    pub fn remove(&self, id: &PluginId) -> Result<Entry, InstallError> {
        self.change(id, None, || {
            self.folders.grants().update(|grants| grants.revoke(id))?;
            let entry = self.folders.lock().update(|lock| {
                // Switched off first, so that its file goes even if someone has changed it.
                lock.enable(id, false)?;
                Ok(lock.get(id)?.clone())
            })?;
            super::change::settle(&self.folders, id, &[])?;
            self.folders.lock().update(|lock| lock.remove(id))?;
            Ok(entry)
        })
    }
}

/// What a plugin may do after a decision: what it could and what was said, as far as it asks for it.
fn granted(grants: &Grants, id: &PluginId, pin: &Pin, consent: &Consent) -> PermissionSet {
    let before = grants.of(id);
    match consent {
        Consent::Later => before,
        Consent::Given(_) if before.covers_all(&pin.permissions) => before,
        Consent::Given(given) if given.covers_all(&pin.permissions) => given.clone(),
        Consent::Given(given) => before.iter().chain(given.iter()).cloned().collect(),
    }
}

/// Nothing is granted that nobody asked for: it would come as a surprise later.
pub(super) fn check_asked(
    id: &PluginId,
    given: &PermissionSet,
    asked: &PermissionSet,
) -> Result<(), InstallError> {
    match given.iter().find(|permission| !asked.covers(permission)) {
        None => Ok(()),
        Some(permission) => Err(InstallError::NotAsked {
            id: id.clone(),
            permission: permission.clone(),
            asked: asked.clone(),
        }),
    }
}

pub(super) fn missing(granted: &PermissionSet, needed: &PermissionSet) -> Option<Change> {
    (!granted.covers_all(needed)).then(|| Change::between(granted, needed))
}

pub(super) fn decide(grants: &Grants, id: &PluginId, needed: &PermissionSet) -> Option<Change> {
    match grants.decide(id, needed) {
        Decision::Ask(change) => Some(change),
        _ => None,
    }
}
