//! Weights in files of their own, beside a model on disk.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::ModelError;

const INSIDE: &str = "a file in the model's own folder, or below it";

/// The files that weights are in, all of them below `folder`.
pub(super) fn files(
    folder: &Path,
    external: &[(String, Vec<String>)],
) -> Result<BTreeSet<PathBuf>, ModelError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| ModelError::Io { path, source }
    };
    let folder = folder.canonicalize().map_err(io(folder))?;
    let mut files = BTreeSet::new();
    for (tensor, places) in external {
        if places.is_empty() {
            return Err(outside(tensor, ""));
        }
        for place in places {
            let is_plain = Path::new(place)
                .components()
                .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
            // A backslash separates on Windows alone: such a model would be another one there.
            if place.is_empty() || !is_plain || place.contains(['\\', '\0', ':']) {
                return Err(outside(tensor, place));
            }
            // Where links lead, too.
            let path = folder.join(place);
            let real = path.canonicalize().map_err(io(&path))?;
            if !real.starts_with(&folder) || !real.is_file() {
                return Err(outside(tensor, place));
            }
            files.insert(real);
        }
    }
    Ok(files)
}

/// That weights are elsewhere, where they must not be at all.
pub(super) fn none(external: &[(String, Vec<String>)]) -> Result<(), ModelError> {
    match external.first() {
        None => Ok(()),
        Some((tensor, places)) => Err(ModelError::External {
            tensor: tensor.clone(),
            location: places.first().cloned().unwrap_or_default(),
            expected: "all weights in the model itself",
        }),
    }
}

fn outside(tensor: &str, place: &str) -> ModelError {
    ModelError::External {
        tensor: tensor.to_owned(),
        location: place.to_owned(),
        expected: INSIDE,
    }
}
