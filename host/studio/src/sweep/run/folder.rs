//! The folder of a sweep.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use aquatint_sandbox::document::{Readers, replace};
use serde::{Deserialize, Serialize};

use super::RunError;
use crate::sweep::{Sweep, SweepSpec};

const HEADER: &str = "sweep.json";
const MANIFEST: &str = "manifest.jsonl";
const LOCK: &str = ".lock";
const CELLS: &str = "cells";
/// Raised when the files mean something else.
const VERSION: u32 = 1;

/// What is swept in a folder: `sweep.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The number of this layout.
    pub sweep: u32,
    /// What names the sweep.
    pub digest: String,
    /// The seeds that were drawn for it.
    pub seeds: Vec<u64>,
    /// How many cells it has.
    pub cells: usize,
    /// What its axes are called.
    pub axes: Vec<String>,
    /// As it was written.
    pub spec: SweepSpec,
    /// The version of the program that began it.
    pub app_version: String,
}

impl Header {
    pub(super) fn of(sweep: &Sweep, spec: &SweepSpec) -> Self {
        Self {
            sweep: VERSION,
            digest: sweep.digest().to_hex().to_string(),
            seeds: sweep.seeds().to_vec(),
            cells: sweep.len(),
            axes: sweep.axes().iter().map(|axis| axis.name.clone()).collect(),
            spec: spec.clone(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// The folder of a sweep, held by one process at a time.
#[derive(Debug)]
pub struct SweepFolder {
    path: PathBuf,
    /// What is in it already.
    header: Option<Header>,
    _lock: File,
}

impl SweepFolder {
    /// What is swept in a folder, if anything is.
    ///
    /// # Errors
    /// It cannot be read, or is not as it was written.
    pub fn read(path: &Path) -> Result<Option<Header>, RunError> {
        let file = path.join(HEADER);
        let mut text = String::new();
        match File::open(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => {
                let mut opened = opened.map_err(RunError::io("read", &file))?;
                opened
                    .read_to_string(&mut text)
                    .map_err(RunError::io("read", &file))?;
            }
        }
        let damaged = |reason: String| RunError::Damaged {
            path: file.clone(),
            reason,
        };
        let header: Header =
            serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if header.sweep != VERSION {
            return Err(damaged(format!(
                "has the number {}, and this version reads {VERSION}",
                header.sweep
            )));
        }
        Ok(Some(header))
    }

    /// Takes a folder, which is made where it is missing. `resume` says whether there is to be a sweep in it.
    ///
    /// # Errors
    /// It cannot be written, another process holds it, or there is a sweep in it and should be none, or the other way
    /// round.
    pub fn take(path: &Path, resume: bool) -> Result<Self, RunError> {
        if resume && !path.join(HEADER).exists() {
            return Err(RunError::Nothing {
                path: path.to_owned(),
            });
        }
        let cells = path.join(CELLS);
        fs::create_dir_all(&cells).map_err(RunError::io("write", &cells))?;
        let file = path.join(LOCK);
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&file)
            .map_err(RunError::io("write", &file))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(RunError::Busy {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(RunError::io("write", &file)(error)),
        }
        let header = Self::read(path)?;
        if !resume && (header.is_some() || path.join(MANIFEST).exists()) {
            return Err(RunError::NotEmpty {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            header,
            _lock: lock,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was swept in it before.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// Writes down what is swept, or holds it against what was swept before.
    pub(super) fn begin(&self, header: &Header) -> Result<(), RunError> {
        if let Some(before) = &self.header {
            if before.digest == header.digest && before.cells == header.cells {
                return Ok(());
            }
            return Err(RunError::Another {
                path: self.path.clone(),
                found: before.cells,
                axes: before.axes.join(", "),
            });
        }
        let file = self.path.join(HEADER);
        let io = || RunError::io("write", &file);
        let bytes = serde_json::to_vec_pretty(header).map_err(|error| io()(error.into()))?;
        replace(&file, &bytes, Readers::Everyone).map_err(io())
    }

    pub(super) fn manifest(&self) -> PathBuf {
        self.path.join(MANIFEST)
    }

    /// The picture of a cell, counted from 0, as the manifest names it.
    pub(super) fn cell(index: usize) -> String {
        format!("{CELLS}/{:06}.png", index + 1)
    }

    /// A file that the manifest names. Only what is named as [`SweepFolder::cell`] does is looked at.
    pub(super) fn file(&self, name: &str) -> Option<PathBuf> {
        let own = name.strip_prefix(CELLS)?.strip_prefix('/')?;
        let is_plain = own
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
        (is_plain && !own.starts_with('.')).then(|| self.path.join(CELLS).join(own))
    }
}
