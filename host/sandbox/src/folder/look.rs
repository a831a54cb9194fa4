//! Looking at files.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, UNIX_EPOCH};

use notify::Watcher as _;

use super::driver::Message;
use crate::manifest::{Manifest, PluginId};
use crate::reload::Stamp;
use crate::section::read_manifest;

const EXTENSION: &str = "wasm";

/// Wakes the driver when something in the folder changes. Where the system cannot tell, looking now and then must do.
pub(super) fn watcher(
    folder: &Path,
    sender: &mpsc::Sender<Message>,
) -> Option<notify::RecommendedWatcher> {
    let sender = sender.clone();
    let changed = move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            sender.send(Message::Scan).ok();
        }
    };
    let mut watcher = notify::recommended_watcher(changed).ok()?;
    watcher
        .watch(folder, notify::RecursiveMode::NonRecursive)
        .ok()?;
    Some(watcher)
}

/// The names of the plugin files of a folder, sorted. A folder that is not there has none.
///
/// # Errors
/// The folder cannot be read.
pub fn wasm_files(folder: &Path) -> io::Result<BTreeSet<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error),
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        // A name that is no text is not one of ours.
        if let Ok(name) = entry?.file_name().into_string()
            && !name.starts_with('.')
            && Path::new(&name)
                .extension()
                .is_some_and(|it| it == EXTENSION)
        {
            names.insert(name);
        }
    }
    Ok(names)
}

/// How a file looks; `None` if it is not there.
pub(super) fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    let modified = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .unwrap_or(Duration::ZERO);
    Some(Stamp {
        size: metadata.len(),
        modified,
    })
}

/// Reads a file of at most `most` bytes.
pub(super) fn read(path: &Path, most: usize) -> Result<Vec<u8>, String> {
    let shown = |error: io::Error| error.to_string();
    // A pipe would never end, and a folder has no bytes.
    if !fs::metadata(path).map_err(shown)?.is_file() {
        return Err("not a file, expected a WebAssembly component".to_owned());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(shown)?;
    // One more than is allowed, so that the check for size sees it.
    file.take(most as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(shown)?;
    Ok(bytes)
}

/// A plugin's file.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// What it says about itself.
    pub manifest: Manifest,
}

/// The file of the plugin `id` in a folder: `ID.wasm`, or else whichever file says that it is that.
///
/// # Errors
/// The folder cannot be read.
pub fn find(folder: &Path, id: &PluginId, most: usize) -> io::Result<Option<Found>> {
    let first = format!("{id}.{EXTENSION}");
    let mut names: Vec<_> = wasm_files(folder)?.into_iter().collect();
    // `false` comes before `true`.
    names.sort_by_key(|name| *name != first);
    for name in names {
        let path = folder.join(name);
        let Ok(bytes) = read(&path, most) else {
            continue;
        };
        if let Ok(manifest) = read_manifest(&bytes)
            && manifest.id == *id
        {
            return Ok(Some(Found {
                path,
                bytes,
                manifest,
            }));
        }
    }
    Ok(None)
}
