//! A release archive: the command, the starter model, the first-party plugins and what runs it as a service.

use std::env::consts::{ARCH, EXE_SUFFIX, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::setup::target_folder;
use crate::shell::{self, cargo, root};

/// What lies beside the command as it lies in the repository.
const FILES: [&str; 4] = [
    "README.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "dist/aquatint.service",
];
/// What of the starter is needed to draw.
const NOT_OF_MODEL: [&str; 1] = ["recipe"];

/// Builds everything and packs it into `target/dist`.
pub(crate) fn run(without_plugins: bool, built: Option<PathBuf>) -> Result<()> {
    let target = target_folder()?;
    let binary = format!("aquatint{EXE_SUFFIX}");
    let built = match built {
        Some(built) => std::path::absolute(built)?,
        None => {
            if root().join("host/ui/package.json").exists() {
                page()?;
            }
            shell::run(&mut cargo(&[
                "build",
                "--profile",
                "shipped",
                "-p",
                "aquatint",
            ]))?;
            target.join("shipped").join(&binary)
        }
    };
    let name = format!("aquatint-{}-{OS}-{ARCH}", env!("CARGO_PKG_VERSION"));
    let dist = target.join("dist");
    let folder = dist.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("plugins"))?;
    copy(&built, &folder.join(&binary))?;
    for file in FILES {
        let from = root().join(file);
        let to = folder.join(from.file_name().unwrap_or_default());
        copy(&from, &to)?;
    }
    // Beside the command is where it looks for models.
    let model = folder.join("models").join("starter");
    copy_folder(&root().join("models/starter"), &model, &NOT_OF_MODEL)?;
    if !without_plugins {
        plugins(&built, &folder.join("plugins"))?;
    }
    let archive = dist.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.arg("-C")
        .arg(&dist)
        .arg("-czf")
        .arg(&archive)
        .arg(&name);
    shell::run(&mut tar)?;
    println!("{}", archive.display());
    Ok(())
}

/// The page, which is embedded in the command.
fn page() -> Result<()> {
    for words in [&["ci"][..], &["run", "build"]] {
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.args(words).current_dir(root().join("host/ui"));
        shell::run(&mut npm)?;
    }
    Ok(())
}

/// Every plugin of the repository, built by the command itself.
fn plugins(aquatint: &Path, to: &Path) -> Result<()> {
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("plugins"))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("plugin.toml").is_file())
        .collect();
    folders.sort();
    for folder in folders {
        let mut build = Command::new(aquatint);
        build
            .args(["plugin", "build"])
            .arg(&folder)
            .env("AQUATINT_SDK", root().join("sdk"));
        shell::run(&mut build)?;
        let built = fs::read_dir(folder.join("target"))?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|end| end == "wasm"));
        let Some(component) = built else {
            bail!("{} has no component in its target folder", folder.display());
        };
        copy(
            &component,
            &to.join(component.file_name().unwrap_or_default()),
        )?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

fn copy_folder(from: &Path, to: &Path, without: &[&str]) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        if without.iter().any(|other| name == *other) {
            continue;
        }
        let (from, to) = (entry.path(), to.join(&name));
        if from.is_dir() {
            copy_folder(&from, &to, without)?;
        } else {
            copy(&from, &to)?;
        }
    }
    Ok(())
}
