//! Tools that are fetched once, for all plugins.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::CompileError;

/// Sees to a folder that is made once. `make` makes one beside it, which takes its place when it is whole. Of two builds
/// that begin together one makes it, and the other waits and finds it there.
pub(super) fn once(
    folder: &Path,
    is_there: impl Fn() -> bool,
    make: impl FnOnce(&Path) -> Result<(), CompileError>,
) -> Result<(), CompileError> {
    if is_there() {
        return Ok(());
    }
    if let Some(tools) = folder.parent() {
        fs::create_dir_all(tools).map_err(io(tools))?;
    }
    let path = beside(folder, ".lock");
    let lock = File::create(&path).map_err(io(&path))?;
    lock.lock().map_err(io(&path))?;
    if is_there() {
        return Ok(());
    }
    let new = beside(folder, ".new");
    // What was cut short.
    remove(&new)?;
    make(&new)?;
    remove(folder)?;
    fs::rename(&new, folder).map_err(io(folder))
}

/// The same name with more at its end. Not an extension: versions have dots.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(end);
    path.with_file_name(name)
}

/// Removes a file or a folder, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), CompileError> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(io(path)(source)),
        _ => Ok(()),
    }
}

/// What the system says about a file.
pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> CompileError + use<> {
    let path = path.to_owned();
    move |source| CompileError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_folder_is_made_once_and_whole() {
        let tools = tempfile::tempdir().expect("a folder");
        let folder = tools.path().join("tool-1.2.3");
        let made = Cell::new(0);
        let make = |fails: bool| {
            once(
                &folder,
                || folder.join("done").exists(),
                |new| {
                    made.set(made.get() + 1);
                    fs::create_dir(new).map_err(io(new))?;
                    if fails {
                        return Err(CompileError::Component("cut short".to_owned()));
                    }
                    fs::write(new.join("done"), "").map_err(io(new))
                },
            )
        };
        make(true).expect_err("it failed");
        assert!(!folder.exists());
        make(false).expect("what was cut short is no hindrance");
        make(false).expect("it is there");
        assert_eq!(made.get(), 2);
        fs::remove_file(folder.join("done")).expect("removed");
        make(false).expect("one that is not whole is made again");
        assert_eq!(made.get(), 3);
    }
}
