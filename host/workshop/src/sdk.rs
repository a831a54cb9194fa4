//! What authors' plugins are built against: the tree `sdk/`, carried inside this program.

use std::path::{Path, PathBuf};
use std::{fs, io};

use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use crate::files;

/// `sdk/` without what tools make in it (`build.rs` has the same list).
#[derive(RustEmbed)]
#[folder = "../../sdk"]
#[allow_missing = true]
#[exclude = "target/*"]
#[exclude = "*/target/*"]
#[exclude = "node_modules/*"]
#[exclude = "*/node_modules/*"]
#[exclude = "*__pycache__/*"]
#[exclude = "*.pyc"]
#[exclude = ".git/*"]
#[exclude = "*/.git/*"]
#[exclude = "dist/*"]
#[exclude = "*/dist/*"]
#[exclude = "*.venv/*"]
struct Embedded;

/// Where the SDKs are, one folder each: `DATA/sdk/VERSION-HASH`, written at the first use. The hash is of what is in
/// it, so another build of Aquatint never changes the files that a plugin was built against.
///
/// # Errors
/// The folder cannot be written.
pub fn folder(data: &Path) -> io::Result<PathBuf> {
    let mut names: Vec<_> = Embedded::iter().collect();
    names.sort();
    let mut digest = Sha256::new();
    let mut all = Vec::new();
    for name in names {
        if let Some(file) = Embedded::get(&name) {
            digest.update((name.len() as u64).to_le_bytes());
            digest.update(name.as_bytes());
            digest.update((file.data.len() as u64).to_le_bytes());
            digest.update(&file.data);
            all.push((name, file.data));
        }
    }
    let hash: String = digest
        .finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let parent = data.join("sdk");
    let folder = parent.join(format!("{}-{hash}", env!("CARGO_PKG_VERSION")));
    if folder.is_dir() {
        return Ok(folder);
    }
    fs::create_dir_all(&parent)?;
    // Beside its place and then moved there, so that nobody ever builds against half of it.
    let unpacked = tempfile::Builder::new()
        .prefix(".unpacking-")
        .tempdir_in(&parent)?;
    let inside = unpacked.path().join("sdk");
    fs::create_dir(&inside)?;
    for (name, bytes) in &all {
        files::write(&inside.join(name.as_ref()), bytes)?;
    }
    match fs::rename(&inside, &folder) {
        // Another process was faster, and wrote the same.
        Err(_) if folder.is_dir() => Ok(folder),
        result => result.map(|()| folder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_unpacked_once() {
        let data = tempfile::tempdir().expect("a folder");
        let first = folder(data.path()).expect("unpacked");
        let name = first.file_name().expect("a name").to_string_lossy();
        assert!(name.starts_with(&format!("{}-", env!("CARGO_PKG_VERSION"))));
        for name in Embedded::iter() {
            let there = fs::read(first.join(name.as_ref())).expect("unpacked");
            assert!(there == Embedded::get(&name).expect("embedded").data.as_ref());
        }
        fs::write(first.join("mark"), "x").expect("written");
        assert_eq!(folder(data.path()).expect("there"), first);
        assert!(first.join("mark").exists(), "not written again");
        let entries = fs::read_dir(data.path().join("sdk")).expect("there");
        assert_eq!(entries.count(), 1, "nothing is left over");
    }

    #[test]
    fn nothing_that_tools_make_is_inside() {
        for name in Embedded::iter() {
            let made = name
                .split('/')
                .any(|part| matches!(part, "target" | "node_modules" | "__pycache__" | ".git"));
            assert!(!made, "{name}");
        }
    }
}
