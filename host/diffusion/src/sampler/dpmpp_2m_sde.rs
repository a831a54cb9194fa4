//! DPM++ 2M SDE: the stochastic equation, in terms of the picture unless the config says
//! `sde-dpmsolver`. The arithmetic is in [`dpm_solver`].
//!
//! k-diffusion takes its noise from a Brownian tree by default. Here it is one fresh draw a step,
//! as in diffusers, and as in k-diffusion with such a noise sampler.

use super::Sampler;
use super::dpm_solver::{self, Equation};
use super::error::SamplerError;
use super::setup::Setup;
use crate::sigmas::AlgorithmType;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    dpm_solver::build(setup, |config| Equation {
        stochastic: true,
        picture: config.algorithm_type != Some(AlgorithmType::SdeDpm),
    })
}
