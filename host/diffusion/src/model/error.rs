use std::path::PathBuf;

use super::Element;

/// Why a model was not loaded or run. Names from the model are quoted with their control characters escaped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A file cannot be read.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The bytes are no model.
    #[error("it is no ONNX model: {0}")]
    NotAModel(String),
    /// Weights are to come from where they must not.
    #[error("the weights of tensor {tensor:?} are in the file {location:?}, expected {expected}")]
    External {
        /// Whose weights.
        tensor: String,
        /// Where they are said to be.
        location: String,
        /// Where they may be.
        expected: &'static str,
    },
    /// It is a model, and cannot be run here.
    #[error("the model cannot be run here: {0}")]
    Unsupported(String),
    /// It is too large.
    #[error("the model has {found} {what}, expected {most} at most")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: u64,
        /// How much there may be.
        most: u64,
    },
    /// A tensor is not what it says.
    #[error("{found} bytes for a tensor {shape:?} of {element}, expected {}", shown(.expected))]
    Bytes {
        /// What was given.
        found: usize,
        /// The shape.
        shape: Vec<u32>,
        /// What the elements are.
        element: Element,
        /// What the shape makes; `None` if nothing holds so much.
        expected: Option<usize>,
    },
    /// An input was given that there is not.
    #[error("the model has no input {name:?}, expected {expected}")]
    UnknownInput {
        /// What was given.
        name: String,
        /// What there is.
        expected: String,
    },
    /// An input was not given, or more than once.
    #[error("input {name:?} is given {found} times, expected once")]
    Count {
        /// Which.
        name: String,
        /// How often it was given.
        found: usize,
    },
    /// An input's elements are others than the model takes.
    #[error("input {name:?} is of {found}, expected {expected}")]
    Element {
        /// Which.
        name: String,
        /// What was given.
        found: Element,
        /// What the model takes.
        expected: Element,
    },
    /// An input's shape is another than the model takes.
    #[error("input {name:?} is {found:?}, expected {expected}")]
    Shape {
        /// Which.
        name: String,
        /// What was given.
        found: Vec<u32>,
        /// What the model takes.
        expected: String,
    },
    /// The outputs are larger than there is room for.
    #[error("the outputs take {found} bytes, expected {most} at most")]
    Outputs {
        /// What they take.
        found: u64,
        /// What they may.
        most: u64,
    },
    /// There is not enough memory for it.
    #[error("the model needs more memory than it may have: {0}")]
    Memory(String),
    /// ONNX Runtime failed.
    #[error("the model failed: {0}")]
    Run(String),
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
}

fn shown(bytes: &Option<usize>) -> String {
    bytes.map_or_else(|| "fewer dimensions".to_owned(), |bytes| bytes.to_string())
}
