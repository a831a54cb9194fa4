//! Compiled components on disk. What is read from here is run as machine code, so the folder is the user's alone, a
//! file is written once under a name that says what it is, and never changed
//! (<https://github.com/bytecodealliance/wasmtime/issues/10283> is what happens otherwise).

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use wasmtime::component::Component;

use crate::digest::Digest;

/// Before the artifact: this, and the SHA-256 of what follows.
const MAGIC: &[u8; 8] = b"aquacw01";
const HEAD: usize = 8 + 32;
/// When the folder holds more, what was not used for longest goes.
const MOST: u64 = 4 << 30;

pub(super) struct Cache {
    folder: PathBuf,
    /// What the engine was set up like: another version or setting compiles otherwise.
    engine: u64,
}

impl Cache {
    pub(super) fn new(folder: PathBuf, engine: &wasmtime::Engine) -> Self {
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Self {
            folder,
            engine: hasher.finish(),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let name = format!("{}-{:016x}.cwasm", digest.hex(), self.engine);
        self.folder.join(name)
    }

    /// `None` if it is not there, or is not what this host wrote: then it is compiled again.
    pub(super) fn get(&self, engine: &wasmtime::Engine, digest: &Digest) -> Option<Component> {
        let path = self.path(digest);
        if !is_ours_alone(&path) {
            return None;
        }
        let bytes = fs::read(&path).ok()?;
        let (head, artifact) = bytes.split_at_checked(HEAD)?;
        let sum: [u8; 32] = Sha256::digest(artifact).into();
        if head[..8] != MAGIC[..] || head[8..] != sum {
            tracing::warn!(path = %path.display(), "a compiled plugin is damaged and is compiled again");
            fs::remove_file(&path).ok();
            return None;
        }
        // So that what is used stays when others go.
        if let Ok(file) = fs::File::open(&path) {
            file.set_modified(std::time::SystemTime::now()).ok();
        }
        load(engine, artifact).ok()
    }

    pub(super) fn put(&self, digest: &Digest, artifact: &[u8]) -> io::Result<()> {
        make_private_folder(&self.folder)?;
        // A temporary file is 0600, and in the same folder, so that putting it in place is one step.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(MAGIC)?;
        file.write_all(&Sha256::digest(artifact))?;
        file.write_all(artifact)?;
        file.persist(self.path(digest))
            .map_err(|error| error.error)?;
        self.prune()
    }

    fn prune(&self) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|it| it == "cwasm") {
                let metadata = entry.metadata()?;
                files.push((metadata.modified()?, metadata.len(), entry.path()));
            }
        }
        files.sort_by_key(|file| std::cmp::Reverse(file.0));
        let mut total = 0;
        for (_, size, path) in files {
            total += size;
            if total > MOST {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// Makes an artifact runnable.
#[allow(
    unsafe_code,
    reason = "machine code cannot be checked, only trusted: see SAFETY"
)]
pub(super) fn load(engine: &wasmtime::Engine, artifact: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `deserialize` runs whatever it is given, so the bytes must come from this engine's own compiler,
    // unchanged. They do: they come either straight from `precompile_component` (in this process, or through a pipe
    // from a child that is this same program), or from a file that `put` wrote with that, in a folder and under a mode
    // that let nobody else write (`is_ours_alone`), and whose SHA-256 was just checked. Plugins have no files at all.
    // The engine itself checks version and settings.
    unsafe { Component::deserialize(engine, artifact) }
}

#[cfg(unix)]
fn is_ours_alone(path: &Path) -> bool {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let Ok(file) = fs::symlink_metadata(path) else {
        return false;
    };
    let Some(folder) = path.parent().and_then(|folder| fs::metadata(folder).ok()) else {
        return false;
    };
    // Whoever may write the file or its folder could have put anything there. A file made by another user shows by
    // its owner, which is the folder's.
    file.is_file()
        && file.permissions().mode() & 0o077 == 0
        && folder.permissions().mode() & 0o022 == 0
        && file.uid() == folder.uid()
}

#[cfg(not(unix))]
fn is_ours_alone(path: &Path) -> bool {
    // The per-user data folder is the user's alone by inheritance.
    fs::symlink_metadata(path).is_ok_and(|file| file.is_file())
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// FNV-1a: the same number in every process, which the standard library's hasher does not promise.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, Options};

    fn engine(folder: &Path) -> Engine {
        Engine::new(Options {
            cache: Some(folder.to_owned()),
            ..Options::default()
        })
        .expect("an engine")
    }

    #[test]
    fn a_component_is_compiled_once_and_damage_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("components");
        let bytes = wat::parse_str("(component)").expect("WAT");
        let digest = Digest::of(&bytes);
        let first = engine(&root).compile(&bytes, &digest).expect("compiled");
        assert!(!first.from_cache);
        let again = engine(&root);
        assert!(again.compile(&bytes, &digest).expect("kept").from_cache);

        let path = fs::read_dir(&root)
            .expect("the folder")
            .next()
            .expect("a file")
            .expect("readable")
            .path();
        let mut damaged = fs::read(&path).expect("the file");
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        fs::write(&path, &damaged).expect("written");
        assert!(!again.compile(&bytes, &digest).expect("anew").from_cache);
        assert!(again.compile(&bytes, &digest).expect("kept").from_cache);
        for cut in [0, 7, HEAD, HEAD + 10] {
            fs::write(&path, &damaged[..cut]).expect("written");
            assert!(!again.compile(&bytes, &digest).expect("anew").from_cache);
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_others_could_have_written_is_not_run() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("components");
        let engine = engine(&root);
        let bytes = wat::parse_str("(component)").expect("WAT");
        let digest = Digest::of(&bytes);
        engine.compile(&bytes, &digest).expect("compiled");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        let path = fs::read_dir(&root)
            .expect("the folder")
            .next()
            .expect("a file")
            .expect("readable")
            .path();
        assert_eq!((mode(&root), mode(&path)), (0o700, 0o600));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("changed");
        assert!(!engine.compile(&bytes, &digest).expect("anew").from_cache);
        assert_eq!(mode(&path), 0o600, "and it was replaced");
        fs::set_permissions(&root, fs::Permissions::from_mode(0o777)).expect("changed");
        assert!(!engine.compile(&bytes, &digest).expect("anew").from_cache);
    }
}
