//! The runtimes in the data folder: `<data>/runtimes/<flavor>-<version>/`, each with its record.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::error::RuntimeError;
use super::flavor::Flavor;

const RECORD: &str = "runtime.json";

/// A runtime that is on this machine.
#[derive(Debug, Clone)]
pub struct Installed {
    /// Which build.
    pub flavor: Flavor,
    /// ONNX Runtime's version.
    pub version: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The library to load.
    pub library: PathBuf,
    /// The bytes its files take.
    pub bytes: u64,
    /// What is wrong with it, if its files are not as they were written. It is not used then; installing it again
    /// replaces it.
    pub damage: Option<String>,
}

/// What is written beside the files, last of all.
#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) flavor: String,
    pub(super) version: String,
    /// The library, from the folder of the record.
    pub(super) library: String,
    /// Where the files came from: wheel and hash.
    pub(super) wheels: BTreeMap<String, String>,
    /// All files in `lib`, with their sizes.
    pub(super) files: BTreeMap<String, u64>,
}

impl Record {
    pub(super) fn write(&self, folder: &Path) -> Result<(), RuntimeError> {
        let path = folder.join(RECORD);
        serde_json::to_vec_pretty(self)
            .map_err(io::Error::from)
            .and_then(|json| fs::write(&path, json))
            .map_err(RuntimeError::io("write", &path))
    }
}

/// The folder that holds the runtimes.
pub(super) fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("runtimes")
}

/// All runtimes in a data folder: by flavor, newest version first.
pub fn installed(data_dir: &Path) -> Vec<Installed> {
    let entries = fs::read_dir(folder(data_dir))
        .into_iter()
        .flatten()
        .flatten();
    let mut found: Vec<_> = entries.filter_map(|entry| read(&entry.path())).collect();
    found.sort_by(|a, b| {
        let newest_first = version_key(&b.version).cmp(&version_key(&a.version));
        a.flavor.cmp(&b.flavor).then(newest_first)
    });
    found
}

/// The runtime in one folder; `None` if it is none of ours.
pub(super) fn read(folder: &Path) -> Option<Installed> {
    let record: Record = serde_json::from_slice(&fs::read(folder.join(RECORD)).ok()?).ok()?;
    let flavor = record.flavor.parse().ok()?;
    // Staging folders and what is being removed carry records too, but not the name.
    if folder.file_name()?.to_str()? != format!("{flavor}-{}", record.version) {
        return None;
    }
    let damage = record.files.iter().find_map(|(name, size)| {
        let path = folder.join("lib").join(name);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.len() == *size => None,
            Ok(metadata) => Some(format!(
                "{name} has {} bytes instead of {size}",
                metadata.len()
            )),
            Err(error) => Some(format!("{name}: {error}")),
        }
    });
    Some(Installed {
        flavor,
        version: record.version,
        library: folder.join(record.library),
        folder: folder.to_owned(),
        bytes: record.files.values().sum(),
        damage,
    })
}

/// Removes all versions of a flavor; returns their folders.
pub fn remove(flavor: Flavor, data_dir: &Path) -> Result<Vec<PathBuf>, RuntimeError> {
    let there: Vec<_> = installed(data_dir)
        .into_iter()
        .filter(|it| it.flavor == flavor)
        .collect();
    if there.is_empty() {
        return Err(RuntimeError::NothingToRemove(flavor));
    }
    let root = folder(data_dir);
    let _lock = Lock::take(&root, &mut || true)?;
    for runtime in &there {
        discard(&runtime.folder, &root)?;
    }
    Ok(there.into_iter().map(|runtime| runtime.folder).collect())
}

/// Deletes a folder in such a way that nobody sees half of it: out of sight first.
pub(super) fn discard(target: &Path, root: &Path) -> Result<(), RuntimeError> {
    let hidden = root.join(".removed");
    for (doing, result) in [
        ("clear", remove_if_there(&hidden)),
        ("remove", fs::rename(target, &hidden)),
        ("remove", fs::remove_dir_all(&hidden)),
    ] {
        result.map_err(RuntimeError::io(doing, target))?;
    }
    Ok(())
}

/// Deletes a folder, if there is one.
pub(super) fn remove_if_there(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The right to change the folder of runtimes: one process at a time. The operating system gives it back when the
/// process ends, however it ends.
pub(super) struct Lock(#[allow(dead_code, reason = "held for its lock")] File);

impl Lock {
    /// Waits for the lock for as long as `go_on` says so.
    pub(super) fn take(root: &Path, go_on: &mut dyn FnMut() -> bool) -> Result<Self, RuntimeError> {
        fs::create_dir_all(root).map_err(RuntimeError::io("make the folder", root))?;
        let path = root.join(".lock");
        let file = File::create(&path).map_err(RuntimeError::io("write", &path))?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) if go_on() => {
                    std::thread::sleep(std::time::Duration::from_millis(100))
                }
                Err(TryLockError::WouldBlock) => return Err(RuntimeError::Cancelled),
                Err(TryLockError::Error(error)) => {
                    return Err(RuntimeError::io("lock", &path)(error));
                }
            }
        }
    }
}

/// `1.9.0` before `1.10.0`.
fn version_key(version: &str) -> Vec<u64> {
    version
        .split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(data: &Path, flavor: &str, version: &str) -> PathBuf {
        let folder = folder(data).join(format!("{flavor}-{version}"));
        fs::create_dir_all(folder.join("lib")).expect("a folder");
        fs::write(folder.join("lib/libx.so"), "abc").expect("written");
        let record = Record {
            flavor: flavor.into(),
            version: version.into(),
            library: "lib/libx.so".into(),
            wheels: BTreeMap::new(),
            files: [("libx.so".to_owned(), 3)].into(),
        };
        record.write(&folder).expect("written");
        folder
    }

    #[test]
    fn newest_first_and_strangers_left_out() {
        let data = tempfile::tempdir().expect("a temporary folder");
        for (flavor, version) in [("openvino", "1.24.1"), ("cpu", "1.9.0"), ("cpu", "1.32.0")] {
            put(data.path(), flavor, version);
        }
        fs::create_dir(folder(data.path()).join("cuda-1.0")).expect("a folder without a record");
        let names: Vec<_> = installed(data.path())
            .iter()
            .map(|it| format!("{}-{}", it.flavor, it.version))
            .collect();
        assert_eq!(names, ["cpu-1.32.0", "cpu-1.9.0", "openvino-1.24.1"]);
    }

    #[test]
    fn damage_is_noticed() {
        let data = tempfile::tempdir().expect("a temporary folder");
        let folder = put(data.path(), "cpu", "1.32.0");
        assert!(installed(data.path())[0].damage.is_none());
        fs::write(folder.join("lib/libx.so"), "ab").expect("written");
        assert_eq!(
            installed(data.path())[0].damage.as_deref(),
            Some("libx.so has 2 bytes instead of 3")
        );
        fs::remove_file(folder.join("lib/libx.so")).expect("removed");
        assert!(installed(data.path())[0].damage.is_some());
    }

    #[test]
    fn removing_takes_every_version_and_leaves_the_others() {
        let data = tempfile::tempdir().expect("a temporary folder");
        put(data.path(), "cpu", "1.9.0");
        put(data.path(), "cpu", "1.32.0");
        put(data.path(), "openvino", "1.24.1");
        assert_eq!(remove(Flavor::Cpu, data.path()).expect("removed").len(), 2);
        assert_eq!(installed(data.path()).len(), 1);
        assert!(matches!(
            remove(Flavor::Cpu, data.path()),
            Err(RuntimeError::NothingToRemove(Flavor::Cpu))
        ));
    }
}
