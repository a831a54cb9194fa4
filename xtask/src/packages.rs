//! Programs of others that the tests use, from PyPI: readers of our pictures, and clients of our server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::PYTHON;
use crate::shell;

/// What reads our pictures. One version: what it finds is what the tests expect. It brings Pillow, which reads the files.
pub(crate) const READERS: Packages = Packages {
    folder: "sd-parsers-0.6",
    packages: &["sd-parsers==0.6"],
};

/// What calls our server: clients of A1111 and of OpenAI.
pub(crate) const CLIENTS: Packages = Packages {
    folder: "clients-webuiapi-0.9.17-openai-3.57.0",
    packages: &["webuiapi==0.9.17", "openai==3.57.0", "aiohttp==3.14.5"],
};

/// What asks our server everything that its description allows, and more.
pub(crate) const SCHEMATHESIS: Packages = Packages {
    folder: "schemathesis-4.32.5",
    packages: &["schemathesis==4.32.5"],
};

/// Packages in a folder of ours.
pub(crate) struct Packages {
    folder: &'static str,
    packages: &'static [&'static str],
}

impl Packages {
    /// Puts them into a folder of ours and says which. What is there already is kept.
    pub(crate) fn ensure(&self, target_folder: &Path) -> Result<PathBuf> {
        let tools = target_folder.join("tools");
        let folder = tools.join(self.folder);
        if folder.is_dir() {
            return Ok(folder);
        }
        // Beside it first, so that half an installation is never taken for one.
        let new = tools.join(format!("{}.new", self.folder));
        if new.exists() {
            fs::remove_dir_all(&new)?;
        }
        let mut install = Command::new(PYTHON);
        install
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(["--only-binary", ":all:", "--no-compile", "--target"])
            .arg(&new)
            .args(self.packages);
        shell::run(&mut install)?;
        fs::rename(&new, &folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }
}
