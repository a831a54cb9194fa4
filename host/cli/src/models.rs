//! Which folder a model's name means.

use std::path::{Path, PathBuf};

use crate::exit::Usage;

/// The model that is drawn with when none is named.
pub(crate) const STARTER: &str = "starter";

/// The names of all models, sorted.
pub(crate) fn all(data: &Path) -> Vec<String> {
    let folders = folders(data);
    let mut known: Vec<String> = folders.iter().flat_map(|folder| names(folder)).collect();
    known.sort();
    known.dedup();
    known
}

/// The folder of a model: a path as it is, or a name in the data folder or among the models that ship.
pub(crate) fn find(name: Option<&str>, data: &Path) -> anyhow::Result<PathBuf> {
    let name = name.unwrap_or(STARTER);
    if name.is_empty() {
        return Err(
            Usage("the model's name is empty: expected a name or a path".to_owned()).into(),
        );
    }
    let given = Path::new(name);
    let is_path = given.is_absolute() || name.contains(['/', '\\']) || name.starts_with('.');
    if is_path || given.exists() {
        return Ok(given.to_owned());
    }
    let folders = folders(data);
    if let Some(found) = folders
        .iter()
        .map(|f| f.join(name))
        .find(|path| path.exists())
    {
        return Ok(found);
    }
    let known = all(data);
    Err(Usage(format!(
        "unknown model \"{name}\": expected a path or one of {}; models are looked for in {}",
        known.join(", "),
        data.join("models").display()
    ))
    .into())
}

/// Where models lie by name: the user's, then those beside the executable, then those of the source tree.
fn folders(data: &Path) -> Vec<PathBuf> {
    let mut folders = vec![data.join("models")];
    if let Ok(executable) = std::env::current_exe()
        && let Some(folder) = executable.parent()
    {
        folders.push(folder.join("models"));
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    // Without the dots, where it is there at all: the path is shown to people.
    folders.extend(source.canonicalize().ok());
    folders
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().join("model_index.json").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
