use super::examine::{is_fixed, moved};
use super::fetch::{Options, Progress};
use super::standing::Standing;
use super::{InstallError, Installer, Proposal};
use crate::locator::Locator;
use crate::lock::{Entry, Pin};
use crate::manifest::PluginId;
use crate::permissions::Change;

/// What looking for an update found.
#[derive(Debug)]
pub enum Update {
    /// Something else than what is installed.
    Found(Box<Proposal>),
    /// What is installed.
    Newest,
    /// The source names the digest: there can be nothing else.
    Pinned,
}

impl Installer {
    /// Looks for an update where a plugin came from, or in another place.
    ///
    /// # Errors
    /// It is not installed; what comes is no plugin, is another plugin, is not signed as before, or has moved.
    pub fn look_for_update(
        &self,
        id: &PluginId,
        from: Option<&Locator>,
        options: &Options,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Update, InstallError> {
        let lock = self.folders.lock().read()?;
        let current = &lock.get(id)?.current;
        let source = from.unwrap_or(&current.source);
        if from.is_none() && is_pinned(source) {
            return Ok(Update::Pinned);
        }
        let fetched = self.fetch(source, options, progress)?;
        // Whoever names another place means what is there.
        let accept = options.accept_moved || from.is_some();
        let granted = self.folders.grants().read()?.of(id);
        let proposal = self.propose(fetched, Some(id), options, |entry, pin, name| {
            if entry.current.digest == pin.digest {
                return Ok(Standing::Same);
            }
            if !accept && has_moved(entry, pin) {
                let advice = "take it with `--accept-moved` if you know why";
                return Err(moved(entry, pin, name, advice));
            }
            Ok(Standing::Update {
                from: entry.current.version.clone(),
                change: Change {
                    added: Change::between(&granted, &pin.permissions).added,
                    dropped: Change::between(&entry.current.permissions, &pin.permissions).dropped,
                },
            })
        })?;
        match proposal.standing {
            Standing::Same => Ok(Update::Newest),
            _ => Ok(Update::Found(Box::new(proposal))),
        }
    }
}

fn is_pinned(source: &Locator) -> bool {
    match source {
        Locator::Url { .. } => true,
        Locator::Oci(oci) => oci.digest.is_some(),
        _ => false,
    }
}

/// Whether other bytes in the same place are more than the next version. A file is its owner's to build again.
fn has_moved(entry: &Entry, pin: &Pin) -> bool {
    match &pin.source {
        Locator::File(_) => pin.version < entry.current.version,
        Locator::Oci(oci) if is_fixed(oci) => true,
        _ => pin.version <= entry.current.version,
    }
}
