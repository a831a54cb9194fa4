//! Rust: Cargo makes a core module, which becomes a component in this process.
//!
//! The crate `aquatint-plugin` (`sdk/rust`) has the bindings ready made, and describes in the module what it imports
//! and exports; so nothing here reads the plugin's world, and a plugin imports no more than it calls.

mod component;
mod offered;
mod template;
mod toolchain;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use super::tools::io;
use super::{Compile, CompileError, Language, NewPlugin, TemplateFile};
use crate::Project;
use toolchain::Toolchain;

/// Plugins in Rust.
pub const RUST: Rust = Rust;

/// Rust.
#[derive(Clone, Copy, Debug)]
pub struct Rust;

const TITLE: &str = "Rust";

impl Language for Rust {
    fn id(&self) -> &'static str {
        "rust"
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn template(&self, plugin: &NewPlugin<'_>) -> Vec<TemplateFile> {
        template::files(plugin)
    }

    fn compile(&self, job: &Compile<'_>) -> Result<Vec<u8>, CompileError> {
        check_options(job.project)?;
        let manifest_path = job.project.root.join("Cargo.toml");
        let manifest = read_cargo_toml(&manifest_path)?;
        let toolchain = Toolchain::find(&job.project.root, job.tools, job.progress)?;
        let sdk = absolute(job.sdk)?;
        offered::write(&job.project.root, &sdk)?;
        let built = build(job, &toolchain, &manifest, &sdk)?;
        let bytes = fs::read(&built).map_err(io(&built))?;
        component::of(bytes)
    }
}

/// Runs Cargo. Returns the path of the module.
fn build(
    job: &Compile<'_>,
    toolchain: &Toolchain,
    manifest: &toml::Table,
    sdk: &Path,
) -> Result<PathBuf, CompileError> {
    let root = absolute(&job.project.root)?;
    let target = toolchain.target();
    let mut cargo = toolchain.cargo();
    cargo
        .args(["build", "--release", "--lib", "--target", target])
        .arg("--message-format=json-render-diagnostics")
        .arg("--target-dir")
        .arg(absolute(job.scratch)?.join("rust"))
        .current_dir(&root)
        .env("AQUATINT_PLUGIN_ID", job.project.manifest.id.as_str())
        .env(
            "AQUATINT_PLUGIN_VERSION",
            job.project.manifest.version.to_string(),
        );
    // The same sources give the same component whatever is set where they are built.
    for inherited in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(inherited);
    }
    for setting in settings(&root, sdk, target, manifest) {
        cargo.arg("--config").arg(setting);
    }
    let (messages, errors) = run(cargo, job.progress)?;
    let Some(messages) = messages else {
        return Err(CompileError::Failed {
            tool: "cargo".to_owned(),
            output: errors,
        });
    };
    artifact(&messages, &root).ok_or_else(|| {
        CompileError::Component(format!(
            "{}: cargo built no .wasm, expected [lib] with crate-type = [\"cdylib\"]",
            root.join("Cargo.toml").display()
        ))
    })
}

/// What Cargo is told besides what the plugin says itself.
fn settings(root: &Path, sdk: &Path, target: &str, manifest: &toml::Table) -> Vec<String> {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let mut flags = vec!["-Ctarget-feature=+simd128".to_owned()];
    // Panic messages have file names in them, which are nobody's business.
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let folders = [
        (Some(root.to_owned()), "plugin"),
        (Some(sdk.to_owned()), "aquatint-plugin"),
        (home, "cargo"),
    ];
    for (folder, name) in folders {
        let Some(folder) = folder else {
            continue;
        };
        // Cargo names some files by the way that it was told, and some by where they really are.
        let real = folder.canonicalize().ok().filter(|real| *real != folder);
        for folder in [Some(folder), real].into_iter().flatten() {
            flags.push(format!("--remap-path-prefix={}={name}", folder.display()));
        }
    }
    let flags: Vec<String> = flags.iter().map(|flag| quoted(flag)).collect();
    let mut settings = vec![
        format!(
            "patch.crates-io.aquatint-plugin.path={}",
            quoted(&sdk.to_string_lossy())
        ),
        format!("target.{target}.rustflags=[{}]", flags.join(",")),
    ];
    let has_profile = manifest
        .get("profile")
        .and_then(|profiles| profiles.get("release"))
        .is_some();
    if !has_profile {
        settings.extend(
            [
                "opt-level=3",
                "lto=true",
                "codegen-units=1",
                "panic=\"abort\"",
                "strip=true",
            ]
            .map(|it| format!("profile.release.{it}")),
        );
    }
    settings
}

/// Runs Cargo and passes on what it says to people. Returns its messages, if it succeeded, and what it said.
fn run(
    mut cargo: Command,
    progress: &dyn Fn(&str),
) -> Result<(Option<String>, String), CompileError> {
    use std::io::{BufRead as _, BufReader, Read as _};

    let failed = |source: std::io::Error| CompileError::Failed {
        tool: "cargo".to_owned(),
        output: source.to_string(),
    };
    let mut child = cargo
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    // Both at once: a pipe that nobody reads fills up, and Cargo would wait for ever.
    let reader = std::thread::spawn(move || {
        let mut messages = Vec::new();
        if let Some(mut stdout) = stdout {
            stdout.read_to_end(&mut messages)?;
        }
        Ok::<_, std::io::Error>(messages)
    });
    let mut said = String::new();
    if let Some(stderr) = stderr {
        for line in BufReader::new(stderr).split(b'\n') {
            let line = line.map_err(failed)?;
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end();
            if is_status(line) {
                progress(line.trim_start());
            } else {
                said.push_str(line);
                said.push('\n');
            }
        }
    }
    let status = child.wait().map_err(failed)?;
    let messages = reader
        .join()
        .unwrap_or_else(|_| Ok(Vec::new()))
        .map_err(failed)?;
    if !status.success() {
        return Ok((None, said.trim().to_owned()));
    }
    // Warnings: they are for whoever writes the plugin, also when all went well.
    for line in said.lines().filter(|line| !line.is_empty()) {
        progress(line);
    }
    Ok((Some(String::from_utf8_lossy(&messages).into_owned()), said))
}

/// Whether a line is one of those in which Cargo says what it does: a right-aligned word of 12 columns.
fn is_status(line: &str) -> bool {
    let Some((head, rest)) = line.split_at_checked(12) else {
        return false;
    };
    let word = head.trim_start();
    rest.starts_with(' ')
        && word.len() < 12
        && word.chars().next().is_some_and(char::is_uppercase)
        && word.chars().all(char::is_alphabetic)
}

/// The `.wasm` of the package in `root`, in Cargo's messages.
fn artifact(messages: &str, root: &Path) -> Option<PathBuf> {
    let manifest = root.join("Cargo.toml");
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Json>(line).ok())
        .filter(|message| {
            let path = message["manifest_path"].as_str().map(Path::new);
            message["reason"] == "compiler-artifact"
                && path.is_some_and(|path| same_file(path, &manifest))
        })
        .filter_map(|message| {
            let files = message["filenames"].as_array()?;
            let mut files = files.iter().filter_map(Json::as_str);
            files
                .find(|file| file.ends_with(".wasm"))
                .map(PathBuf::from)
        })
        .next_back()
}

fn same_file(one: &Path, other: &Path) -> bool {
    one == other
        || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn check_options(project: &Project) -> Result<(), CompileError> {
    match project.build.options.keys().next() {
        None => Ok(()),
        Some(key) => Err(CompileError::Component(format!(
            "{}: build.{key} is unknown, expected only language: the rest is in Cargo.toml",
            project.root.join(crate::project::MANIFEST).display()
        ))),
    }
}

fn read_cargo_toml(path: &Path) -> Result<toml::Table, CompileError> {
    let text = fs::read_to_string(path).map_err(io(path))?;
    text.parse().map_err(|error: toml::de::Error| {
        CompileError::Component(format!("{}: {}", path.display(), error.message()))
    })
}

fn absolute(path: &Path) -> Result<PathBuf, CompileError> {
    std::path::absolute(path).map_err(io(path))
}

#[cfg(test)]
mod tests;
