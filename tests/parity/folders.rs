//! Model folders, as they are and with another scheduler config.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::here;

/// The checkpoints, and copies of them that live as long as this does.
pub(crate) struct Folders {
    copies: TempDir,
    made: Mutex<HashMap<String, PathBuf>>,
}

impl Folders {
    pub(crate) fn new() -> Self {
        // Beside the target folder's other files, so that hard links reach the weights.
        let copies = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder for copies");
        Self {
            copies,
            made: Mutex::default(),
        }
    }

    /// A checkpoint as it is.
    pub(crate) fn of(&self, checkpoint: &str) -> PathBuf {
        here().join("checkpoints").join(checkpoint)
    }

    /// A path for a copy of one's own.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.copies.path().join(name)
    }

    /// A checkpoint with `config` laid over its `scheduler_config.json`.
    pub(crate) fn with_config(
        &self,
        checkpoint: &str,
        config: &Map<String, Value>,
    ) -> Result<PathBuf, String> {
        let original = self.of(checkpoint);
        if config.is_empty() {
            return Ok(original);
        }
        let mut made = self.made.lock().map_err(|error| error.to_string())?;
        let key = format!("{checkpoint} {}", Value::Object(config.clone()));
        if let Some(path) = made.get(&key) {
            return Ok(path.clone());
        }
        let copy = self.scratch(&format!("{checkpoint}-{}", made.len()));
        link_all(&original, &copy)?;
        let file = Path::new("scheduler").join("scheduler_config.json");
        let mut whole: Map<String, Value> = read_json(&original.join(&file))?;
        whole.extend(config.clone());
        write_json(&copy.join(&file), &whole)?;
        made.insert(key, copy.clone());
        Ok(copy)
    }
}

/// A folder again, without the bytes where the file system allows it.
pub(crate) fn link_all(from: &Path, to: &Path) -> Result<(), String> {
    fs::create_dir_all(to).map_err(at(to))?;
    for entry in fs::read_dir(from).map_err(at(from))? {
        let entry = entry.map_err(at(from))?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            link_all(&from, &to)?;
        } else if fs::hard_link(&from, &to).is_err() {
            fs::copy(&from, &to).map_err(at(&from))?;
        }
    }
    Ok(())
}

pub(crate) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = fs::read(path).map_err(at(path))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a new file: what was linked there is the original's.
pub(crate) fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<(), String> {
    let text = serde_json::to_vec_pretty(value).map_err(|error| error.to_string())?;
    if path.exists() {
        fs::remove_file(path).map_err(at(path))?;
    }
    fs::write(path, text).map_err(at(path))
}

/// Names the file in an error.
pub(crate) fn at(path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = path.to_owned();
    move |error| format!("{}: {error}", path.display())
}
