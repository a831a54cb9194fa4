//! Which ONNX Runtime library a provider is served by.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::error::RuntimeError;
use super::flavor::Platform;
use super::installed::{self, Installed};
use super::provider::Provider;

/// The variables that name a library file, the strongest first. The second is the one other programs built on `ort` use.
const VARIABLES: [&str; 2] = ["AQUATINT_RUNTIME", "ORT_DYLIB_PATH"];

/// A library file, and why it is the one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryFile {
    /// Where it is.
    pub path: PathBuf,
    /// The variable that names it; `None` if it is an installed runtime's.
    pub variable: Option<&'static str>,
}

impl LibraryFile {
    /// Puts the variable's name into an error about its file.
    pub(super) fn blame(&self, error: RuntimeError) -> RuntimeError {
        match self.variable {
            Some(variable) => RuntimeError::FromVariable {
                variable,
                source: Box::new(error),
            },
            None => error,
        }
    }
}

/// The library that the environment names, if it names one.
pub fn from_environment() -> Result<Option<LibraryFile>, RuntimeError> {
    named_by(&|variable| std::env::var_os(variable))
}

/// The libraries that could serve a provider, best first; never empty.
pub(super) fn candidates(
    provider: &Provider,
    data_dir: &Path,
) -> Result<Vec<LibraryFile>, RuntimeError> {
    candidates_in(
        provider,
        named_by(&|variable| std::env::var_os(variable))?,
        &installed::installed(data_dir),
    )
}

fn named_by(
    lookup: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<LibraryFile>, RuntimeError> {
    let set = |variable: &&'static str| {
        Some((
            *variable,
            lookup(variable).filter(|value| !value.is_empty())?,
        ))
    };
    let Some((variable, value)) = VARIABLES.iter().find_map(set) else {
        return Ok(None);
    };
    // Absolute, because `ort` looks for a relative path beside the executable first.
    let path = std::path::absolute(&value).unwrap_or_else(|_| PathBuf::from(value));
    let library = LibraryFile {
        path,
        variable: Some(variable),
    };
    if !library.path.exists() {
        return Err(library.blame(RuntimeError::NoSuchLibrary(library.path.clone())));
    }
    if !library.path.is_file() {
        return Err(library.blame(RuntimeError::NotAFile(library.path.clone())));
    }
    Ok(Some(library))
}

fn candidates_in(
    provider: &Provider,
    named: Option<LibraryFile>,
    installed: &[Installed],
) -> Result<Vec<LibraryFile>, RuntimeError> {
    if let Some(library) = named {
        return Ok(vec![library]);
    }
    let name = provider.kind().name();
    let flavors = provider.kind().flavors();
    let Some(flavor) = provider.kind().flavor_here() else {
        return Err(RuntimeError::NoBuild {
            wanted: name,
            platform: Platform::current(),
        });
    };
    let rank = |runtime: &&Installed| flavors.iter().position(|flavor| *flavor == runtime.flavor);
    // `installed` has the newest of a flavor first, and sorting keeps that order.
    let mut fitting: Vec<_> = installed
        .iter()
        .filter(|it| it.damage.is_none() && rank(it).is_some())
        .collect();
    fitting.sort_by_key(rank);
    if fitting.is_empty() {
        return Err(RuntimeError::NotInstalled {
            provider: name,
            flavor,
        });
    }
    let library = |runtime: &Installed| LibraryFile {
        path: runtime.library.clone(),
        variable: None,
    };
    Ok(fitting.into_iter().map(library).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Flavor;

    fn provider(name: &str) -> Provider {
        Provider::named(name).expect("a provider")
    }

    fn runtime(flavor: Flavor, path: &str) -> Installed {
        Installed {
            flavor,
            version: "1.0".into(),
            folder: PathBuf::new(),
            library: path.into(),
            bytes: 0,
            damage: None,
        }
    }

    fn paths(provider_name: &str, installed: &[Installed]) -> Vec<String> {
        let found = candidates_in(&provider(provider_name), None, installed).expect("some");
        found
            .iter()
            .map(|library| library.path.display().to_string())
            .collect()
    }

    #[test]
    fn a_variable_comes_before_what_is_installed_and_ours_before_the_common_one() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (ours, common) = (
            folder.path().join("ours.so"),
            folder.path().join("common.so"),
        );
        std::fs::write(&ours, "").expect("written");
        std::fs::write(&common, "").expect("written");
        let both = |variable: &str| {
            Some(
                if variable == "AQUATINT_RUNTIME" {
                    &ours
                } else {
                    &common
                }
                .into(),
            )
        };
        let named = named_by(&both).expect("a file").expect("named");
        assert_eq!(
            (&named.path, named.variable),
            (&ours, Some("AQUATINT_RUNTIME"))
        );
        let one = |variable: &str| (variable == "ORT_DYLIB_PATH").then(|| common.clone().into());
        let named = named_by(&one).expect("a file").expect("named");
        assert_eq!(
            (&named.path, named.variable),
            (&common, Some("ORT_DYLIB_PATH"))
        );
        let empty = |_: &str| Some(OsString::new());
        assert_eq!(named_by(&empty).expect("as if unset"), None);

        let installed = [runtime(Flavor::Cpu, "installed")];
        let chosen = candidates_in(&provider("cpu"), Some(named.clone()), &installed)
            .expect("the named one");
        assert_eq!(chosen, [named]);
    }

    #[test]
    fn a_variable_that_names_no_file_is_blamed() {
        let missing =
            |variable: &str| (variable == "ORT_DYLIB_PATH").then(|| "/no/such/library.so".into());
        let message = named_by(&missing).expect_err("missing").to_string();
        assert_eq!(
            message,
            "ORT_DYLIB_PATH is set, but /no/such/library.so does not exist"
        );
        let folder = tempfile::tempdir().expect("a temporary folder");
        let a_folder =
            |variable: &str| (variable == "AQUATINT_RUNTIME").then(|| folder.path().into());
        let message = named_by(&a_folder).expect_err("a folder").to_string();
        assert!(
            message.starts_with("AQUATINT_RUNTIME is set, but ") && message.contains("not a file"),
            "{message}"
        );
    }

    #[test]
    fn each_provider_finds_the_build_that_has_it() {
        let all = [
            runtime(Flavor::OpenVino, "openvino"),
            runtime(Flavor::Cuda, "cuda"),
            runtime(Flavor::Cpu, "cpu-new"),
            runtime(Flavor::Cpu, "cpu-old"),
        ];
        assert_eq!(paths("cuda", &all), ["cuda"]);
        assert_eq!(paths("tensorrt", &all), ["cuda"]);
        assert_eq!(paths("openvino:GPU", &all), ["openvino"]);
        assert_eq!(
            paths("cpu", &all),
            ["cpu-new", "cpu-old", "cuda", "openvino"]
        );
        assert_eq!(paths("cpu", &all[..1]), ["openvino"]);
    }

    #[test]
    fn a_damaged_runtime_is_as_good_as_none() {
        let damaged = Installed {
            damage: Some("cut".into()),
            ..runtime(Flavor::Cpu, "cpu")
        };
        let error = candidates_in(&provider("cpu"), None, &[damaged]).expect_err("nothing whole");
        assert!(
            matches!(
                error,
                RuntimeError::NotInstalled {
                    flavor: Flavor::Cpu,
                    ..
                }
            ),
            "{error}"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_missing_is_named_with_its_remedy() {
        let error = candidates_in(&provider("cpu"), None, &[]).expect_err("nothing");
        assert!(
            error
                .to_string()
                .contains("run `aquatint runtime install cpu`"),
            "{error}"
        );
        let error = candidates_in(&provider("directml"), None, &[]).expect_err("nothing");
        assert!(
            error
                .to_string()
                .starts_with("no ONNX Runtime with `directml` is published for linux-"),
            "{error}"
        );
    }
}
