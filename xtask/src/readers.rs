//! The program of others that the tests let read our pictures: sd-parsers, from PyPI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::PYTHON;
use crate::shell;

/// One version: what it finds is what the tests expect. It brings Pillow, which reads the files.
const PACKAGE: &str = "sd-parsers==0.6";

/// Puts sd-parsers into a folder of ours and says which. What is there already is kept.
pub(crate) fn ensure(target_folder: &Path) -> Result<PathBuf> {
    let tools = target_folder.join("tools");
    let folder = tools.join(PACKAGE.replace("==", "-"));
    if folder.is_dir() {
        return Ok(folder);
    }
    // Beside it first, so that half an installation is never taken for one.
    let new = tools.join("sd-parsers.new");
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
        .arg(PACKAGE);
    shell::run(&mut install)?;
    fs::rename(&new, &folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}
