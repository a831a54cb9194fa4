use std::path::PathBuf;

/// Why a checkpoint cannot be used. Each message names the file and, where there is one, the key or tensor.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// A file or folder could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The path holds something else than a checkpoint.
    #[error("{} is not a checkpoint: {reason}", path.display())]
    NotACheckpoint {
        /// What was opened.
        path: PathBuf,
        /// What is missing or different.
        reason: String,
    },
    /// A JSON file is broken, or says what cannot be followed.
    #[error("{}: {reason}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Where and what.
        reason: String,
    },
    /// A config file has a value that is not supported.
    #[error("{}: \"{key}\" is {found}, expected {expected}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// The value, as JSON.
        found: String,
        /// What would have been right.
        expected: String,
    },
    /// A weights file is damaged.
    #[error("{}: not a sound safetensors file: {reason}", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A tensor that the config asks for is not there.
    #[error("{}: tensor \"{tensor}\" is missing, expected shape {expected:?}", path.display())]
    MissingTensor {
        /// The weights file or folder.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// Its shape by the config.
        expected: Vec<usize>,
    },
    /// A tensor has another shape than the config asks for.
    #[error("{}: tensor \"{tensor}\" has shape {found:?}, expected {expected:?}", path.display())]
    Shape {
        /// The weights file.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// Its shape.
        found: Vec<usize>,
        /// Its shape by the config.
        expected: Vec<usize>,
    },
    /// A tensor has an element type that is not supported.
    #[error("{}: tensor \"{tensor}\" has dtype {found}, expected F32, F16 or BF16", path.display())]
    Dtype {
        /// The weights file.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// Its element type.
        found: String,
    },
    /// The weights hold more than the config describes: they belong to another config.
    #[error("{}: {count} tensor(s) that the config does not describe, first \"{first}\"", path.display())]
    ExtraTensors {
        /// The weights file or folder.
        path: PathBuf,
        /// How many.
        count: usize,
        /// The first by name.
        first: String,
    },
    /// Something that is to take the place of a part of a model is made for others.
    #[error("{}: {what} are {found}, expected {expected} as in the model \"{model}\"", path.display())]
    Unfit {
        /// The file or folder.
        path: PathBuf,
        /// What does not fit.
        what: &'static str,
        /// How many it has.
        found: usize,
        /// How many the model has.
        expected: usize,
        /// The model's name.
        model: String,
    },
    /// The scheduler's config is not supported.
    #[error("{}: {reason}", path.display())]
    Scheduler {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The tokenizer could not be read.
    #[error("{}: cannot read the tokenizer: {reason}", path.display())]
    Tokenizer {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl CheckpointError {
    /// For `map_err` on JSON: whether it is none, or has other keys and types than expected.
    pub(crate) fn json(path: &std::path::Path) -> impl FnOnce(serde_json::Error) -> Self + '_ {
        move |error| Self::Json {
            path: path.to_owned(),
            reason: match error.classify() {
                serde_json::error::Category::Data => error.to_string(),
                _ => format!("not valid JSON: {error}"),
            },
        }
    }

    /// For `map_err` on file operations.
    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}
