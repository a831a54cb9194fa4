//! What identifies a model: a BLAKE3 over each part's config and weights.
//!
//! Hashing gigabytes takes seconds, so the hash of a file is remembered by its path, size and time of change.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Checkpoint, CheckpointError, ExternalVae, TinyVae, Weights};

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
    /// SHA-256, where somebody asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
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

    /// The fingerprint of a VAE in the place of a checkpoint's own, wherever its files lie. What its files do not say, and
    /// the checkpoint's own VAE does, is in it.
    pub fn of_vae(&mut self, vae: &ExternalVae) -> Result<PartFingerprint, CheckpointError> {
        let mut hash = self.part(&vae.part.folder, &vae.part.weights)?;
        let config = &vae.part.config;
        for size in [config.norm_num_groups, config.sample_size] {
            hash.update(&(size as u64).to_le_bytes());
        }
        for number in [config.scaling_factor, config.shift_factor] {
            hash.update(&number.to_le_bytes());
        }
        hash.update(&[config.force_upcast.into()]);
        self.save();
        Ok(finished(vae.part.name, &hash))
    }

    /// The SHA-256 of weights that are one file, in hexadecimal: other programs know a file by it. `None` for several.
    pub fn sha256_of(&mut self, weights: &Weights) -> Result<Option<String>, CheckpointError> {
        let mut files = weights.real_files();
        let (Some(path), None) = (files.next(), files.next()) else {
            return Ok(None);
        };
        if let Some(sha256) = &self.entry(path)?.sha256 {
            return Ok(Some(sha256.clone()));
        }
        let sha256 = sha256_of_file(path).map_err(CheckpointError::io(path))?;
        self.entry(path)?.sha256 = Some(sha256.clone());
        self.changed = true;
        self.save();
        Ok(Some(sha256))
    }

    /// The SHA-256 of a VAE's weights, whether they are of use or not, where they are one file.
    pub fn sha256_of_vae(&mut self, path: &Path) -> Result<Option<String>, CheckpointError> {
        let weights = match path.is_dir() {
            true if path.join("model_index.json").is_file() => Weights::open(&path.join("vae"))?,
            true => Weights::open(path)?,
            false => Weights::open_file(path)?,
        };
        self.sha256_of(&weights)
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
        Ok(self.entry(path)?.hash.clone())
    }

    /// What is known of a file as it is now.
    fn entry(&mut self, path: &Path) -> Result<&mut Entry, CheckpointError> {
        let metadata = path.metadata().map_err(CheckpointError::io(path))?;
        let modified = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let modified_ns = modified.map_or(0, |time| time.as_nanos() as u64);
        let size = metadata.len();
        let is_same = |known: &Entry| known.size == size && known.modified_ns == modified_ns;
        let entry = || {
            Ok(Entry {
                size,
                modified_ns,
                hash: hash_file(path).map_err(CheckpointError::io(path))?,
                sha256: None,
            })
        };
        Ok(
            match self.known.entry(path.to_string_lossy().into_owned()) {
                Slot::Occupied(mut slot) => {
                    if !is_same(slot.get()) {
                        slot.insert(entry()?);
                        self.changed = true;
                    }
                    slot.into_mut()
                }
                Slot::Vacant(slot) => {
                    self.changed = true;
                    slot.insert(entry()?)
                }
            },
        )
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

fn sha256_of_file(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 1 << 20];
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            read => hash.update(&chunk[..read]),
        }
    }
    let hash = hash.finalize();
    Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
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
