//! ONNX graphs of the networks, built straight over the weights of a checkpoint.
//!
//! Each builder follows the network's definition in diffusers or transformers tensor by tensor, and is
//! parametrised by the part's config. Inputs and outputs are 32-bit floats whatever the network computes in.
//! A graph may be built as several [`Section`]s, run one after another: see [`SectionPolicy`].

mod clip;
mod layers;
mod network;
mod tiny;
mod unet;
mod vae;

pub(crate) use clip::token_embedding;
pub use clip::{TextInput, TextOutputs, text_encoder};
pub use network::{AttentionForm, GraphOptions, Section, SectionPolicy};
pub use tiny::tiny_decoder;
pub use unet::{UNetOptions, unet};
pub use vae::{vae_decoder, vae_encoder};
