use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ort::error::ErrorCode;
use ort::session::Session;
use ort::value::Outlet;

use super::scan::{Scanned, scan};
use super::{MOST_BYTES, ModelError, Port, external};
use crate::runtime::{Runtime, RuntimeError};

/// Inputs or outputs of one model.
const MOST_PORTS: usize = 1_000;

/// A model, loaded on a runtime's provider.
#[derive(Debug)]
pub struct Model {
    pub(super) session: Mutex<Session>,
    pub(super) inputs: Vec<Port>,
    pub(super) outputs: Vec<Port>,
    pub(super) shrinks: bool,
    bytes: u64,
}

impl Model {
    /// A model that is all in `bytes`.
    ///
    /// # Errors
    /// The bytes are no ONNX model, have weights elsewhere, or the provider cannot run it.
    pub fn from_bytes(runtime: &Runtime, bytes: &[u8]) -> Result<Self, ModelError> {
        check_size(bytes.len() as u64)?;
        let scanned = scan(bytes)?;
        external::none(&scanned.external)?;
        Self::load(runtime, bytes, &scanned, None)
    }

    /// A model in a file. Weights may be in other files in its folder, or below it.
    ///
    /// # Errors
    /// As [`Model::from_bytes`], or a file cannot be read.
    pub fn from_file(runtime: &Runtime, path: &Path) -> Result<Self, ModelError> {
        // The folder that counts is the one that the file is in, not one that has a link to it.
        let path = path.canonicalize().map_err(io(path))?;
        let bytes = read(&path)?;
        let scanned = scan(&bytes)?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        let mut more = 0;
        for file in external::files(folder, &scanned.external)? {
            more += fs::metadata(&file).map_err(io(&file))?.len();
        }
        let model = Self::load(runtime, &bytes, &scanned, Some(folder))?;
        Ok(Self {
            bytes: model.bytes.saturating_add(more),
            ..model
        })
    }

    fn load(
        runtime: &Runtime,
        bytes: &[u8],
        scanned: &Scanned,
        folder: Option<&Path>,
    ) -> Result<Self, ModelError> {
        let mut builder = runtime
            .bounded_session_builder()
            .map_err(|error| match error {
                RuntimeError::Ort(reason) => ModelError::Run(reason),
                error => ModelError::Run(error.to_string()),
            })?;
        if let Some(folder) = folder {
            let key = "session.model_external_initializers_file_folder_path";
            builder = builder
                .with_config_entry(key, folder.to_string_lossy())
                .map_err(|error| ModelError::Run(error.to_string()))?;
        }
        let session = builder
            .commit_from_memory(bytes)
            .map_err(|error| refusal(&error))?;
        let inputs = ports("input", session.inputs(), scanned)?;
        let outputs = ports("output", session.outputs(), scanned)?;
        Ok(Self {
            session: Mutex::new(session),
            inputs,
            outputs,
            shrinks: runtime.has_bounded_arena(),
            bytes: bytes.len() as u64,
        })
    }

    /// What it takes.
    #[must_use]
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// What it gives.
    #[must_use]
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// Bytes of its files: about what it takes in memory, for models of 32 bits on a CPU.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

fn ports(
    kind: &'static str,
    outlets: &[Outlet],
    scanned: &Scanned,
) -> Result<Vec<Port>, ModelError> {
    if outlets.len() > MOST_PORTS {
        return Err(ModelError::TooLarge {
            what: "inputs or outputs",
            found: outlets.len() as u64,
            most: MOST_PORTS as u64,
        });
    }
    outlets
        .iter()
        .map(|outlet| {
            let shaped = scanned.shaped.get(outlet.name()).copied().unwrap_or(false);
            Port::of(kind, outlet, shaped)
        })
        .collect()
}

fn check_size(found: u64) -> Result<(), ModelError> {
    if found > MOST_BYTES {
        return Err(ModelError::TooLarge {
            what: "bytes",
            found,
            most: MOST_BYTES,
        });
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    let file = fs::File::open(path).map_err(io(path))?;
    let metadata = file.metadata().map_err(io(path))?;
    // A pipe would never end, and a folder has no bytes.
    if !metadata.is_file() {
        let reason = "it is no file".to_owned();
        return Err(ModelError::NotAModel(reason));
    }
    check_size(metadata.len())?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(io(path))?;
    check_size(bytes.len() as u64)?;
    Ok(bytes)
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> ModelError {
    let path: PathBuf = path.to_owned();
    move |source| ModelError::Io { path, source }
}

/// What ONNX Runtime says about a model that it does not take.
fn refusal(error: &ort::Error) -> ModelError {
    let message = crate::runtime::plain_message(error.message());
    if super::run::is_memory(&message) {
        return ModelError::Memory(message);
    }
    // An operator that it does not know makes a graph invalid for it. The model may be fine elsewhere.
    // Each version has its own words for that.
    let unknown_operator = ["is not a registered function/op", "No Op registered for"]
        .iter()
        .any(|words| message.contains(words));
    let is_invalid = matches!(
        error.code(),
        ErrorCode::InvalidProtobuf | ErrorCode::InvalidGraph | ErrorCode::NoModel
    ) || message.contains("nvalid model");
    if is_invalid && !unknown_operator {
        ModelError::NotAModel(message)
    } else {
        ModelError::Unsupported(message)
    }
}
