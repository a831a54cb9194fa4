use crate::checkpoint::CheckpointError;
use crate::runtime::RuntimeError;
use crate::sampler::SamplerError;

/// Why a picture could not be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// ONNX Runtime cannot be used.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// The sampler or schedule cannot do what was asked.
    #[error(transparent)]
    Sampler(#[from] SamplerError),
    /// The request does not fit the model.
    #[error("{field} is {found}, expected {expected}")]
    Request {
        /// What does not fit.
        field: &'static str,
        /// What was given.
        found: String,
        /// What this model takes.
        expected: String,
    },
    /// ONNX Runtime refused a network.
    #[error("cannot load {part}: {reason}")]
    Load {
        /// The part.
        part: &'static str,
        /// What ONNX Runtime said.
        reason: String,
    },
    /// ONNX Runtime failed in a network.
    #[error("{part} failed: {reason}")]
    Run {
        /// The part.
        part: &'static str,
        /// What ONNX Runtime said.
        reason: String,
    },
    /// A network gave numbers that are none.
    #[error("{part} gave values that are not finite: its weights or precision do not hold")]
    NotFinite {
        /// The part.
        part: &'static str,
    },
    /// A picture is to be decoded by a tiny VAE, and there is none.
    #[error(
        "decoder is tiny, expected a tiny VAE to go with it: a folder tiny_vae in the model's, one of the model's family in \
         the data folder's tiny, or one that --tiny-vae names"
    )]
    NoTinyVae,
    /// The hook failed, or left what cannot go on.
    #[error("picture {picture}, step {step}: {source}")]
    Hook {
        /// Which picture of the batch, from 0.
        picture: usize,
        /// After which step, from 1; 0 is the noise before the first.
        step: usize,
        /// What the hook said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
}
