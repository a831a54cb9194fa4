//! componentize-py, in a virtual environment of its own that all plugins share.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::super::tools::once;
use super::{CompileError, TITLE, io};

/// Also the version of CPython and its library in plugins: a change of it changes every component.
const VERSION: &str = "0.25.1";
/// What componentize-py wants of the Python that runs it.
const OLDEST: (u32, u32) = (3, 10);
/// Runs componentize-py. Not by its script, which knows the folder that it was installed to: that one is moved.
pub(super) const COMPONENTIZE: &str =
    "import sys; sys.argv[0] = 'componentize-py'; from componentize_py import script; script()";

/// The Python of the environment, which is made if it is not there.
pub(super) fn python(tools: &Path, progress: &dyn Fn(&str)) -> Result<PathBuf, CompileError> {
    let tools = super::absolute(tools)?;
    let folder = tools.join(format!("python-{VERSION}"));
    let python = inside(&folder);
    once(
        &folder,
        || python.exists(),
        |new| {
            progress(&format!("fetching componentize-py {VERSION}"));
            install(new)
        },
    )?;
    Ok(python)
}

fn install(folder: &Path) -> Result<(), CompileError> {
    let packages = [format!("componentize-py=={VERSION}"), "pip".to_owned()];
    if runs("uv", &["--version"]) {
        let python = format!(">={}.{}", OLDEST.0, OLDEST.1);
        let mut make = Command::new("uv");
        make.args(["venv", "--quiet", "--python", &python])
            .arg(folder);
        succeed(&mut make, "uv venv")?;
        let mut install = Command::new("uv");
        install
            .args(["pip", "install", "--quiet", "--only-binary", ":all:"])
            .arg("--python")
            .arg(inside(folder))
            .args(&packages);
        return succeed(&mut install, "uv pip install");
    }
    let system = system_python()?;
    let mut make = Command::new(&system);
    make.args(["-m", "venv"]).arg(folder);
    let output = output(&mut make)?;
    if !output.status.success() {
        let said = text(&output);
        if said.contains("ensurepip") {
            return Err(missing(
                "the module venv of Python",
                "install uv, or your system's package for it (python3-venv on Debian and Ubuntu)",
            ));
        }
        return Err(CompileError::Failed {
            tool: format!("{system} -m venv"),
            output: said,
        });
    }
    let mut install = Command::new(inside(folder));
    install
        .args(["-m", "pip", "install", "--quiet", "--only-binary", ":all:"])
        .arg("--disable-pip-version-check")
        .args(&packages);
    succeed(&mut install, "pip install")
}

/// The name of a Python on the PATH that is new enough.
fn system_python() -> Result<String, CompileError> {
    let names = if cfg!(windows) {
        ["python", "py"]
    } else {
        ["python3", "python"]
    };
    let mut old = None;
    for name in names {
        let script = "import sys; print(*sys.version_info[:2])";
        let Ok(output) = Command::new(name).args(["-c", script]).output() else {
            continue;
        };
        match version(&String::from_utf8_lossy(&output.stdout)) {
            Some(version) if version >= OLDEST => return Ok(name.to_owned()),
            Some(version) => old = Some((name, version)),
            None => {}
        }
    }
    let (major, minor) = OLDEST;
    Err(match old {
        Some((name, (is_major, is_minor))) => missing(
            &format!("Python {major}.{minor} or newer"),
            &format!(
                "`{name}` is {is_major}.{is_minor}; install a newer one, or uv, which brings its own"
            ),
        ),
        None => missing(
            &format!("Python {major}.{minor} or newer"),
            "there is none on the PATH; install it, or uv, which brings its own",
        ),
    })
}

fn version(printed: &str) -> Option<(u32, u32)> {
    let (major, minor) = printed.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn missing(tool: &str, advice: &str) -> CompileError {
    CompileError::MissingTool {
        tool: tool.to_owned(),
        language: TITLE,
        advice: advice.to_owned(),
    }
}

fn inside(environment: &Path) -> PathBuf {
    if cfg!(windows) {
        environment.join("Scripts").join("python.exe")
    } else {
        environment.join("bin").join("python")
    }
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success())
}

/// A command of the environment's Python, with a script.
pub(super) fn command(python: &Path, script: &str) -> Command {
    let mut command = Command::new(python);
    // Isolated: what the user has set for Python is for other programs.
    command.args(["-I", "-c", script]);
    command
}

fn succeed(command: &mut Command, tool: &str) -> Result<(), CompileError> {
    let output = output(command)?;
    if output.status.success() {
        return Ok(());
    }
    Err(CompileError::Failed {
        tool: tool.to_owned(),
        output: text(&output),
    })
}

pub(super) fn output(command: &mut Command) -> Result<Output, CompileError> {
    let program = PathBuf::from(command.get_program());
    command.stdin(Stdio::null()).output().map_err(io(&program))
}

/// All that a program wrote.
pub(super) fn text(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stdout));
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_of_python_is_read() {
        assert_eq!(version("3 11\n"), Some((3, 11)));
        assert_eq!(version("3 9\r\n"), Some((3, 9)));
        for none in ["", "Python was not found", "3", "3 x"] {
            assert_eq!(version(none), None, "{none}");
        }
        assert!((3, 9) < OLDEST && (3, 10) >= OLDEST && (4, 0) >= OLDEST);
    }
}
