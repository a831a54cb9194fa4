//! Running the command, and what it may leave behind.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use aquatint_studio::PictureFile;
use aquatint_studio::png_file;
use aquatint_tests::{binary, checkpoint, copy_folder};
use serde_json::Value;
use tempfile::TempDir;

/// A folder to work in and a data folder, both new. The runtimes are those of `AQUATINT_DATA`.
pub(crate) struct Place {
    root: TempDir,
}

/// How the command ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self::without_runtimes();
        link(&installed(), &place.data().join("runtimes"));
        place
    }

    /// With an empty data folder.
    pub(crate) fn without_runtimes() -> Self {
        let root = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        fs::create_dir(root.path().join("work")).unwrap();
        fs::create_dir(root.path().join("data")).unwrap();
        Self { root }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    /// A path in the folder that the command works in.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("work").join(name)
    }

    /// A copy of a tiny checkpoint, to be damaged.
    pub(crate) fn model(&self) -> PathBuf {
        let folder = self.path("model");
        copy_folder(&checkpoint("sd1"), &folder).unwrap();
        folder
    }

    /// Everything below the working folder, with sizes.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, u64> {
        list(&self.path(""))
    }

    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(binary());
        command
            .args(args)
            .current_dir(self.path(""))
            .env("AQUATINT_DATA", self.data())
            .env_remove("AQUATINT_RUNTIME")
            .env_remove("ORT_DYLIB_PATH");
        command
    }

    pub(crate) fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Ran {
        run(&mut self.command(args))
    }

    /// Draws with more arguments than the usual ones.
    pub(crate) fn draw(&self, model: &Path, args: &[&str]) -> Ran {
        self.run(drawing(model, args))
    }

    /// Draws one picture and reads it.
    pub(crate) fn picture(&self, model: &Path, args: &[&str]) -> PictureFile {
        let ran = self.draw(model, args);
        let files: Vec<_> = ran.good().lines().collect();
        assert_eq!(files.len(), 1, "{}", ran.stdout);
        png_file::read(&self.path(files[0])).unwrap()
    }

    /// That a command is refused as it should be: with this code, one line that says all of this, and no trace.
    pub(crate) fn refused<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        code: i32,
        says: &[&str],
    ) -> Ran {
        self.refuses(&mut self.command(args), code, says)
    }

    /// As [`Self::refused`], for a command with an environment of its own.
    pub(crate) fn refuses(&self, command: &mut Command, code: i32, says: &[&str]) -> Ran {
        let before = self.files();
        let ran = run(command);
        ran.is_error(code, says);
        assert_eq!(self.files(), before, "something was left behind");
        self.data_is_unharmed();
        ran
    }

    /// That the data folder has nothing that does not belong there.
    pub(crate) fn data_is_unharmed(&self) {
        for entry in fs::read_dir(self.data()).unwrap() {
            let entry = entry.unwrap();
            match entry.file_name().to_str().unwrap() {
                "fingerprints.json" => {
                    let text = fs::read(entry.path()).unwrap();
                    serde_json::from_slice::<Value>(&text).unwrap();
                }
                "runtimes" => {
                    for entry in fs::read_dir(entry.path()).unwrap() {
                        let name = entry.unwrap().file_name().into_string().unwrap();
                        assert!(!name.starts_with(".staging"), "{name}");
                    }
                }
                // Those are the user's.
                "models" | "vae" => {}
                other => panic!("{other} in the data folder"),
            }
        }
    }
}

impl Ran {
    /// Standard output of a command that went well.
    #[track_caller]
    pub(crate) fn good(&self) -> &str {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        &self.stdout
    }

    /// The one JSON value on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }

    #[track_caller]
    pub(crate) fn is_error(&self, code: i32, says: &[&str]) {
        let Self { stderr, .. } = self;
        assert_eq!(self.code, Some(code), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(stderr.starts_with("error: "), "{stderr}");
        assert!(
            !stderr.contains("panicked") && !stderr.contains("error: error"),
            "{stderr}"
        );
        for part in says {
            assert!(stderr.contains(part), "no `{part}` in: {stderr}");
        }
    }
}

/// The arguments of a small drawing; what follows them counts.
pub(crate) fn drawing<'a>(model: &'a Path, more: &[&'a str]) -> Vec<&'a OsStr> {
    let mut args: Vec<&OsStr> = vec!["generate".as_ref(), "a red apple".as_ref()];
    args.extend(["--model".as_ref(), model.as_os_str()]);
    for (option, value) in [
        ("--seed", "42"),
        ("--steps", "2"),
        ("--size", "64x64"),
        ("--provider", "cpu"),
        ("-o", "out"),
    ] {
        if !more.iter().any(|arg| arg.split('=').next() == Some(option)) {
            args.extend([OsStr::new(option), value.as_ref()]);
        }
    }
    args.extend(more.iter().copied().map(OsStr::new));
    args
}

pub(crate) fn run(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The folder of the runtimes that tests use.
pub(crate) fn installed() -> PathBuf {
    let data = env::var_os("AQUATINT_DATA")
        .expect("AQUATINT_DATA names no folder with a runtime: run `cargo xtask test`");
    std::path::absolute(data).unwrap().join("runtimes")
}

/// The folder of an installed runtime.
pub(crate) fn runtime(flavor: &str) -> PathBuf {
    let is_it = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(&format!("{flavor}-")))
    };
    fs::read_dir(installed())
        .expect("the folder of runtimes")
        .map(|entry| entry.unwrap().path())
        .find(is_it)
        .unwrap_or_else(|| panic!("{flavor} is not installed: run `cargo xtask test`"))
}

/// Makes a folder appear in another place.
pub(crate) fn link(from: &Path, to: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(from, to).unwrap();
    #[cfg(not(unix))]
    copy_folder(from, to).unwrap();
}

fn list(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        if metadata.is_dir() {
            found.insert(path.clone(), 0);
            found.extend(list(&path));
        } else {
            found.insert(path, metadata.len());
        }
    }
    found
}
