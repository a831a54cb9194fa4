//! What of a plugin's folder is compiled.

use std::path::PathBuf;

use super::{CompileError, c_files};
use crate::{MANIFEST, Project};

/// From `[build]`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sources {
    /// Paths in the plugin's folder: `sources`, or every `.c` under `src/`.
    pub(super) files: Vec<PathBuf>,
    /// More for the compiler: `flags`.
    pub(super) flags: Vec<String>,
}

impl Sources {
    pub(super) fn of(project: &Project) -> Result<Self, CompileError> {
        let wrong = |reason: String| {
            let path = project.root.join(MANIFEST);
            CompileError::Component(format!("{}: {reason}", path.display()))
        };
        let (mut named, mut flags) = (None, Vec::new());
        for (key, value) in &project.build.options {
            let texts = || {
                let items = value
                    .as_array()
                    .map(|items| items.iter().map(|item| item.as_str().map(str::to_owned)));
                items
                    .and_then(Iterator::collect::<Option<Vec<String>>>)
                    .ok_or_else(|| {
                        wrong(format!("build.{key} is {value}, expected a list of texts"))
                    })
            };
            match key.as_str() {
                "sources" => named = Some(texts()?),
                "flags" => flags = texts()?,
                key => {
                    return Err(wrong(format!(
                        "build.{key} is unknown, expected language, sources or flags"
                    )));
                }
            }
        }
        let files = match named {
            Some(names) => {
                for name in &names {
                    let inside = !name.starts_with('/') && name.split('/').all(|part| part != "..");
                    if !inside || !project.root.join(name).is_file() {
                        return Err(wrong(format!(
                            "build.sources has `{name}`, expected files in the plugin's folder such as src/plugin.c"
                        )));
                    }
                }
                names.into_iter().map(PathBuf::from).collect()
            }
            None => below_src(project)?,
        };
        if files.is_empty() {
            return Err(CompileError::Component(format!(
                "{}: no C there, expected files such as src/plugin.c",
                project.root.display()
            )));
        }
        Ok(Self { files, flags })
    }
}

/// As the author knows them, which is how the compiler names them in its messages.
fn below_src(project: &Project) -> Result<Vec<PathBuf>, CompileError> {
    let folder = project.root.join("src");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let found = c_files(&folder)?.into_iter();
    Ok(found
        .map(|path| match path.strip_prefix(&project.root) {
            Ok(inside) => inside.to_owned(),
            Err(_) => path,
        })
        .collect())
}
