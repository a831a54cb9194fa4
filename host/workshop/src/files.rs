//! Files that are there whole or not at all.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::{fs, process};

/// Replaces a file: whoever reads sees the old one or the new one. Its folder is made where it is missing.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A name alone has a folder without a name.
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    // Its name begins with a dot, so that who watches the folder does not take it for a plugin.
    let mut file = tempfile::Builder::new()
        .prefix(&format!(".{}-", process::id()))
        .suffix(".part")
        .permissions_of_new_files()
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The files of a folder become exactly these, by paths with `/`. What is right already is not touched, so that tools
/// which look at times do nothing twice.
pub(crate) fn mirror(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    remove_others(folder, "", files)?;
    for (name, bytes) in files {
        let path = folder.join(name);
        if fs::read(&path).ok().as_deref() != Some(bytes) {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(&path, bytes)?;
        }
    }
    Ok(())
}

fn remove_others(folder: &Path, prefix: &str, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            let inside = format!("{name}/");
            if files.keys().any(|file| file.starts_with(&inside)) {
                remove_others(&path, &inside, files)?;
            } else {
                fs::remove_dir_all(&path)?;
            }
        } else if !files.contains_key(&name) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Temporary files are for their owner's eyes only; what takes their place is for everyone, as new files are.
trait PermissionsOfNewFiles {
    fn permissions_of_new_files(&mut self) -> &mut Self;
}

impl PermissionsOfNewFiles for tempfile::Builder<'_, '_> {
    #[cfg(unix)]
    fn permissions_of_new_files(&mut self) -> &mut Self {
        use std::os::unix::fs::PermissionsExt as _;
        // Less what the process's umask takes away.
        self.permissions(fs::Permissions::from_mode(0o666))
    }

    #[cfg(not(unix))]
    fn permissions_of_new_files(&mut self) -> &mut Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirrored_folder_has_the_files_and_no_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("wit");
        fs::create_dir_all(root.join("deps/old")).expect("made");
        fs::write(root.join("deps/old/x.wit"), "x").expect("written");
        fs::write(root.join("stale.wit"), "x").expect("written");
        let files = BTreeMap::from([
            ("world.wit".to_owned(), b"world".to_vec()),
            ("deps/new/y.wit".to_owned(), b"y".to_vec()),
        ]);
        mirror(&root, &files).expect("mirrored");
        assert!(!root.join("deps/old").exists() && !root.join("stale.wit").exists());
        let time = |name: &str| fs::metadata(root.join(name)).and_then(|it| it.modified());
        assert_eq!(fs::read(root.join("deps/new/y.wit")).expect("there"), b"y");

        let before = time("world.wit").expect("there");
        mirror(&root, &files).expect("mirrored");
        assert_eq!(time("world.wit").expect("there"), before, "left alone");
    }
}
