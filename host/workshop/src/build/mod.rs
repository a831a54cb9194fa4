//! From a plugin's folder to one `.wasm` that Aquatint loads.

mod kept;
mod lock;
mod metadata;
mod pack;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aquatint_sandbox::manifest::CapExceeded;
use aquatint_sandbox::permissions::Permission;

use crate::languages::{self, Compile, CompileError, Row, UnknownLanguage};
use crate::{Project, ProjectError, files, world};

use kept::Kept;

pub use metadata::BadLicense;
pub use pack::{PackError, Packed, pack};

/// Where things are that a build needs beside the plugin's own folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// The SDKs, one folder each.
    pub sdk: PathBuf,
    /// Tools that are fetched once.
    pub tools: PathBuf,
}

impl Folders {
    /// Those in the data folder `data`; `sdk` and `tools` are others for the SDKs and for tools, if the user has named
    /// any.
    ///
    /// # Errors
    /// The SDKs cannot be unpacked.
    pub fn new(data: &Path, sdk: Option<PathBuf>, tools: Option<PathBuf>) -> io::Result<Self> {
        Ok(Self {
            sdk: match sdk {
                Some(folder) => folder,
                None => crate::sdk::folder(data)?,
            },
            tools: tools.unwrap_or_else(|| data.join("tools")),
        })
    }
}

/// A plugin that was built.
#[derive(Clone, Debug, PartialEq)]
pub struct Built {
    /// The component.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// How long it took.
    pub time: Duration,
    /// What its author should know.
    pub warnings: Vec<Warning>,
}

/// What is no error, but was hardly meant.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Warning {
    /// A permission that nothing uses.
    #[error(
        "permissions.{}: the plugin imports nothing that needs it, so users are not asked for it",
        .0.kind()
    )]
    Unused(Permission),
    /// A limit beyond what the host gives.
    #[error(transparent)]
    Cap(#[from] CapExceeded),
}

/// Builds `target/ID.wasm` in the plugin's folder. `progress` is told what is being done.
///
/// # Errors
/// The language is unknown, the sources do not compile, or what comes out is nothing that a host would load.
pub fn build(
    project: &Project,
    folders: &Folders,
    progress: &dyn Fn(&str),
) -> Result<Built, BuildError> {
    let row =
        languages::by_name(&project.build.language).map_err(|source| BuildError::Language {
            path: project.root.join(crate::project::MANIFEST),
            source,
        })?;
    build_as(row, project, folders, progress)
}

pub(crate) fn build_as(
    row: Row,
    project: &Project,
    folders: &Folders,
    progress: &dyn Fn(&str),
) -> Result<Built, BuildError> {
    let start = Instant::now();
    let sdk = folders.sdk.join(row.sdk);
    if !sdk.is_dir() {
        return Err(BuildError::NoSdk {
            language: row.language.title(),
            folder: sdk,
        });
    }
    // Compilers run with folders of their own choice, so that no path here may hang on this process's.
    let absolute = |path: &Path| {
        std::path::absolute(path).map_err(|source| BuildError::Io {
            path: path.to_owned(),
            source,
        })
    };
    let project = &Project {
        root: absolute(&project.root)?,
        ..project.clone()
    };
    let scratch = project.root.join("target");
    let _lock = lock::take(&scratch, progress)?;
    let wit = scratch.join("wit");
    world::write(&project.manifest, &wit).map_err(|source| BuildError::Io {
        path: wit.clone(),
        source,
    })?;
    let path = scratch.join(format!("{}.wasm", project.manifest.id));
    let kept = row
        .anew
        .then(|| Kept::new(&project.root, &sdk, &scratch))
        .transpose()
        .map_err(|source| BuildError::Io {
            path: project.root.clone(),
            source,
        })?;
    let component = match kept.as_ref().and_then(|kept| kept.get(&path)) {
        Some(component) => component,
        None => row.language.compile(&Compile {
            project,
            wit: &wit,
            scratch: &scratch,
            sdk: &absolute(&sdk)?,
            tools: &absolute(&folders.tools)?,
            progress,
        })?,
    };
    let packed = pack(&component, &project.manifest, &project.assets()?)?;
    files::write(&path, &packed.component)
        .and_then(|()| kept.map_or(Ok(()), |kept| kept.put(&packed.component)))
        .map_err(|source| BuildError::Io {
            path: path.clone(),
            source,
        })?;
    Ok(Built {
        path,
        bytes: packed.component.len() as u64,
        time: start.elapsed(),
        warnings: packed.warnings,
    })
}

/// Why a plugin was not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// `build.language` is no language.
    #[error("{path}: {source}", path = .path.display())]
    Language {
        /// The file.
        path: PathBuf,
        /// Which languages there are.
        source: UnknownLanguage,
    },
    /// The SDK of a language is missing.
    #[error(
        "{folder}: no such folder, expected the SDK for {language} (AQUATINT_SDK, if set, must name a folder with one for each language)",
        folder = .folder.display()
    )]
    NoSdk {
        /// For people.
        language: &'static str,
        /// Where it should be.
        folder: PathBuf,
    },
    /// The plugin's folder cannot be read.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The sources are wrong, or a tool is missing.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// What the compiler made would not be loaded.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A file cannot be read or written.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
