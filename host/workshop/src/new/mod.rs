//! A new plugin: a folder that builds as it is.

mod manifest;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::PluginId;

use crate::languages::{NewPlugin, Row};
use crate::{MANIFEST, files};

/// What builds and `plugin dev` leave, whichever the language.
const IGNORED: &str = "/target/\n/OUT.png\n/OUT-*.png\n";

/// What to make.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// What the plugin is called.
    pub id: &'a PluginId,
    /// The language that it is written in.
    pub language: Row,
    /// The hook that it begins with.
    pub hook: Hook,
    /// The folder to make.
    pub folder: &'a Path,
}

/// Makes the folder of a new plugin, and tells the files in it, by paths with `/`.
///
/// # Errors
/// The folder has something in it already, or cannot be written.
pub fn create(wish: &Wish<'_>) -> Result<Vec<String>, NewError> {
    let folder = wish.folder;
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| NewError::Io { path, source }
    };
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(NewError::NotEmpty {
                    folder: folder.to_owned(),
                });
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(NewError::NotEmpty {
                folder: folder.to_owned(),
            });
        }
        Err(error) => return Err(io(folder)(error)),
    }
    let all = contents(wish);
    for (name, text) in &all {
        let path = folder.join(name);
        files::write(&path, text.as_bytes()).map_err(io(&path))?;
    }
    Ok(all.into_keys().collect())
}

/// What the template has is the language's own; what it lacks is the same for all.
fn contents(wish: &Wish<'_>) -> BTreeMap<String, String> {
    let language = wish.language.language;
    let (id, hook) = (wish.id.as_str(), wish.hook);
    let case = format!("cases/{}/case.toml", texts::CASE);
    let mut all = BTreeMap::from([
        (MANIFEST.to_owned(), manifest::text(id, language.id(), hook)),
        (".gitignore".to_owned(), IGNORED.to_owned()),
        (
            "README.md".to_owned(),
            texts::readme(id, language.title(), hook),
        ),
        (case, texts::case(hook)),
    ]);
    for file in language.template(&NewPlugin { id, hook }) {
        // Settings and hooks are the same whichever the language.
        if file.path == MANIFEST {
            continue;
        }
        let text = if file.path == ".gitignore" {
            let more = file.contents.replace("/target/\n", "");
            format!("{IGNORED}{more}")
        } else {
            file.contents
        };
        all.insert(file.path, text);
    }
    all
}

/// Why there is no new plugin.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    /// Something is there already.
    #[error("{folder}: is there already, expected a new or empty folder", folder = .folder.display())]
    NotEmpty {
        /// Where.
        folder: PathBuf,
    },
    /// A file cannot be written.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
