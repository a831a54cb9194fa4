//! Changes to what is installed: one process at a time, whole or not at all.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::held::{self, Held};
use super::{Folders, InstallError, Installer};
use crate::digest::Digest;
use crate::document::{self, Readers, replace};
use crate::lock::Lock;
use crate::manifest::PluginId;

/// Which plugin is being changed, and what its file held or will hold. It is there only while that goes on, or when it
/// was cut short.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Journal {
    id: Option<PluginId>,
    #[serde(default)]
    digests: Vec<Digest>,
}

impl Installer {
    /// Changes lock, grants, trust and the file of one plugin. `change` writes the documents; then the file is made what
    /// the lock says. If anything fails, all are as they were. `digest` is what may come to be in the file.
    pub(super) fn change<R>(
        &self,
        id: &PluginId,
        digest: Option<Digest>,
        change: impl FnOnce() -> Result<R, InstallError>,
    ) -> Result<R, InstallError> {
        let folders = &self.folders;
        let stop = || self.http.is_cancelled();
        let _held = Held::changing(folders, &stop)
            .map_err(InstallError::io("lock", &folders.locks()))?
            .ok_or(InstallError::Cancelled)?;
        held::sweep(folders);
        recover(folders)?;
        let documents = [
            folders.lock_path(),
            folders.grants_path(),
            folders.trust_path(),
        ];
        let before = documents
            .into_iter()
            .map(Snapshot::take)
            .collect::<Result<Vec<_>, _>>()?;
        let current = folders.lock().read()?;
        let current = current.get(id).ok().map(|entry| entry.current.digest);
        let journal = Journal {
            id: Some(id.clone()),
            digests: current.into_iter().chain(digest).collect(),
        };
        document::write(&folders.journal(), "# A change under way.\n", &journal)?;
        let result = change().and_then(|result| {
            settle(folders, id, &journal.digests)?;
            Ok(result)
        });
        if result.is_err() {
            for document in &before {
                document.restore()?;
            }
            settle_if_possible(folders, id, &journal.digests);
        }
        let path = folders.journal();
        fs::remove_file(&path).map_err(InstallError::io("remove", &path))?;
        collect(folders, &folders.lock().read()?);
        result
    }
}

/// Finishes what a process that was killed had begun.
fn recover(folders: &Folders) -> Result<(), InstallError> {
    let path = folders.journal();
    if !path.exists() {
        return Ok(());
    }
    // One that was cut while it was written names nothing, and nothing was done yet.
    if let Ok(Journal {
        id: Some(id),
        digests,
    }) = document::read(&path)
    {
        tracing::warn!("a change of plugin `{id}` was cut short: its file is put right");
        settle_if_possible(folders, &id, &digests);
    }
    fs::remove_file(&path).map_err(InstallError::io("remove", &path))
}

/// Like `settle`, where a failure must not stand in the way of what else is to be done: `verify` finds it, and `repair`
/// mends it.
fn settle_if_possible(folders: &Folders, id: &PluginId, ours: &[Digest]) {
    if let Err(error) = settle(folders, id, ours) {
        tracing::warn!("the file of plugin `{id}` is not what the lock says: {error}");
    }
}

/// Makes a plugin's file what the lock says. `ours` is what the file may hold without being anyone else's.
pub(super) fn settle(
    folders: &Folders,
    id: &PluginId,
    ours: &[Digest],
) -> Result<(), InstallError> {
    let path = folders.plugin(id);
    let lock = folders.lock().read()?;
    let found = digest_of(&path).map_err(InstallError::io("read", &path))?;
    match lock.get(id) {
        Ok(entry) if entry.enabled => {
            if found == Some(entry.current.digest) {
                return Ok(());
            }
            place(folders, &entry.current.digest, &path)
        }
        Ok(_) => remove(&path),
        Err(_) if found.is_some_and(|found| ours.contains(&found)) => remove(&path),
        Err(_) => Ok(()),
    }
}

/// Puts a kept component where the loader finds it, under its name only when it is whole.
fn place(folders: &Folders, digest: &Digest, path: &Path) -> Result<(), InstallError> {
    let kept = folders.kept(digest);
    let bytes = fs::read(&kept).map_err(InstallError::io("read", &kept))?;
    if Digest::of(&bytes) != *digest {
        let damaged = io::Error::other("it is not what was kept there");
        return Err(InstallError::io("use", &kept)(damaged));
    }
    write_whole(path, &bytes)
}

/// Writes a file that others see whole or not at all.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), InstallError> {
    replace(path, bytes, Readers::Everyone).map_err(InstallError::io("write", path))
}

fn remove(path: &Path) -> Result<(), InstallError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(InstallError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// The digest of a file, `None` if there is none.
pub(super) fn digest_of(path: &Path) -> io::Result<Option<Digest>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        result => result?,
    };
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut Hashing(&mut hasher))?;
    Ok(Some(Digest::from_bytes(hasher.finalize().into())))
}

struct Hashing<'a>(&'a mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Removes kept components that the lock names no more. What cannot be removed now will be the next time.
fn collect(folders: &Folders, lock: &Lock) {
    let Ok(entries) = fs::read_dir(folders.cache()) else {
        return;
    };
    let needed: Vec<PathBuf> = lock
        .digests()
        .flat_map(|digest| [folders.kept(&digest), folders.kept_signature(&digest)])
        .collect();
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        let kept = entry.file_name().to_string_lossy().starts_with("sha256-");
        if kept && !needed.contains(&path) {
            let _ = fs::remove_file(&path);
        }
    }
}

/// A file as it was.
struct Snapshot {
    path: PathBuf,
    bytes: Option<Vec<u8>>,
}

impl Snapshot {
    fn take(path: PathBuf) -> Result<Self, InstallError> {
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            result => Some(result.map_err(InstallError::io("read", &path))?),
        };
        Ok(Self { path, bytes })
    }

    fn restore(&self) -> Result<(), InstallError> {
        match &self.bytes {
            None => remove(&self.path),
            Some(bytes) if fs::read(&self.path).is_ok_and(|now| now == *bytes) => Ok(()),
            Some(bytes) => write_whole(&self.path, bytes),
        }
    }
}
