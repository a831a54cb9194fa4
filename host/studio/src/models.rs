//! Which folder a model's name means.

use std::path::{Path, PathBuf};

use aquatint_sandbox::names::{did_you_mean, nearest};

/// The model that is drawn with when none is named.
pub const STARTER: &str = "starter";

/// The folders that models lie in by name.
#[derive(Clone, Debug, Default)]
pub struct Models {
    /// The first one that has a name wins.
    pub folders: Vec<PathBuf>,
}

/// A name that no model has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownModel {
    /// Nothing at all.
    #[error("the model's name is empty: expected a name or a path")]
    Empty,
    /// A name without a folder.
    #[error(
        "unknown model \"{name}\"{advice}: expected a path or one of {known}; models are looked for in {folder}"
    )]
    Unknown {
        /// What was given.
        name: String,
        /// What may have been meant.
        advice: String,
        /// The names that there are.
        known: String,
        /// Where the user's models are.
        folder: String,
    },
}

impl Models {
    /// Where models lie by name: the user's, then those beside the executable, then those of the source tree.
    #[must_use]
    pub fn of_data(data: &Path) -> Self {
        let mut folders = vec![data.join("models")];
        if let Ok(executable) = std::env::current_exe()
            && let Some(folder) = executable.parent()
        {
            folders.push(folder.join("models"));
        }
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        // Without the dots, where it is there at all: the path is shown to people.
        folders.extend(source.canonicalize().ok());
        Self { folders }
    }

    /// The names of all models, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut known: Vec<String> = self
            .folders
            .iter()
            .flat_map(|folder| names(folder))
            .collect();
        known.sort();
        known.dedup();
        known
    }

    /// The folder of a model: a path as it is, or a name in one of the folders.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn find(&self, name: Option<&str>) -> Result<PathBuf, UnknownModel> {
        let name = name.unwrap_or(STARTER);
        if name.is_empty() {
            return Err(UnknownModel::Empty);
        }
        let given = Path::new(name);
        let is_path = given.is_absolute() || name.contains(['/', '\\']) || name.starts_with('.');
        if is_path || given.exists() {
            return Ok(given.to_owned());
        }
        let found = self.folders.iter().map(|folder| folder.join(name));
        found.into_iter().find(|path| path.exists()).ok_or_else(|| {
            let known = self.names();
            UnknownModel::Unknown {
                name: name.to_owned(),
                advice: did_you_mean(nearest(name, known.iter().map(String::as_str)).as_deref()),
                known: known.join(", "),
                folder: self
                    .folders
                    .first()
                    .map_or_else(String::new, |folder| folder.display().to_string()),
            }
        })
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().join("model_index.json").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_the_first_folder_that_has_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let folders = ["own", "shipped"].map(|name| folder.path().join(name));
        for model in [
            folders[0].join("ink"),
            folders[1].join("ink"),
            folders[1].join("oil"),
        ] {
            std::fs::create_dir_all(&model).expect("made");
            std::fs::write(model.join("model_index.json"), "{}").expect("written");
        }
        let models = Models {
            folders: folders.to_vec(),
        };
        assert_eq!(models.names(), ["ink", "oil"]);
        assert_eq!(models.find(Some("ink")), Ok(folders[0].join("ink")));
        assert_eq!(models.find(Some("oil")), Ok(folders[1].join("oil")));
        assert_eq!(models.find(Some("./x")), Ok(PathBuf::from("./x")));
        let error = models.find(Some("onk")).expect_err("none").to_string();
        assert!(
            error.starts_with(
                "unknown model \"onk\" (did you mean `ink`?): expected a path or one of ink, oil;"
            ),
            "{error}"
        );
        assert_eq!(models.find(Some("")), Err(UnknownModel::Empty));
    }
}
