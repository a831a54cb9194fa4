//! Cases: `cases/NAME/case.toml`, one call of the plugin each and what should come of it.
//!
//! - [`load`]: the cases of a project; [`Case`] is one of them.
//! - [`Bench`]: whatever runs plugins; [`Call`], [`Ran`] and [`Outcome`] are what passes between.
//! - [`drawn`]: the pictures that a script gets when it draws.
//! - [`test`](fn@test): runs one, compares, and writes what is expected when told so.
//! - [`report`]: what people read.

mod bench;
mod bless;
mod compare;
mod digest;
pub mod drawn;
mod expected;
mod fields;
mod input;
mod latents;
mod pattern;
mod raw;
pub mod report;
mod run;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::{fs, io};

use crate::Project;

pub use bench::{Bench, Call, Input, Moment, Outcome, PROBLEMS, Ran};
pub use expected::{Expected, Files};
pub use fields::{Fields, defaults};
pub use latents::LatentsError;
pub use run::{Tested, Verdict, test};

/// The file that makes a folder a case.
pub const CASE: &str = "case.toml";

/// A call of the plugin, and what should come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What is called, and with what.
    pub call: Call,
    /// What should come of it.
    pub expected: Expected,
}

/// A folder in `cases/`.
#[derive(Debug)]
pub struct Found {
    /// The folder's name.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// The case, or what is wrong with it: one that is broken keeps no other from running.
    pub case: Result<Case, CaseError>,
}

/// The cases of a plugin, by name.
///
/// # Errors
/// The folder `cases/` is there and cannot be read. None at all is fine.
pub fn load(project: &Project) -> Result<Vec<Found>, CaseError> {
    let root = project.root.join("cases");
    let io = |source| CaseError::Io {
        path: root.clone(),
        source,
    };
    let entries = match fs::read_dir(&root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let folder = entry.map_err(io)?.path();
        if folder.join(CASE).is_file() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            found.push(Found {
                name: name.into_owned(),
                case: raw::read(&folder, &project.manifest),
                folder,
            });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// What is wrong with a case.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// A file cannot be read or written.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A field of `case.toml` is wrong.
    #[error("{CASE}: {0}")]
    Field(String),
    /// A picture is wrong.
    #[error(transparent)]
    Picture(#[from] crate::picture::PictureFileError),
    /// Latents are wrong.
    #[error(transparent)]
    Latents(#[from] LatentsError),
}
