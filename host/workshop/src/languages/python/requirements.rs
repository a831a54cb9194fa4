//! Packages that a plugin brings along: `requirements.txt` beside its `plugin.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use aquatint_sandbox::digest::Digest;

use super::{CompileError, io, remove, toolchain};

const FILE: &str = "requirements.txt";
/// The version of Python inside components, whatever the one is that builds them.
const GUEST: &str = "3.14";

/// A folder in the shape of a virtual environment with the packages, kept as long as the file stays the same. Without
/// a file there are none.
pub(super) fn install(
    root: &Path,
    scratch: &Path,
    python: &Path,
    progress: &dyn Fn(&str),
) -> Result<PathBuf, CompileError> {
    let path = root.join(FILE);
    let wanted = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(io(&path)(source)),
    };
    let name = Digest::of(&wanted).hex();
    let folder = scratch.join(format!("packages-{}", &name[..16]));
    if folder.exists() {
        return Ok(folder);
    }
    forget_others(scratch)?;
    let new = scratch.join("packages.new");
    remove(&new)?;
    let packages = new.join("lib").join("site-packages");
    fs::create_dir_all(&packages).map_err(io(&packages))?;
    if wanted
        .split(|byte| *byte == b'\n')
        .any(|line| !is_blank(line))
    {
        progress("fetching the packages of requirements.txt");
        // Wheels for any machine only: there is no compiler for the others, and no way to load what it would make.
        let pip = "import sys; sys.argv[0] = 'pip'; from pip._internal.cli.main import main; sys.exit(main())";
        let mut command = toolchain::command(python, pip);
        command
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(["--no-compile", "--only-binary", ":all:"])
            .args(["--platform", "any", "--implementation", "py"])
            .args(["--abi", "none", "--python-version", GUEST, "--target"])
            .arg(&packages)
            .arg("--requirement")
            .arg(&path);
        let output = toolchain::output(&mut command)?;
        if !output.status.success() {
            return Err(CompileError::Failed {
                tool: format!("pip (only packages in pure Python can be in a plugin; {FILE})"),
                output: toolchain::text(&output),
            });
        }
    }
    fs::rename(&new, &folder).map_err(io(&folder))?;
    Ok(folder)
}

fn is_blank(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.is_empty() || line.starts_with(b"#")
}

/// Removes the packages of earlier versions of the file.
fn forget_others(scratch: &Path) -> Result<(), CompileError> {
    for item in fs::read_dir(scratch).map_err(io(scratch))? {
        let item = item.map_err(io(scratch))?;
        if item.file_name().to_string_lossy().starts_with("packages-") {
            remove(&item.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_requirements_there_is_an_empty_environment() {
        let folder = tempfile::tempdir().expect("a folder");
        let nothing = Path::new("no such python");
        let first = install(folder.path(), folder.path(), nothing, &|_| {}).expect("none");
        assert!(first.join("lib/site-packages").is_dir());
        fs::write(folder.path().join(FILE), "# nothing yet\n\n").expect("written");
        let second = install(folder.path(), folder.path(), nothing, &|_| {}).expect("none");
        assert_ne!(first, second);
        assert!(!first.exists(), "what no file asks for any more is gone");
        fs::write(folder.path().join(FILE), "one\n").expect("written");
        let error = install(folder.path(), folder.path(), nothing, &|_| {});
        assert!(error.is_err(), "pip is asked as soon as there is a line");
    }
}
