//! `.cargo/config.toml` in a plugin's folder: where the SDK is, for editors and for `cargo test`. The build itself does
//! not need it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::super::CompileError;
use super::io;

/// By this line a file is known to be ours, and to be written again.
const MARK: &str = "# Written by `aquatint plugin build`";
const SDK: &str = "aquatint-plugin";

/// Writes the file, unless the author has one, or one further up has the SDK already.
pub(super) fn write(root: &Path, sdk: &Path) -> Result<(), CompileError> {
    let folder = root.join(".cargo");
    let path = folder.join("config.toml");
    let there = match fs::read_to_string(&path) {
        Ok(text) if !text.starts_with(MARK) => return Ok(()),
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(io(&path)(error)),
    };
    if there.is_none() && is_above(root) {
        return Ok(());
    }
    let sdk = toml::Value::from(sdk.to_string_lossy().as_ref());
    let text = format!(
        "{MARK}, where there is none, so that editors and `cargo test` find the SDK. Not for sharing.\n\
         [patch.crates-io]\n{SDK} = {{ path = {sdk} }}\n"
    );
    if there.as_ref() == Some(&text) {
        return Ok(());
    }
    fs::create_dir_all(&folder).map_err(io(&folder))?;
    fs::write(&path, text).map_err(io(&path))
}

fn is_above(root: &Path) -> bool {
    let Ok(root) = std::path::absolute(root) else {
        return false;
    };
    root.ancestors().skip(1).any(|folder| {
        fs::read_to_string(folder.join(".cargo/config.toml")).is_ok_and(|text| text.contains(SDK))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_where_there_is_none_and_kept_in_step() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plugin/.cargo/config.toml");
        fs::create_dir_all(folder.path().join("plugin")).expect("made");
        for sdk in ["/sdk/one", "/sdk/t\"wo"] {
            write(&folder.path().join("plugin"), Path::new(sdk)).expect("written");
            let table: toml::Table = fs::read_to_string(&path)
                .expect("there")
                .parse()
                .expect("TOML");
            assert_eq!(table["patch"]["crates-io"][SDK]["path"].as_str(), Some(sdk));
        }
        fs::write(&path, "[net]\noffline = true\n").expect("written");
        write(&folder.path().join("plugin"), Path::new("/sdk")).expect("nothing to do");
        assert_eq!(
            fs::read_to_string(&path).expect("there"),
            "[net]\noffline = true\n"
        );
    }

    #[test]
    fn one_further_up_does() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("plugins/grain");
        fs::create_dir_all(&root).expect("made");
        fs::create_dir_all(folder.path().join(".cargo")).expect("made");
        let above = "[patch.crates-io]\naquatint-plugin = { path = 'sdk' }\n";
        fs::write(folder.path().join(".cargo/config.toml"), above).expect("written");
        write(&root, Path::new("/sdk")).expect("nothing to do");
        assert!(!root.join(".cargo").exists());
    }
}
