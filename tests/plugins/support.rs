//! Plugins in folders of their own, built and tried by the command.

use std::path::{Path, PathBuf};
use std::process::Command;

use aquatint_tests::{binary, builds_rust, copy_folder};
use tempfile::TempDir;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Compilers that are fetched once for all tests, and for their next run.
fn tools() -> PathBuf {
    std::env::var_os("AQUATINT_TEST_TOOLS").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).join("tools"),
        PathBuf::from,
    )
}

/// A language that plugins are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    JavaScript,
    TypeScript,
    Python,
    C,
    Go,
}

impl Language {
    /// What `plugin new` calls it.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::JavaScript => "js",
            Self::TypeScript => "ts",
            Self::Python => "python",
            Self::C => "c",
            Self::Go => "go",
        }
    }

    /// Whether its plugins can be built here. What the others need is fetched.
    pub(crate) fn builds(self) -> bool {
        let (builds, missing) = match self {
            Self::Rust => (builds_rust(), "Rust for WebAssembly"),
            Self::JavaScript | Self::TypeScript => (runs("node"), "Node"),
            Self::Python | Self::C | Self::Go => (true, ""),
        };
        if !builds {
            eprintln!("skipped: there is no {missing} here");
        }
        builds
    }
}

fn runs(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

/// A plugin's folder, beside a data folder.
pub(crate) struct Place {
    folder: TempDir,
    pub(crate) plugin: PathBuf,
}

impl Place {
    /// One where `plugin` is to be.
    pub(crate) fn empty(plugin: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let plugin = folder.path().join(plugin);
        Self { folder, plugin }
    }

    /// One with a copy of a plugin.
    pub(crate) fn copy_of(plugin: &Path) -> Self {
        let name = plugin.file_name().unwrap_or_default().to_string_lossy();
        let place = Self::empty(&name);
        copy_folder(plugin, &place.plugin).expect("copied");
        place
    }

    /// Runs `aquatint plugin …` in a process of its own, and gives what it wrote. It must end well.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new(binary())
            .arg("plugin")
            .args(arguments)
            .arg(&self.plugin)
            .env("AQUATINT_DATA", self.folder.path().join("data"))
            .env("AQUATINT_SDK", root().join("sdk"))
            .env("AQUATINT_TOOLS", tools())
            .output()
            .expect("the command runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}{told}");
        said
    }
}
