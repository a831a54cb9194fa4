//! Noise levels: what a checkpoint's scheduler config says about them, and the schedules that a
//! user may pick instead.
//!
//! A noise level is written in two ways. *Sigma* is the noise beside one unit of picture,
//! `x = picture + sigma · noise`, as k-diffusion has it. *alphas_cumprod* ("ᾱ") is the share of
//! the picture's variance in a sample of variance one,
//! `x = sqrt(ᾱ) · picture + sqrt(1 - ᾱ) · noise`, as diffusers has it. They are the same thing:
//! `sigma = sqrt((1 - ᾱ) / ᾱ)`.
//!
//! [`SchedulerConfig`] is the file as written, [`SchedulerClass`] the diffusers class whose
//! defaults fill what the file leaves out, [`Schedule`] the user's choice.

mod betas;
mod class;
mod config;
mod error;
mod grid;
pub(crate) mod names;
mod numeric;
mod options;
mod schedule;
mod settings;
mod spacing;
mod table;
#[cfg(test)]
mod tests;

// The named schedules, one file each.
mod align_your_steps;
mod beta;
mod ddim_uniform;
mod exponential;
mod karras;
mod kl_optimal;
mod linear_quadratic;
mod normal;
mod polyexponential;
mod sgm_uniform;
mod simple;

pub use class::SchedulerClass;
pub use config::SchedulerConfig;
pub use error::{ConfigError, UnknownSchedule};
pub use options::{
    AlgorithmType, BetaSchedule, FinalSigmas, Interpolation, PredictionType, SolverType,
    TimestepSpacing, TimestepType, VarianceType,
};
pub use schedule::Schedule;

pub(crate) use grid::Grid;
pub(crate) use karras::karras;
pub(crate) use settings::{Limit, Settings};
pub(crate) use spacing::index_timesteps;
pub(crate) use table::SigmaTable;
