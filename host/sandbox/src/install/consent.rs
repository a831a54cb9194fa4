use super::commit::{Outcome, check_asked, decide, missing};
use super::examine::reasons;
use super::{InstallError, Installer};
use crate::lock::{Entry, LockError, Pin};
use crate::manifest::{Manifest, PluginId};
use crate::permissions::{Change, Kind, Permission, PermissionSet};
use crate::section::read_manifest;

/// What an installed plugin, or an update of it that waits, asks for.
#[derive(Clone, Debug)]
pub struct Asking {
    /// What would run: the update if one waits.
    pub pin: Pin,
    /// Whether it is an update.
    pub update: bool,
    /// What it may do already.
    pub granted: PermissionSet,
    /// What it may not do yet.
    pub change: Change,
    manifest: Option<Manifest>,
}

impl Asking {
    /// What it is not granted yet, with the author's reasons as far as they are known.
    #[must_use]
    pub fn reasons(&self) -> Vec<(Permission, &str)> {
        let known = self
            .manifest
            .as_ref()
            .map(|manifest| reasons(manifest, &self.pin.permissions))
            .unwrap_or_default();
        self.change
            .added
            .iter()
            .map(|permission| {
                let reason = known.iter().find(|(it, _)| it == permission);
                (permission.clone(), reason.map_or("", |(_, reason)| reason))
            })
            .collect()
    }
}

impl Installer {
    /// What a plugin waits for.
    ///
    /// # Errors
    /// It is not installed, or the lock or the grants cannot be read.
    pub fn asking(&self, id: &PluginId) -> Result<Asking, InstallError> {
        let lock = self.folders.lock().read()?;
        let entry = lock.get(id)?;
        let granted = self.folders.grants().read()?.of(id);
        let pin = entry.waiting.as_ref().unwrap_or(&entry.current).clone();
        Ok(Asking {
            update: entry.waiting.is_some(),
            change: Change::between(&granted, &pin.permissions),
            manifest: self.kept_manifest(&pin),
            granted,
            pin,
        })
    }

    /// What a build that is kept says about itself.
    #[must_use]
    pub fn kept_manifest(&self, pin: &Pin) -> Option<Manifest> {
        read_manifest(&self.read_kept(&pin.digest)?).ok()
    }

    /// Lets a plugin do more. `asking` is what the user was asked about: if something else is installed or waits by
    /// now, nothing is granted.
    ///
    /// # Errors
    /// It does not ask for that, or is not what the user was asked about any more.
    pub fn grant(
        &self,
        id: &PluginId,
        asking: &Asking,
        given: &PermissionSet,
    ) -> Result<Outcome, InstallError> {
        check_asked(id, given, &asking.pin.permissions)?;
        let pin = &asking.pin;
        self.change(id, Some(pin.digest), || {
            let before = self.folders.grants().read()?.of(id);
            let granted: PermissionSet = if given.covers_all(&pin.permissions) {
                given.clone()
            } else {
                before.iter().chain(given.iter()).cloned().collect()
            };
            let outcome = self.folders.lock().update(|lock| {
                let Entry {
                    current, waiting, ..
                } = lock.get(id)?;
                let waits = waiting.as_ref().map(|pin| pin.digest) == Some(pin.digest);
                if !waits && current.digest != pin.digest {
                    return Err(LockError::NotWaiting {
                        id: id.clone(),
                        digest: pin.digest,
                    });
                }
                match missing(&granted, &pin.permissions) {
                    Some(change) if waits => Ok(Outcome::UpdateWaits(change)),
                    Some(change) => Ok(Outcome::NeedsConsent(change)),
                    None if waits => lock.consent(id, pin.digest).map(|_| Outcome::Ready),
                    None if before == granted => Ok(Outcome::Unchanged),
                    None => Ok(Outcome::Ready),
                }
            })?;
            if before != granted {
                self.folders
                    .grants()
                    .update(|grants| grants.set(id, granted, Self::now()))?;
            }
            Ok(outcome)
        })
    }

    /// Takes back what a plugin may do, or some kinds of it; gives what it may not do any more, and what it then lacks.
    ///
    /// # Errors
    /// It is neither installed nor granted anything.
    pub fn revoke(
        &self,
        id: &PluginId,
        kinds: &[Kind],
    ) -> Result<(PermissionSet, Option<Change>), InstallError> {
        self.change(id, None, || {
            let lock = self.folders.lock().read()?;
            let before = self.folders.grants().read()?.of(id);
            let needed = match lock.get(id) {
                Ok(entry) => entry.current.permissions.clone(),
                // Rights of what is gone can be taken back too.
                Err(_) if !before.is_empty() => PermissionSet::none(),
                Err(error) => return Err(error.into()),
            };
            let mut left = match kinds {
                [] => PermissionSet::none(),
                _ => before.clone(),
            };
            for kind in kinds {
                left = left.without(*kind);
            }
            let change = self.folders.grants().update(|grants| {
                if left.is_empty() {
                    grants.revoke(id);
                } else {
                    grants.set(id, left.clone(), Self::now());
                }
                decide(grants, id, &needed)
            })?;
            let gone = before
                .iter()
                .filter(|permission| !left.covers(permission))
                .cloned()
                .collect();
            Ok((gone, change))
        })
    }
}
