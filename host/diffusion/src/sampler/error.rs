//! What can go wrong in choosing, building and running a sampler.

use crate::sigmas::ConfigError;

/// Why a sampler cannot be had, or cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum SamplerError {
    /// A name that no sampler has.
    #[error("unknown sampler `{name}`: did you mean {}?", .nearest.join(", "))]
    Unknown {
        /// The name as given.
        name: String,
        /// The nearest known names, the best first.
        nearest: Vec<&'static str>,
    },
    /// A run of no steps.
    #[error("a picture needs at least 1 step")]
    NoSteps,
    /// More steps than a sampler can make of a model.
    #[error("{steps} steps are too many: {sampler} makes at most {most} with this model")]
    TooManySteps {
        /// The sampler's diffusers class.
        sampler: &'static str,
        /// The steps asked for.
        steps: usize,
        /// The most there can be.
        most: usize,
    },
    /// Fewer steps than a sampler needs.
    #[error("{steps} steps are too few: {sampler} needs at least {least} with this model")]
    TooFewSteps {
        /// The sampler's diffusers class.
        sampler: &'static str,
        /// The steps asked for.
        steps: usize,
        /// The least there can be.
        least: usize,
    },
    /// The checkpoint's scheduler config cannot be followed.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A step for an evaluation that the run does not have.
    #[error("no evaluation {index}: the run has {count}")]
    NoEvaluation {
        /// The evaluation asked for.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// A step that needs the one before it.
    #[error("evaluation {index} came before the evaluation that it builds on")]
    OutOfOrder {
        /// The evaluation given.
        index: usize,
    },
    /// An output, or a sample, of another size than before.
    #[error("the model's output has {output} numbers, the sample {sample}")]
    Length {
        /// Numbers in the output.
        output: usize,
        /// Numbers in the sample.
        sample: usize,
    },
    /// A step whose arithmetic has no finite answer.
    #[error(
        "evaluation {index} (timestep {timestep}) has no finite answer: the sample is all noise \
         there, or the noise does not fall; try another schedule, or fewer steps"
    )]
    NotFinite {
        /// The evaluation.
        index: usize,
        /// The timestep the model was told.
        timestep: f32,
    },
}
