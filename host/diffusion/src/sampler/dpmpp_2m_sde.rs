//! DPM++ 2M SDE: the stochastic equation, in terms of the picture unless the config says
//! `sde-dpmsolver`. The arithmetic is in [`dpm_solver`].
//!
//! Under a named schedule the noise is a Brownian motion over sigma, as in k-diffusion and A1111. With
//! a schedule that follows the config it is one fresh draw a step, as in diffusers.

use super::Sampler;
use super::dpm_solver::{self, Equation, Form};
use super::error::SamplerError;
use super::setup::Setup;
use crate::sigmas::{AlgorithmType, SchedulerConfig};

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    dpm_solver::build(setup, Form::Plain, equation)
}

pub(super) fn equation(config: &SchedulerConfig) -> Equation {
    Equation {
        stochastic: true,
        picture: config.algorithm_type != Some(AlgorithmType::SdeDpm),
    }
}
