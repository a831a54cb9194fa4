//! Locks between processes. The system takes them back when a process ends, however it ends, so none is ever left over.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Folders;
use crate::digest::Digest;

/// Often enough that nobody notices.
const AGAIN: Duration = Duration::from_millis(50);

/// Open means locked.
#[derive(Debug)]
pub(super) struct Held {
    #[expect(dead_code, reason = "open means locked")]
    file: File,
}

impl Held {
    /// The lock for changing what is installed.
    pub(super) fn changing(folders: &Folders, stop: &dyn Fn() -> bool) -> io::Result<Option<Self>> {
        Self::take(&folders.locks().join("changing"), stop, &mut || ())
    }

    /// The lock for fetching something, by what it is called. A hundred or so files serve all names: two names that
    /// share one only wait for each other. A process holds one at a time.
    pub(super) fn fetching(
        folders: &Folders,
        name: &str,
        stop: &dyn Fn() -> bool,
        waiting: &mut dyn FnMut(),
    ) -> io::Result<Option<Self>> {
        let bucket = &Digest::of(name.as_bytes()).hex()[..2];
        let path = folders.locks().join(format!("fetching-{bucket}"));
        Self::take(&path, stop, waiting)
    }

    /// `None` if it was stopped before.
    fn take(
        path: &Path,
        stop: &dyn Fn() -> bool,
        waiting: &mut dyn FnMut(),
    ) -> io::Result<Option<Self>> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { file })),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {
                    if stop() {
                        return Ok(None);
                    }
                    if !std::mem::replace(&mut told, true) {
                        waiting();
                    }
                    std::thread::sleep(AGAIN);
                }
            }
        }
    }
}

/// A file is locked right after it is made; this is for the moment between.
const YOUNG: Duration = Duration::from_secs(60);
const INCOMING: &str = ".incoming-";

/// A new file for a download, locked while it is used, so that others see that it is.
pub(super) fn incoming(folders: &Folders) -> io::Result<tempfile::NamedTempFile> {
    let cache = folders.cache();
    fs::create_dir_all(&cache)?;
    let file = tempfile::Builder::new()
        .prefix(INCOMING)
        .tempfile_in(cache)?;
    file.as_file().try_lock()?;
    Ok(file)
}

/// Whether it is so old that whoever made it must have come to lock it.
fn is_old(file: &File) -> bool {
    let modified = file.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > YOUNG))
}

/// Removes what processes that were killed have left. What is locked is in use.
pub(super) fn sweep(folders: &Folders) {
    let Ok(entries) = fs::read_dir(folders.cache()) else {
        return;
    };
    let left: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(INCOMING))
        .map(|entry| entry.path())
        .collect();
    for path in left {
        let unused = File::open(&path).is_ok_and(|file| is_old(&file) && file.try_lock().is_ok());
        if unused {
            // It is only room that is lost if this fails.
            let _ = fs::remove_file(&path);
        }
    }
}
