use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use aquatint_sandbox::manifest::{InvalidManifest, Manifest};

/// The file that makes a folder a plugin.
pub(crate) const MANIFEST: &str = "plugin.toml";

/// A plugin's folder: `plugin.toml`, sources, and beside them `assets/` and `cases/`.
///
/// `plugin.toml` is the manifest, and a table `[build]` that is not part of it.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder.
    pub root: PathBuf,
    /// What goes into the component.
    pub manifest: Manifest,
    /// How it is built.
    pub build: Build,
}

/// The table `[build]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Build {
    /// The language, by its id.
    pub language: String,
    /// What the language understands besides, as it is written.
    pub options: toml::Table,
}

impl Project {
    /// Reads `plugin.toml` in `root`.
    ///
    /// # Errors
    /// It is not there, cannot be read, or is wrong.
    pub fn open(root: &Path) -> Result<Self, ProjectError> {
        let path = root.join(MANIFEST);
        let text = fs::read_to_string(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ProjectError::NoProject {
                folder: root.to_owned(),
            },
            _ => ProjectError::Read {
                path: path.clone(),
                source,
            },
        })?;
        let wrong = |reason: String| ProjectError::Build {
            path: path.clone(),
            reason,
        };
        let mut table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| wrong(error.message().to_owned()))?;
        let mut options = match table.remove("build") {
            Some(toml::Value::Table(options)) => options,
            Some(_) => return Err(wrong("build is no table, expected [build]".to_owned())),
            None => {
                return Err(wrong(
                    "there is no [build], expected one with language".to_owned(),
                ));
            }
        };
        let language = match options.remove("language") {
            Some(toml::Value::String(language)) => language,
            _ => {
                return Err(wrong(
                    "build.language is missing, expected a text".to_owned(),
                ));
            }
        };
        let manifest =
            Manifest::from_toml(&table.to_string()).map_err(|source| ProjectError::Manifest {
                path: path.clone(),
                source,
            })?;
        Ok(Self {
            root: root.to_owned(),
            manifest,
            build: Build { language, options },
        })
    }

    /// The files under `assets/`, by the names that the plugin knows them by: paths with `/`.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn assets(&self) -> Result<BTreeMap<String, Vec<u8>>, ProjectError> {
        let mut assets = BTreeMap::new();
        let root = self.root.join("assets");
        if root.is_dir() {
            read_below(&root, "", &mut assets)?;
        }
        Ok(assets)
    }
}

fn read_below(
    folder: &Path,
    prefix: &str,
    assets: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), ProjectError> {
    let read = |source| ProjectError::Read {
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(read)? {
        let entry = entry.map_err(read)?;
        let file_name = entry.file_name();
        let name = file_name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let path = entry.path();
        let name = format!("{prefix}{name}");
        if entry.file_type().map_err(read)?.is_dir() {
            read_below(&path, &format!("{name}/"), assets)?;
        } else {
            let bytes = fs::read(&path).map_err(|source| ProjectError::Read {
                path: path.clone(),
                source,
            })?;
            assets.insert(name, bytes);
        }
    }
    Ok(())
}

/// Why a folder is no plugin's.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// There is no `plugin.toml`.
    #[error("{folder}: no {MANIFEST} there, expected a plugin's folder (`aquatint plugin new` makes one)", folder = .folder.display())]
    NoProject {
        /// The folder.
        folder: PathBuf,
    },
    /// A file cannot be read.
    #[error("{path}: {source}", path = .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The manifest is wrong.
    #[error("{path}: {source}", path = .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: InvalidManifest,
    },
    /// The table `[build]` is wrong.
    #[error("{path}: {reason}", path = .path.display())]
    Build {
        /// The file.
        path: PathBuf,
        /// What is wrong and what was expected.
        reason: String,
    },
}
