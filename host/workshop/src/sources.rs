//! What a plugin is made from, as opposed to what tools write beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use sha2::{Digest as _, Sha256};

/// Folders that tools write into, and that no plugin is made from.
const MADE: [&str; 6] = [
    "target",
    "node_modules",
    "__pycache__",
    "dist",
    "outputs",
    "venv",
];

/// Sources that builds write too: versions that were chosen, and what editors look for.
const BY_BUILDS: [&str; 4] = ["Cargo.lock", "compile_flags.txt", "go.work", "go.work.sum"];

/// Which files a plugin is made from, and when each was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Snapshot {
    /// What cannot be read is not there.
    pub(crate) fn of(root: &Path) -> Self {
        Self::without(root, &|_| false)
    }

    /// Without what was made of them.
    pub(crate) fn without(root: &Path, made: &dyn Fn(&Path) -> bool) -> Self {
        let mut files = BTreeMap::new();
        for folder in folders(root) {
            for entry in entries(&folder) {
                let Ok(metadata) = fs::metadata(entry.path()) else {
                    continue;
                };
                if metadata.is_file()
                    && is_source(&entry.file_name().to_string_lossy())
                    && !made(&entry.path())
                {
                    files.insert(entry.path(), (metadata.modified().ok(), metadata.len()));
                }
            }
        }
        Self(files)
    }

    /// As it was, but for what a build wrote since.
    pub(crate) fn after_build(mut self, after: Self) -> Self {
        let by_builds = |path: &Path| BY_BUILDS.iter().any(|name| path.ends_with(name));
        self.0.retain(|path, _| !by_builds(path));
        let written = after.0.into_iter().filter(|(path, _)| by_builds(path));
        self.0.extend(written);
        self
    }
}

/// The SHA-256 of the names and contents of all files in `root` that a plugin is made from, but those `without`, files
/// and folders.
pub(crate) fn digest(root: &Path, without: &[&str]) -> io::Result<[u8; 32]> {
    let mut digest = Sha256::new();
    let Snapshot(files) = Snapshot::of(root);
    for path in files.keys() {
        let name = path.strip_prefix(root).unwrap_or(path);
        if without.iter().any(|folder| name.starts_with(folder)) {
            continue;
        }
        let (name, bytes) = (name.to_string_lossy(), fs::read(path)?);
        for part in [name.as_bytes(), &bytes] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    Ok(digest.finalize().into())
}

/// The folder and all below it that a plugin is made from. Links are not followed: they may lead in circles.
pub(crate) fn folders(root: &Path) -> Vec<PathBuf> {
    let mut found = vec![root.to_owned()];
    let mut next = 0;
    while let Some(folder) = found.get(next).cloned() {
        for entry in entries(&folder) {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !name.starts_with('.') && !MADE.contains(&name.as_ref()) {
                found.push(entry.path());
            }
        }
        next += 1;
    }
    found
}

fn entries(folder: &Path) -> impl Iterator<Item = fs::DirEntry> {
    fs::read_dir(folder).into_iter().flatten().flatten()
}

/// What editors write beside a file while they save it is none of ours.
fn is_source(name: &str) -> bool {
    let is_temporary = name.ends_with('~')
        || name.ends_with(".swp")
        || name.ends_with(".swx")
        || name.ends_with(".tmp")
        || name.ends_with(".part")
        || name.ends_with(".pyc")
        // Vim tries whether it may write with a file of this name.
        || name == "4913";
    !name.starts_with('.') && !is_temporary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_of_what_a_plugin_is_made_from() {
        let place = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = place.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        };
        let digest = || digest(place.path(), &["cases"]).expect("read");
        write("src/a.rs", "a");
        let first = digest();
        for name in [
            "target/x",
            "node_modules/x/y.js",
            "cases/first/case.toml",
            "src/.a.swp",
            "src/a.rs~",
        ] {
            write(name, "x");
            assert_eq!(digest(), first, "{name}");
        }
        write("src/a.rs", "b");
        let second = digest();
        write("src/a.rs", "a");
        write("src/b.rs", "");
        let third = digest();
        assert!(first != second && first != third && second != third);
    }
}
