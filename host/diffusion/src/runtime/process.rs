//! The one ONNX Runtime of this process. `ort` keeps the library and its environment in statics: once one is loaded,
//! there is no other, and asking `ort` for another silently gives the first.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use ort::{environment::Environment, logging::LogLevel};

use super::error::RuntimeError;
use super::library::LibraryFile;
use super::loader;

/// What is loaded.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    pub(super) path: PathBuf,
    pub(super) version: String,
    pub(super) environment: Environment,
}

impl Loaded {
    /// The second number of the version, by which ONNX Runtime counts; 0 for a version that has none.
    pub(super) fn minor(&self) -> u32 {
        loader::minor(&self.version).unwrap_or(0)
    }
}

#[derive(Default)]
struct State {
    /// Set as soon as `ort` holds a library, even if making the environment fails afterwards.
    library: Option<(PathBuf, String)>,
    environment: Option<Environment>,
}

static STATE: Mutex<State> = Mutex::new(State {
    library: None,
    environment: None,
});

/// Loads the first of the candidates, or uses the library that is loaded already if it is among them.
pub(super) fn load(candidates: &[LibraryFile]) -> Result<(LibraryFile, Loaded), RuntimeError> {
    // A panic while the lock was held leaves nothing half written: each field is set in one go.
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);

    let library = match &state.library {
        Some((loaded, _)) => candidates
            .iter()
            .find(|it| same_file(&it.path, loaded))
            .ok_or_else(|| {
                let wanted = candidates
                    .first()
                    .map(|it| it.path.clone())
                    .unwrap_or_default();
                RuntimeError::AlreadyLoaded {
                    loaded: loaded.clone(),
                    wanted,
                }
            })?,
        None => candidates
            .first()
            .ok_or_else(|| RuntimeError::NoSuchLibrary(PathBuf::new()))?,
    };
    let (path, version) = match &state.library {
        Some(loaded) => loaded.clone(),
        None => {
            let version =
                loader::load_onnxruntime(&library.path).map_err(|error| library.blame(error))?;
            state
                .library
                .insert((library.path.clone(), version))
                .clone()
        }
    };
    let environment = match &state.environment {
        Some(environment) => environment.clone(),
        None => state.environment.insert(make_environment(&path)?).clone(),
    };
    Ok((
        library.clone(),
        Loaded {
            path,
            version,
            environment,
        },
    ))
}

fn make_environment(path: &Path) -> Result<Environment, RuntimeError> {
    let builder = ort::init_from(path).map_err(|error| RuntimeError::Unloadable {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    // Microsoft's builds send telemetry unless they are told not to. A program that sets `ORT_DISABLE_TELEMETRY` before its
    // first thread keeps them from opening what sends it, too.
    let builder = builder
        .with_name("aquatint")
        .with_telemetry(false)
        .with_logger(Arc::new(log));
    let environment = builder.build()?;
    // With a logger of one's own, ONNX Runtime starts out with every message there is.
    environment.set_log_level(LogLevel::Warning);
    Ok(environment)
}

/// ONNX Runtime's messages go where ours go, instead of to the terminal.
fn log(level: LogLevel, category: &str, _id: &str, location: &str, message: &str) {
    match level {
        LogLevel::Fatal | LogLevel::Error => {
            tracing::error!(target: "onnxruntime", category, location, "{message}")
        }
        LogLevel::Warning => tracing::warn!(target: "onnxruntime", category, location, "{message}"),
        LogLevel::Info => tracing::info!(target: "onnxruntime", category, location, "{message}"),
        LogLevel::Verbose => {
            tracing::trace!(target: "onnxruntime", category, location, "{message}")
        }
    }
}

fn same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
