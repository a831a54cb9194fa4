use std::fs::{File, TryLockError};
use std::path::Path;

use super::BuildError;

/// Keeps other builds of the same plugin (`dev` in another window) out until it is dropped.
pub(super) fn take(scratch: &Path, progress: &dyn Fn(&str)) -> Result<File, BuildError> {
    let path = scratch.join(".aquatint-build.lock");
    let io = |source| BuildError::Io {
        path: path.clone(),
        source,
    };
    std::fs::create_dir_all(scratch).map_err(io)?;
    let file = File::create(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            progress("waiting for another build of this plugin");
            file.lock().map_err(io)?;
            Ok(file)
        }
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}
