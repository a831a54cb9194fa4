use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::super::CompileError;
use super::TITLE;

/// The targets that do, the better one first: the second brings all of WASI with it.
const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "wasm32-wasip2"];
/// Names a folder with a compiler of its own, as `cargo xtask setup` makes it.
const VARIABLE: &str = "AQUATINT_WASM_RUST";
/// For whom rustup's servers cannot be reached.
const ELSEWHERE: &str = "Without rustup, `cargo xtask wasm-target` in the sources of Aquatint makes a compiler out of \
                         Debian's packages, and AQUATINT_WASM_RUST names its folder";
/// What such a folder is called among the tools.
const PRIVATE: &str = "rustc-web";
/// How long rustup may take for the some 20 MB of a target.
const PATIENCE: Duration = Duration::from_secs(180);

/// A Cargo and a compiler that can make WebAssembly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Toolchain {
    place: Place,
    target: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// What the plugin's folder gets by itself: rustup's choice, or the system's compiler.
    Path,
    /// A folder with `usr/bin/cargo` and `usr/bin/rustc`, as Debian lays them out.
    Private(PathBuf),
}

impl Toolchain {
    /// Finds one: what the machine has, else one of ours, else what rustup can fetch.
    pub(super) fn find(
        root: &Path,
        tools: &Path,
        progress: &dyn Fn(&str),
    ) -> Result<Self, CompileError> {
        if let Some(named) = env::var_os(VARIABLE).filter(|it| !it.is_empty()) {
            let folder = PathBuf::from(named);
            return private(&folder).ok_or_else(|| missing(format!(
                "{VARIABLE} is {}, expected a folder with usr/bin/cargo and usr/bin/rustc that has the target {}",
                folder.display(),
                TARGETS[0]
            )));
        }
        if let Some(found) = on_path(root).or_else(|| private(&tools.join(PRIVATE))) {
            return Ok(found);
        }
        if !answers(Command::new("cargo").arg("--version").current_dir(root)) {
            return Err(missing(
                "install Rust from https://rustup.rs (there is no `cargo` on the PATH)".to_owned(),
            ));
        }
        let target = TARGETS[0];
        if answers(Command::new("rustup").arg("--version").current_dir(root)) {
            progress(&format!("fetching the Rust target {target} with rustup"));
            let said = add_target(root, target);
            if let Some(found) = on_path(root) {
                return Ok(found);
            }
            return Err(missing(format!(
                "`rustup target add {target}` installs it; it was tried and failed: {said}. {ELSEWHERE}"
            )));
        }
        Err(missing(format!(
            "the Rust on the PATH has no target {target}, expected one of rustup (`rustup target add {target}`), or the \
             package of your system with that target. {ELSEWHERE}"
        )))
    }

    /// The target to build for.
    pub(super) fn target(&self) -> &'static str {
        self.target
    }

    /// A command that runs Cargo with this compiler.
    pub(super) fn cargo(&self) -> Command {
        let mut command = match &self.place {
            Place::Path => Command::new("cargo"),
            Place::Private(folder) => {
                let mut command = Command::new(folder.join("usr/bin/cargo"));
                command
                    .env("RUSTC", folder.join("usr/bin/rustc"))
                    .env("LD_LIBRARY_PATH", libraries(folder))
                    .env_remove("RUSTUP_TOOLCHAIN");
                command
            }
        };
        // Those of the Cargo that started this program, if one did.
        for inherited in ["CARGO", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
            command.env_remove(inherited);
        }
        command
    }
}

fn on_path(root: &Path) -> Option<Toolchain> {
    let target = TARGETS.into_iter().find(|target| {
        let mut rustc = Command::new("rustc");
        has_target(rustc.current_dir(root), target)
    })?;
    Some(Toolchain {
        place: Place::Path,
        target,
    })
}

fn private(folder: &Path) -> Option<Toolchain> {
    // A relative path would be looked for in the plugin's folder.
    let folder = std::path::absolute(folder).ok()?;
    let target = TARGETS.into_iter().find(|target| {
        let mut rustc = Command::new(folder.join("usr/bin/rustc"));
        has_target(rustc.env("LD_LIBRARY_PATH", libraries(&folder)), target)
    })?;
    Some(Toolchain {
        place: Place::Private(folder),
        target,
    })
}

/// Whether a compiler has the standard library of a target: rustup's and every system's packages put it there.
fn has_target(rustc: &mut Command, target: &str) -> bool {
    let output = rustc
        .args(["--print", "target-libdir", "--target", target])
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else {
        return false;
    };
    let folder = String::from_utf8_lossy(&output.stdout);
    output.status.success()
        && std::fs::read_dir(folder.trim()).is_ok_and(|entries| {
            entries.flatten().any(|entry| {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                name.starts_with("libcore-") && name.ends_with(".rlib")
            })
        })
}

fn answers(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Has rustup fetch a target. Returns what it said was wrong, in one line.
fn add_target(root: &Path, target: &str) -> String {
    let log = tempfile::tempfile().and_then(|file| Ok((file.try_clone()?, file)));
    let Ok((mut read, write)) = log else {
        return "no temporary file could be made".to_owned();
    };
    let child = Command::new("rustup")
        .args(["target", "add", target])
        .current_dir(root)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        // Into a file: nobody has to read it for rustup to go on.
        .stderr(write)
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return error.to_string(),
    };
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(_)) => break,
            Ok(None) if start.elapsed() < PATIENCE => sleep(Duration::from_millis(50)),
            _ => {
                // It may be gone already, which is as well.
                let _ = child.kill();
                let _ = child.wait();
                return format!("it was not done after {} seconds", PATIENCE.as_secs());
            }
        }
    }
    use std::io::{Read as _, Seek as _};
    let mut said = String::new();
    if read
        .rewind()
        .and_then(|()| read.read_to_string(&mut said))
        .is_err()
    {
        return String::new();
    }
    complaint(&said)
}

/// What went wrong, and why at bottom, out of what rustup wrote: `error: WHAT`, then numbered causes.
fn complaint(said: &str) -> String {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let what = lines().find_map(|line| line.strip_prefix("error: "));
    let last = lines().next_back().unwrap_or_default();
    let cause = last.split_once(": ").filter(|(number, _)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    match (what, cause) {
        (Some(what), Some((_, cause))) => format!("{what} ({cause})"),
        (Some(what), None) => what.to_owned(),
        (None, _) => last.to_owned(),
    }
}

/// The folders with the libraries of a compiler of ours, as `LD_LIBRARY_PATH` has them.
fn libraries(folder: &Path) -> OsString {
    let entries = std::fs::read_dir(folder.join("usr/lib"));
    let own = entries.into_iter().flatten().flatten().filter_map(|entry| {
        let is_it = entry.file_name().to_string_lossy().contains("-linux-gnu");
        is_it.then(|| entry.path())
    });
    let inherited = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = own
        .chain(env::split_paths(&inherited).filter(|it| !it.as_os_str().is_empty()))
        .collect();
    // A folder with a colon in its name cannot be in the list, and then the compiler says that it lacks a library.
    env::join_paths(folders).unwrap_or_default()
}

fn missing(advice: String) -> CompileError {
    CompileError::MissingTool {
        tool: "Rust for WebAssembly".to_owned(),
        language: TITLE,
        advice,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_folder_without_a_compiler_is_no_toolchain() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(private(folder.path()), None);
        assert!(libraries(folder.path()).is_empty() || env::var_os("LD_LIBRARY_PATH").is_some());
        fs::create_dir_all(folder.path().join("usr/lib/x86_64-linux-gnu")).expect("made");
        let list = libraries(folder.path());
        assert!(list.to_string_lossy().contains("x86_64-linux-gnu"));
    }

    #[test]
    fn what_rustup_says_is_told_in_one_line() {
        for (said, expected) in [
            (
                "info: downloading component rust-std\nerror: component download failed for rust-std\n\nCaused by:\n    \
                 0: could not download file\n    1: Connection refused (os error 111)\n",
                "component download failed for rust-std (Connection refused (os error 111))",
            ),
            ("error: no such toolchain\n", "no such toolchain"),
            ("the proxy is asleep\n\n", "the proxy is asleep"),
            ("", ""),
        ] {
            assert_eq!(complaint(said), expected);
        }
    }

    #[test]
    fn what_is_missing_is_said_with_how_to_get_it() {
        let message = missing("do this".to_owned()).to_string();
        assert_eq!(
            message,
            "Rust for WebAssembly is needed to build a plugin in Rust: do this"
        );
    }
}
