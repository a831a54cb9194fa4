//! Pictures from prompts, on ONNX Runtime.
//!
//! | module | noun |
//! |---|---|
//! | [`checkpoint`] | a model folder: configs, mapped weights, fingerprints |
//! | [`onnx`] | ONNX models as data |
//! | [`graph`] | the networks as ONNX graphs over a checkpoint's weights |
//! | [`runtime`] | the ONNX Runtime library: install, load, providers |
//! | [`model`] | ONNX models that somebody else made |
//! | [`prompt`] | words to tokens |
//! | [`noise`] | seeds to noise, as torch draws it |
//! | [`sigmas`] | schedules: which noise levels a sampler visits |
//! | [`sampler`] | samplers: from one noise level to the next |
//! | [`latents`] | latents at another size |
//! | [`pipeline`] | all of it in order, with progress and cancelling |
//! | [`preview`] | latents as small pictures, while a picture is drawn |
//! | [`export`] | a checkpoint as a folder of ordinary ONNX files |
//!
//! Nothing here knows a plugin, a job or HTTP.

pub mod checkpoint;
pub mod export;
pub mod graph;
pub mod latents;
pub mod model;
pub mod noise;
pub mod onnx;
pub mod pipeline;
pub mod preview;
pub mod prompt;
pub mod runtime;
pub mod sampler;
pub mod sigmas;
