//! A clang for WebAssembly with a libc.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::wheel::{self, Wheel};
use super::{CompileError, TITLE};

const ZIG: Wheel = Wheel {
    package: "ziglang",
    version: "0.17.1",
    language: TITLE,
    advice: "install zig, or wasi-sdk and set WASI_SDK_PATH to its folder",
};
const WASI_SDK: &str = "WASI_SDK_PATH";

/// What compiles.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Compiler {
    /// wasi-sdk's clang.
    Clang(PathBuf),
    /// zig.
    Zig(PathBuf),
}

impl Compiler {
    /// wasi-sdk if the user names one, else zig on the PATH, else zig from PyPI.
    pub(super) fn find(tools: &Path, progress: &dyn Fn(&str)) -> Result<Self, CompileError> {
        if let Some(folder) = std::env::var_os(WASI_SDK).filter(|it| !it.is_empty()) {
            return Self::in_wasi_sdk(Path::new(&folder));
        }
        if wheel::runs("zig", &["version"]) {
            return Ok(Self::Zig("zig".into()));
        }
        let folder = ZIG.folder(tools, progress)?.join("ziglang");
        Ok(Self::Zig(program(&folder, "zig")))
    }

    fn in_wasi_sdk(folder: &Path) -> Result<Self, CompileError> {
        let clang = program(&folder.join("bin"), "clang");
        if clang.is_file() {
            return Ok(Self::Clang(clang));
        }
        Err(CompileError::MissingTool {
            tool: "wasi-sdk".to_owned(),
            language: TITLE,
            advice: format!(
                "{WASI_SDK} is {}, expected a folder with {}",
                folder.display(),
                Path::new("bin").join("clang").display()
            ),
        })
    }

    /// For messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Clang(_) => "clang",
            Self::Zig(_) => "zig cc",
        }
    }

    /// Compiles and links for `wasm32-wasi`.
    pub(super) fn command(&self, tools: &Path, scratch: &Path) -> Command {
        let mut command = match self {
            Self::Clang(clang) => {
                let mut command = Command::new(clang);
                // What overflows the stack then traps instead of writing over data, as it does with zig.
                command.args(["--target=wasm32-wasip1", "-Wl,--stack-first"]);
                command
            }
            Self::Zig(zig) => {
                let mut command = Command::new(zig);
                command
                    .args(["cc", "--target=wasm32-wasi"])
                    // The libc is built once, for all plugins.
                    .env("ZIG_GLOBAL_CACHE_DIR", tools.join("zig-cache"))
                    .env("ZIG_LOCAL_CACHE_DIR", scratch.join("zig-cache"));
                command
            }
        };
        // The same sources give the same component, whatever is set and whenever it is.
        for inherited in ["CPATH", "C_INCLUDE_PATH", "CCC_OVERRIDE_OPTIONS"] {
            command.env_remove(inherited);
        }
        command.env("SOURCE_DATE_EPOCH", "0");
        command
    }
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_no_wasi_sdk_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = Compiler::in_wasi_sdk(folder.path())
            .expect_err("empty")
            .to_string();
        assert!(
            error.starts_with("wasi-sdk is needed to build a plugin in C: WASI_SDK_PATH is ")
                && error.contains(&folder.path().display().to_string()),
            "{error}"
        );
        let clang = program(&folder.path().join("bin"), "clang");
        std::fs::create_dir(folder.path().join("bin")).expect("made");
        std::fs::write(&clang, "").expect("written");
        assert_eq!(
            Compiler::in_wasi_sdk(folder.path()).expect("there"),
            Compiler::Clang(clang)
        );
    }
}
