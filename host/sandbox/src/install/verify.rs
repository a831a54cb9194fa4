use super::change::{digest_of, write_whole};
use super::examine::is_fixed;
use super::fetch::Options;
use super::oci::Client;
use super::sign::{Signature, Signer};
use super::{InstallError, Installer};
use crate::locator::Locator;
use crate::lock::{Entry, Pin};
use crate::manifest::PluginId;

/// What was found about one plugin.
#[derive(Clone, Debug)]
pub struct Report {
    /// The plugin as the lock has it.
    pub entry: Entry,
    /// What was found, the problems first.
    pub findings: Vec<Finding>,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is not as it should be.
    Problem(String),
    /// It is as it may be, and worth knowing.
    Note(String),
}

impl Report {
    /// Whether all is as it should be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self
            .findings
            .iter()
            .any(|finding| matches!(finding, Finding::Problem(_)))
    }
}

impl Installer {
    /// Holds a plugin against the lock: its file, what is kept of it, its signature, its manifest and its permissions;
    /// with `online`, also what its source has by now. Nothing is changed.
    ///
    /// # Errors
    /// It is not installed, or the lock or the keys cannot be read.
    pub fn verify(
        &self,
        id: &PluginId,
        online: bool,
        options: &Options,
    ) -> Result<Report, InstallError> {
        let lock = self.folders.lock().read()?;
        let entry = lock.get(id)?.clone();
        let mut findings = Vec::new();
        self.check_file(&entry, &mut findings)?;
        self.check_kept(&entry, &mut findings)?;
        if online {
            match self.check_source(&entry.current, options) {
                Ok(found) => findings.extend(found),
                Err(error) if error.is_cancelled() => return Err(error),
                Err(error) => findings.push(Finding::Note(format!(
                    "the source could not be asked: {error}"
                ))),
            }
        }
        if let Some(waiting) = &entry.waiting {
            findings.push(Finding::Note(format!(
                "an update to {} waits for consent",
                waiting.version
            )));
        }
        findings.sort_by_key(|finding| matches!(finding, Finding::Note(_)));
        Ok(Report { entry, findings })
    }

    /// Puts a plugin's file right by what is kept of it; whether that is possible.
    ///
    /// # Errors
    /// It is not installed, or its file cannot be written.
    pub fn repair(&self, id: &PluginId) -> Result<bool, InstallError> {
        let lock = self.folders.lock().read()?;
        let current = lock.get(id)?.current.digest;
        if self.read_kept(&current).is_none() {
            // What runs is as good as what was kept, if it is the same.
            let path = self.folders.plugin(id);
            match self.read_file(&path) {
                Ok(bytes) if crate::digest::Digest::of(&bytes) == current => {
                    let kept = self.folders.kept(&current);
                    write_whole(&kept, &bytes)?;
                }
                _ => return Ok(false),
            }
        }
        self.change(id, None, || Ok(true))
    }

    fn check_file(&self, entry: &Entry, findings: &mut Vec<Finding>) -> Result<(), InstallError> {
        let path = self.folders.plugin(&entry.id);
        let found = digest_of(&path).map_err(InstallError::io("read", &path))?;
        let shown = path.display();
        match (entry.enabled, found) {
            (true, None) => findings.push(Finding::Problem(format!("{shown} is missing"))),
            (true, Some(found)) if found != entry.current.digest => {
                findings.push(Finding::Problem(format!(
                    "{shown} has the digest {found}, installed was {}",
                    entry.current.digest
                )));
            }
            (true, Some(_)) => {}
            (false, None) => findings.push(Finding::Note("it is disabled".to_owned())),
            (false, Some(_)) => findings.push(Finding::Problem(format!(
                "it is disabled, but {shown} is there"
            ))),
        }
        Ok(())
    }

    fn check_kept(&self, entry: &Entry, findings: &mut Vec<Finding>) -> Result<(), InstallError> {
        let pin = &entry.current;
        let mut problem = |text: String| findings.push(Finding::Problem(text));
        let Some(bytes) = self.read_kept(&pin.digest) else {
            problem(format!(
                "the kept copy of {} is missing or damaged",
                pin.version
            ));
            return Ok(());
        };
        let path = self.folders.kept_signature(&pin.digest);
        let signature = match std::fs::read_to_string(&path) {
            Ok(text) => match text.parse::<Signature>() {
                Ok(signature) => Some(signature),
                Err(error) => {
                    problem(error.to_string());
                    None
                }
            },
            Err(_) => None,
        };
        let key = signature.as_ref().map(|signature| signature.key);
        match self.examine(&bytes, "the kept copy", signature) {
            Err(error) => problem(error.to_string()),
            Ok(plugin) => {
                if plugin.manifest.id != entry.id || plugin.manifest.version != pin.version {
                    problem(format!(
                        "the kept copy is `{}` {}, installed was `{}` {}",
                        plugin.manifest.id, plugin.manifest.version, entry.id, pin.version
                    ));
                }
                if plugin.needed != pin.permissions {
                    problem(format!(
                        "it needs {}, the lock says {}",
                        plugin.needed, pin.permissions
                    ));
                }
            }
        }
        match self.trust().read()?.judge(&entry.id, key) {
            Signer::Changed { from, to: None } => problem(format!(
                "its signature is missing, it was signed with key {}",
                from.id()
            )),
            Signer::Changed { from, to: Some(to) } => problem(format!(
                "it is signed with key {}, it was first signed with {}",
                to.id(),
                from.id()
            )),
            _ => {}
        }
        for earlier in &entry.earlier {
            if self.read_kept(&earlier.digest).is_none() {
                findings.push(Finding::Note(format!(
                    "version {} is not kept any more: there is no going back to it",
                    earlier.version
                )));
            }
        }
        Ok(())
    }

    fn check_source(&self, pin: &Pin, options: &Options) -> Result<Option<Finding>, InstallError> {
        Ok(match &pin.source {
            // Whatever is there, only what was pinned would be taken.
            Locator::Url { .. } => None,
            Locator::File(path) => match digest_of(path) {
                Ok(Some(found)) if found != pin.digest => Some(Finding::Note(format!(
                    "{} has changed since: `aquatint plugin update` takes it",
                    path.display()
                ))),
                _ => None,
            },
            Locator::Oci(oci) => {
                let there = Client::new(&self.http, oci).resolve()?;
                if there.component == pin.digest {
                    None
                } else if is_fixed(oci) {
                    Some(Finding::Problem(format!(
                        "{oci} has moved: it now leads to {}, installed was {}",
                        there.component, pin.digest
                    )))
                } else {
                    Some(Finding::Note(format!(
                        "{} holds something else by now: `aquatint plugin update` looks at it",
                        there.found
                    )))
                }
            }
            Locator::Index { id, requirement } => {
                let there = self.index(options)?.choose(id, requirement)?;
                if there.digest == pin.digest {
                    None
                } else if there.version == pin.version {
                    Some(Finding::Problem(format!(
                        "version {} in the index has moved: it now is {}, installed was {}",
                        pin.version, there.digest, pin.digest
                    )))
                } else {
                    Some(Finding::Note(format!(
                        "the index has version {}",
                        there.version
                    )))
                }
            }
        })
    }
}
