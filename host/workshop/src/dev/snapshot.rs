use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Folders that tools write into, and that no plugin is made from.
const MADE: [&str; 6] = [
    "target",
    "node_modules",
    "__pycache__",
    "dist",
    "outputs",
    "venv",
];

/// Which files a plugin is made from, and when each was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Snapshot(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Snapshot {
    /// What cannot be read is not there.
    pub(super) fn of(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        for folder in folders(root) {
            for entry in entries(&folder) {
                let Ok(metadata) = fs::metadata(entry.path()) else {
                    continue;
                };
                if metadata.is_file() && is_source(&entry.file_name().to_string_lossy()) {
                    files.insert(entry.path(), (metadata.modified().ok(), metadata.len()));
                }
            }
        }
        Self(files)
    }
}

/// The folder and all below it that a plugin is made from. Links are not followed: they may lead in circles.
pub(super) fn folders(root: &Path) -> Vec<PathBuf> {
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
