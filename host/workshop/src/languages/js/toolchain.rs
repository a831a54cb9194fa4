//! What is fetched from npm, once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aquatint_sandbox::digest::Digest;

use super::super::tools::once;
use super::{CompileError, io};

/// The oldest Node that ComponentizeJS runs in.
const NODE: u64 = 20;

/// Windows has npm as a script, which is found by its whole name only.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// The files that say, to the byte, what is fetched.
const FILES: [&str; 2] = ["package.json", "package-lock.json"];

/// Sees to it that Node is there and new enough.
pub(super) fn check_node(language: &'static str) -> Result<(), CompileError> {
    let output = Command::new("node")
        .arg("--version")
        .output()
        .map_err(|error| no_node(language, &error.to_string()))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match major(&said) {
        Some(major) if major >= NODE => Ok(()),
        Some(_) => Err(no_node(language, &format!("the one on PATH is {said}"))),
        None => Err(no_node(
            language,
            "the one on PATH does not tell its version",
        )),
    }
}

pub(super) fn no_node(language: &'static str, reason: &str) -> CompileError {
    CompileError::MissingTool {
        tool: format!("Node {NODE} or newer"),
        language,
        advice: format!(
            "{reason}; install it from https://nodejs.org or with your system's package manager"
        ),
    }
}

/// `v20.20.2` is 20.
fn major(version: &str) -> Option<u64> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The folder with the toolchain's `node_modules`: `TOOLS/js-COMPONENTIZE-HASH`, fetched if it is not there. `source` is
/// the folder with its `package.json` and lock file.
pub(super) fn folder(
    language: &'static str,
    source: &Path,
    tools: &Path,
    progress: &dyn Fn(&str),
) -> Result<PathBuf, CompileError> {
    let mut files = Vec::new();
    for name in FILES {
        let path = source.join(name);
        files.push((name, fs::read(&path).map_err(io(&path))?));
    }
    let name = name(&files)?;
    let folder = tools.join(&name);
    once(
        &folder,
        || folder.is_dir(),
        |new| {
            progress(&format!(
                "fetching {name} from npm, once (about 350 MB on disk)"
            ));
            fs::create_dir_all(new).map_err(io(new))?;
            for (name, bytes) in &files {
                let path = new.join(name);
                fs::write(&path, bytes).map_err(io(&path))?;
            }
            fetch(language, &name, new)
        },
    )?;
    Ok(folder)
}

/// Fetches exactly what the lock file says, hashes checked. No package runs anything of its own.
fn fetch(language: &'static str, name: &str, folder: &Path) -> Result<(), CompileError> {
    let missing = |advice: String| CompileError::MissingTool {
        tool: name.to_owned(),
        language,
        advice,
    };
    let output = Command::new(NPM)
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .current_dir(folder)
        .output()
        .map_err(|error| {
            missing(format!(
                "npm, which comes with Node, does not start: {error}"
            ))
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(missing(format!("npm could not fetch it:\n{}", said.trim())))
}

/// `js-0.23.0-1a2b3c4d5e6f`: what people know it by, and what it is.
fn name(files: &[(&str, Vec<u8>)]) -> Result<String, CompileError> {
    let wrong = || {
        CompileError::Component(
            "the SDK's toolchain/package.json names no version of componentize-js".to_owned(),
        )
    };
    let (_, package) = files.first().ok_or_else(wrong)?;
    let package: serde_json::Value = serde_json::from_slice(package).map_err(|_| wrong())?;
    let version = package["dependencies"]["@bytecodealliance/componentize-js"]
        .as_str()
        .ok_or_else(wrong)?;
    let all: Vec<u8> = files.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let hash = Digest::of(&all).hex();
    Ok(format!("js-{version}-{}", &hash[..12]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toolchain() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sdk/js/toolchain")
    }

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v8.0.0"), Some(8));
        assert_eq!(major("20.1.0"), None);
        assert_eq!(major("Python 3.11"), None);
        assert_eq!(major(""), None);
    }

    #[test]
    fn what_is_pinned_is_locked() {
        let read = |name: &str| -> serde_json::Value {
            let bytes = fs::read(toolchain().join(name)).expect("there");
            serde_json::from_slice(&bytes).expect("JSON")
        };
        let (package, lock) = (read("package.json"), read("package-lock.json"));
        let pins = package["dependencies"].as_object().expect("pins");
        for (name, version) in pins {
            let locked = &lock["packages"][format!("node_modules/{name}")];
            assert_eq!(locked["version"], *version, "{name}");
        }
        for (name, locked) in lock["packages"].as_object().expect("packages") {
            let is_hashed = locked["integrity"]
                .as_str()
                .is_some_and(|hash| hash.starts_with("sha512-"));
            assert!(name.is_empty() || is_hashed, "{name}");
        }
    }

    #[test]
    fn what_is_there_is_not_fetched_again() {
        let tools = tempfile::tempdir().expect("a folder");
        let files = FILES.map(|name| (name, fs::read(toolchain().join(name)).expect("there")));
        let there = tools.path().join(name(&files).expect("a name"));
        fs::create_dir(&there).expect("made");
        let said = std::cell::RefCell::new(Vec::new());
        let progress = |line: &str| said.borrow_mut().push(line.to_owned());
        let found = folder("JavaScript", &toolchain(), tools.path(), &progress).expect("there");
        assert_eq!(found, there);
        assert!(said.into_inner().is_empty());
    }

    #[test]
    fn another_lock_file_is_another_folder() {
        let package = br#"{"dependencies":{"@bytecodealliance/componentize-js":"1.2.3"}}"#;
        let with = |lock: &[u8]| {
            name(&[
                ("package.json", package.to_vec()),
                ("package-lock.json", lock.to_vec()),
            ])
        };
        let (one, two) = (with(b"1").expect("a name"), with(b"2").expect("a name"));
        assert!(
            one.starts_with("js-1.2.3-") && two.starts_with("js-1.2.3-"),
            "{one}"
        );
        assert_ne!(one, two);
        assert!(name(&[("package.json", b"{}".to_vec())]).is_err());
    }
}
