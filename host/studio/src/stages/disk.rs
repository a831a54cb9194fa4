//! Results in a folder, a file each: its BLAKE3, then the result. What was cut short or damaged is not taken.

use std::fs::{self, File, FileTimes, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::{Key, Stage, Value};

#[cfg(test)]
mod tests;

/// Holds whoever makes room, so that two processes do not do it together.
const LOCK: &str = ".lock";
const HASH: usize = 32;
/// A use is noted at most this often: what was used a moment ago is in no danger.
const NOTED: Duration = Duration::from_secs(60);
/// What a process that was killed left behind is removed after this long.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Results on disk.
#[derive(Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    budget: u64,
    /// Bytes written since room was last made.
    written: AtomicU64,
}

/// A result on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its stage, or what else a folder is called.
    pub stage: String,
    /// Its file.
    pub path: PathBuf,
    /// How large that is.
    pub bytes: u64,
    /// When it was last used, to a minute.
    pub used: SystemTime,
}

impl Disk {
    /// In a folder, which is made with the first result.
    pub(super) fn new(folder: &Path, budget: u64) -> Self {
        Self {
            folder: folder.to_owned(),
            budget,
            // The first result finds out how much there is from other processes.
            written: AtomicU64::new(budget),
        }
    }

    /// The result, if there is a whole one.
    pub(super) fn get(&self, stage: Stage, key: &Key) -> Option<Value> {
        let path = self.path(stage, key);
        let mut file = File::open(&path).ok()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        let value = read(&bytes);
        if value.is_none() {
            drop(file);
            fs::remove_file(&path).ok();
            return None;
        }
        note_use(&file);
        value
    }

    /// Keeps a result. It appears whole or not at all.
    pub(super) fn put(&self, stage: Stage, key: &Key, value: &Value) -> io::Result<()> {
        let body = postcard::to_allocvec(value).map_err(io::Error::other)?;
        let bytes = (body.len() + HASH) as u64;
        if bytes > self.budget {
            return Ok(());
        }
        let path = self.path(stage, key);
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent)?;
        let mut file = tempfile::NamedTempFile::new_in(parent)?;
        file.write_all(blake3::hash(&body).as_bytes())?;
        file.write_all(&body)?;
        file.persist(&path).map_err(|error| error.error)?;
        // Room is made when a part of the budget was written: looking through the folder takes long.
        let written = self.written.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if written > self.budget / 32 {
            self.written.store(0, Ordering::Relaxed);
            self.make_room()?;
        }
        Ok(())
    }

    /// Everything that is there, in no order.
    pub(super) fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for stage in folders(&self.folder)? {
            for shard in folders(&stage)? {
                files(&shard, &stage, &mut entries)?;
            }
        }
        Ok(entries)
    }

    /// Removes everything, of one stage or of all. Gives how many results and bytes that were.
    pub(super) fn clear(&self, stage: Option<Stage>) -> io::Result<(u64, u64)> {
        let mut cleared = (0, 0);
        for entry in self.entries()? {
            if stage.is_some_and(|stage| stage.name() != entry.stage) {
                continue;
            }
            remove(&entry.path)?;
            cleared = (cleared.0 + 1, cleared.1 + entry.bytes);
        }
        Ok(cleared)
    }

    /// Removes what was not used for longest, until a tenth of the budget is free. Left to another process that is at it.
    pub(super) fn make_room(&self) -> io::Result<()> {
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut entries = self.entries()?;
        let mut bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
        if bytes <= self.budget {
            return Ok(());
        }
        entries.sort_by_key(|entry| entry.used);
        let enough = self.budget - self.budget / 10;
        for entry in entries {
            if bytes <= enough {
                break;
            }
            remove(&entry.path)?;
            bytes -= entry.bytes;
        }
        Ok(())
    }

    fn path(&self, stage: Stage, key: &Key) -> PathBuf {
        let name = key.to_hex();
        self.folder.join(stage.name()).join(&name[..2]).join(name)
    }
}

fn read(bytes: &[u8]) -> Option<Value> {
    let (hash, body) = bytes.split_at_checked(HASH)?;
    if blake3::hash(body).as_bytes() != hash {
        return None;
    }
    postcard::from_bytes(body).ok()
}

/// Where the system does not allow it, what is used goes out as if it were not.
fn note_use(file: &File) {
    let now = SystemTime::now();
    let used = file.metadata().and_then(|metadata| metadata.modified());
    let is_noted = used.is_ok_and(|used| now.duration_since(used).is_ok_and(|ago| ago < NOTED));
    if !is_noted {
        file.set_times(FileTimes::new().set_modified(now)).ok();
    }
}

fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

fn files(shard: &Path, stage: &Path, entries: &mut Vec<Entry>) -> io::Result<()> {
    let stage = stage.file_name().unwrap_or_default().to_string_lossy();
    for entry in fs::read_dir(shard)? {
        let entry = entry?;
        // Another process may have removed it meanwhile.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let is_result = entry.file_name().len() == 2 * HASH;
        if is_result {
            entries.push(Entry {
                stage: stage.clone().into_owned(),
                path: entry.path(),
                bytes: metadata.len(),
                used,
            });
        } else if used.elapsed().is_ok_and(|ago| ago > ABANDONED) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
