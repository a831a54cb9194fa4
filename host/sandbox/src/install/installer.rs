use std::path::Path;

use jiff::Timestamp;

use super::http::{Http, Patience};
use super::sign::{KeyRing, TrustFile};
use super::{Folders, InstallError};
use crate::prescan::Bounds;

/// Everything that can be done about which plugins a user has.
#[derive(Clone, Debug)]
pub struct Installer {
    pub(super) folders: Folders,
    pub(super) http: Http,
    pub(super) bounds: Bounds,
}

impl Installer {
    /// For the plugins in this data folder.
    ///
    /// # Errors
    /// `SSL_CERT_FILE` names a file without certificates.
    pub fn new(data: &Path) -> Result<Self, InstallError> {
        Self::with(data, Patience::default(), Bounds::default())
    }

    /// The same with other limits.
    ///
    /// # Errors
    /// `SSL_CERT_FILE` names a file without certificates.
    pub fn with(data: &Path, patience: Patience, bounds: Bounds) -> Result<Self, InstallError> {
        Ok(Self {
            folders: Folders::of(data),
            http: Http::new(patience)?,
            bounds,
        })
    }

    /// Where everything is.
    #[must_use]
    pub fn folders(&self) -> &Folders {
        &self.folders
    }

    /// The user's keys to sign with.
    #[must_use]
    pub fn keys(&self) -> KeyRing {
        KeyRing::at(&self.folders.keys())
    }

    /// The keys of others.
    #[must_use]
    pub fn trust(&self) -> TrustFile {
        TrustFile::at(&self.folders.trust_path())
    }

    /// Ends downloads that are under way, from any thread. This installer, and its clones, are of no use after.
    pub fn cancel(&self) {
        self.http.cancel();
    }

    pub(super) fn check_cancelled(&self) -> Result<(), InstallError> {
        if self.http.is_cancelled() {
            return Err(InstallError::Cancelled);
        }
        Ok(())
    }

    /// The time as it is written into lock, grants and trust.
    #[must_use]
    pub fn now() -> Timestamp {
        // Whole seconds are enough for people, and shorter in files.
        let now = Timestamp::now();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }
}
