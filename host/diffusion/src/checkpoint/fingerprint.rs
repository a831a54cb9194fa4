//! What identifies a model: a BLAKE3 over each part's config and weights.
//!
//! Hashing gigabytes takes seconds, so the hash of a file is remembered by its path, size and time of change.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::{Checkpoint, CheckpointError, TinyVae, Weights};

/// The fingerprint of one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartFingerprint {
    /// The part, such as `unet`.
    pub name: String,
    /// BLAKE3, in hexadecimal.
    pub fingerprint: String,
}

/// Remembers the hashes of files.
#[derive(Debug, Default)]
pub struct Fingerprints {
    store: Option<PathBuf>,
    known: BTreeMap<String, Entry>,
    changed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    size: u64,
    modified_ns: u64,
    hash: String,
}

impl Fingerprints {
    /// Remembers in the file given; one that is not there or not readable is an empty memory.
    pub fn open(store: &Path) -> Self {
        let known = std::fs::read(store)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self {
            store: Some(store.to_owned()),
            known,
            changed: false,
        }
    }

    /// The fingerprint of each part of a checkpoint.
    pub fn of(&mut self, checkpoint: &Checkpoint) -> Result<Vec<PartFingerprint>, CheckpointError> {
        let mut parts = Vec::new();
        for text in &checkpoint.text {
            let part = &text.encoder;
            let mut hash = self.part(&part.folder, &part.weights)?;
            for name in [
                "vocab.json",
                "merges.txt",
                "tokenizer.json",
                "tokenizer_config.json",
                "special_tokens_map.json",
            ] {
                hash_if_there(&mut hash, &text.tokenizer.join(name))?;
            }
            parts.push(finished(part.name, &hash));
        }
        let unet = &checkpoint.unet;
        parts.push(finished(
            unet.name,
            &self.part(&unet.folder, &unet.weights)?,
        ));
        let vae = &checkpoint.vae;
        parts.push(finished(vae.name, &self.part(&vae.folder, &vae.weights)?));
        let mut hash = blake3::Hasher::new();
        hash_if_there(
            &mut hash,
            &checkpoint.path.join("scheduler/scheduler_config.json"),
        )?;
        hash_if_there(&mut hash, &checkpoint.path.join("model_index.json"))?;
        parts.push(finished("scheduler", &hash));
        self.save();
        Ok(parts)
    }

    /// The fingerprint of a tiny VAE, wherever its files lie.
    pub fn of_tiny(&mut self, tiny: &TinyVae) -> Result<PartFingerprint, CheckpointError> {
        let hash = self.part(&tiny.path, &tiny.weights)?;
        self.save();
        Ok(finished("tiny_vae", &hash))
    }

    /// One fingerprint for all parts together.
    pub fn whole(parts: &[PartFingerprint]) -> String {
        let mut hash = blake3::Hasher::new();
        for part in parts {
            hash.update(part.name.as_bytes());
            hash.update(b"\0");
            hash.update(part.fingerprint.as_bytes());
        }
        hash.finalize().to_hex().to_string()
    }

    fn part(
        &mut self,
        folder: &Path,
        weights: &Weights,
    ) -> Result<blake3::Hasher, CheckpointError> {
        let mut hash = blake3::Hasher::new();
        hash_if_there(&mut hash, &folder.join("config.json"))?;
        for path in weights.real_files() {
            hash.update(self.file(path)?.as_bytes());
        }
        Ok(hash)
    }

    fn file(&mut self, path: &Path) -> Result<String, CheckpointError> {
        let metadata = path.metadata().map_err(CheckpointError::io(path))?;
        let modified = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let modified_ns = modified.map_or(0, |time| time.as_nanos() as u64);
        let key = path.to_string_lossy().into_owned();
        let size = metadata.len();
        match self.known.get(&key) {
            Some(known) if known.size == size && known.modified_ns == modified_ns => {
                Ok(known.hash.clone())
            }
            _ => {
                let hash = hash_file(path).map_err(CheckpointError::io(path))?;
                let entry = Entry {
                    size,
                    modified_ns,
                    hash: hash.clone(),
                };
                self.known.insert(key, entry);
                self.changed = true;
                Ok(hash)
            }
        }
    }

    /// Losing the memory costs a second of hashing, so a folder that cannot be written to is no error.
    fn save(&mut self) {
        let Some(store) = self.store.as_ref().filter(|_| self.changed) else {
            return;
        };
        let write = || -> std::io::Result<()> {
            let folder = store.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            serde_json::to_writer(&mut file, &self.known)?;
            file.persist(store)?;
            Ok(())
        };
        if let Err(error) = write() {
            tracing::debug!(%error, "fingerprints not saved");
        }
        self.changed = false;
    }
}

/// Reads the file rather than mapping it: mapped pages would count as this process's memory until the end.
fn hash_file(path: &Path) -> std::io::Result<String> {
    const CHUNK: u64 = 16 << 20;
    let mut file = File::open(path)?;
    let mut hash = blake3::Hasher::new();
    let mut chunk = Vec::new();
    loop {
        chunk.clear();
        if file.by_ref().take(CHUNK).read_to_end(&mut chunk)? == 0 {
            return Ok(hash.finalize().to_hex().to_string());
        }
        hash.update_rayon(&chunk);
    }
}

fn hash_if_there(hash: &mut blake3::Hasher, path: &Path) -> Result<(), CheckpointError> {
    match std::fs::read(path) {
        Ok(bytes) => {
            hash.update(&(bytes.len() as u64).to_le_bytes());
            hash.update(&bytes);
            Ok(())
        }
        // One file alone has nothing beside it.
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(())
        }
        Err(error) => Err(CheckpointError::io(path)(error)),
    }
}

fn finished(name: &str, hash: &blake3::Hasher) -> PartFingerprint {
    PartFingerprint {
        name: name.to_owned(),
        fingerprint: hash.finalize().to_hex().to_string(),
    }
}
