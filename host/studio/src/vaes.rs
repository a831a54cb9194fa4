//! Which file or folder a VAE's name means.

use std::path::{Path, PathBuf};

use aquatint_diffusion::checkpoint::{Checkpoint, ExternalVae, Fingerprints};
use aquatint_sandbox::names::{did_you_mean, nearest};

use crate::DrawError;

/// The VAEs that lie in a folder by name: `.safetensors` files, with their ending or without, and folders.
#[derive(Clone, Debug, Default)]
pub struct Vaes {
    /// The folder.
    pub folder: PathBuf,
}

/// A VAE that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundVae {
    /// What recipes call it: never a path, which is nobody's business.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// A name that no VAE has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown VAE \"{name}\"{advice}: expected automatic for the model's own, a path{}; VAEs are looked for in {folder}",
    listed(known)
)]
pub struct UnknownVae {
    /// What was given.
    name: String,
    /// What may have been meant.
    advice: String,
    /// The names that there are.
    known: Vec<String>,
    /// Where they lie.
    folder: String,
}

fn listed(known: &[String]) -> String {
    match known {
        [] => String::new(),
        names => format!(" or one of {}", names.join(", ")),
    }
}

const ENDING: &str = ".safetensors";

/// Whether a name means the model's own VAE: A1111's `Automatic` and `None`, in any letters.
#[must_use]
pub fn is_own_vae(name: &str) -> bool {
    ["automatic", "none"]
        .iter()
        .any(|own| name.trim().eq_ignore_ascii_case(own))
}

impl Vaes {
    /// The folder `vae` of a data folder.
    #[must_use]
    pub fn of_data(data: &Path) -> Self {
        Self {
            folder: data.join("vae"),
        }
    }

    /// The names of all, sorted. A file's has its ending, as A1111 has it.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten();
        let is_vae = |path: &Path| match path.is_dir() {
            true => std::fs::read_dir(path)
                .into_iter()
                .flatten()
                .flatten()
                .any(|inner| {
                    let name = inner.file_name();
                    name == "vae" || name.to_string_lossy().ends_with(ENDING)
                }),
            false => path.to_string_lossy().ends_with(ENDING),
        };
        let mut names: Vec<String> = entries
            .filter(|entry| is_vae(&entry.path()))
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// A VAE: a path as it is, or a name. `None` is the model's own.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn find(&self, name: Option<&str>) -> Result<Option<FoundVae>, UnknownVae> {
        let Some(name) = name.filter(|name| !is_own_vae(name)) else {
            return Ok(None);
        };
        let given = Path::new(name);
        let is_path = given.is_absolute() || name.contains(['/', '\\']) || name.starts_with('.');
        if !name.is_empty() && (is_path || given.exists()) {
            return Ok(Some(FoundVae {
                name: path_name(given),
                path: given.to_owned(),
            }));
        }
        self.named(name).map(Some)
    }

    /// A VAE by its name alone.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn named(&self, name: &str) -> Result<FoundVae, UnknownVae> {
        let names = self.names();
        let found = names
            .iter()
            .find(|known| *known == name)
            .or_else(|| names.iter().find(|known| bare(known) == bare(name)));
        match found {
            Some(found) => Ok(FoundVae {
                name: found.clone(),
                path: self.folder.join(found),
            }),
            None => Err(UnknownVae {
                name: name.to_owned(),
                advice: did_you_mean(meant(name, &names)),
                known: names,
                folder: self.folder.display().to_string(),
            }),
        }
    }

    /// Looks for the VAE that a file names: by its name, and otherwise by what is in it, of which the SHA-256 begins with
    /// `hash`. One of the name that is another file is told as well.
    #[must_use]
    pub fn wanted(
        &self,
        name: &str,
        hash: Option<&str>,
        fingerprints: &mut Fingerprints,
    ) -> Option<(FoundVae, Option<String>)> {
        let is_other = |found: &FoundVae, fingerprints: &mut Fingerprints| {
            let hash = hash.filter(|hash| !hash.is_empty())?;
            let here = fingerprints.sha256_of_vae(&found.path).ok()??;
            Some(!here.starts_with(&hash.to_lowercase()))
        };
        if let Ok(found) = self.named(name) {
            let note = (is_other(&found, fingerprints) == Some(true)).then(|| {
                format!(
                    "the VAE \"{}\" here is not the one it was drawn with, but one of the same name",
                    found.name
                )
            });
            return Some((found, note));
        }
        let same = self
            .names()
            .iter()
            .filter_map(|name| self.named(name).ok())
            .find(|found| is_other(found, fingerprints) == Some(false))?;
        let note = format!(
            "the VAE \"{}\" is called \"{}\" here",
            aquatint_sandbox::names::shown(name),
            same.name
        );
        Some((same, Some(note)))
    }
}

/// Opens a VAE for a checkpoint. Whoever named it is told if it cannot be used.
pub(crate) fn open_vae(
    found: FoundVae,
    checkpoint: &Checkpoint,
) -> Result<(FoundVae, ExternalVae), DrawError> {
    let vae = ExternalVae::open(&found.path, checkpoint).map_err(DrawError::Vae)?;
    Ok((found, vae))
}

/// The last part of a path.
fn path_name(path: &Path) -> String {
    let real = path.canonicalize();
    let name = path.file_name().or_else(|| real.as_ref().ok()?.file_name());
    name.map_or_else(
        || "vae".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// A name without its ending, in small letters.
fn bare(name: &str) -> String {
    name.strip_suffix(ENDING).unwrap_or(name).to_lowercase()
}

/// The known name that is nearest, whatever their endings are.
fn meant<'n>(name: &str, names: &'n [String]) -> Option<&'n str> {
    let bares: Vec<String> = names.iter().map(|known| bare(known)).collect();
    let found = nearest(&bare(name), bares.iter().map(String::as_str))?;
    let index = bares.iter().position(|known| *known == found)?;
    names.get(index).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_file_or_a_folder_with_or_without_its_ending() {
        let folder = tempfile::tempdir().expect("a folder");
        let vaes = Vaes::of_data(folder.path());
        assert_eq!(vaes.names(), Vec::<String>::new());
        let error = vaes.find(Some("clear")).expect_err("none").to_string();
        assert!(
            error.starts_with(
                "unknown VAE \"clear\": expected automatic for the model's own, a path;"
            ),
            "{error}"
        );
        std::fs::create_dir_all(vaes.folder.join("diffusers")).expect("made");
        std::fs::create_dir_all(vaes.folder.join("empty")).expect("made");
        for file in ["Clear.safetensors", "diffusers/x.safetensors", "notes.txt"] {
            std::fs::write(vaes.folder.join(file), "").expect("written");
        }
        assert_eq!(vaes.names(), ["Clear.safetensors", "diffusers"]);
        for name in ["Clear.safetensors", "Clear", "clear"] {
            let found = vaes.find(Some(name)).expect("known").expect("another");
            assert_eq!(found.name, "Clear.safetensors");
            assert_eq!(found.path, vaes.folder.join("Clear.safetensors"));
        }
        for own in [None, Some("Automatic"), Some("none")] {
            assert_eq!(vaes.find(own), Ok(None));
        }
        let path = vaes.folder.join("diffusers");
        let found = vaes.find(path.to_str()).expect("a path").expect("another");
        assert_eq!((found.name.as_str(), &found.path), ("diffusers", &path));
        // Names alone are no paths.
        assert!(vaes.named(path.to_str().expect("text")).is_err());
        let error = vaes.find(Some("Cleer")).expect_err("none").to_string();
        assert!(
            error.contains("(did you mean `Clear.safetensors`?)")
                && error.contains("or one of Clear.safetensors, diffusers;"),
            "{error}"
        );
        assert!(vaes.find(Some("")).is_err());
    }
}
