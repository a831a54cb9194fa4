//! DPM++ 3M SDE: the stochastic equation in terms of the picture, to third order (`sample_dpmpp_3m_sde` in k-diffusion;
//! `DPMSolverMultistepScheduler` in diffusers with `solver_order` 3, whose last factor is another). The arithmetic is in
//! [`dpm_solver`].

use super::Sampler;
use super::dpm_solver::{self, Form};
use super::error::SamplerError;
use super::setup::Setup;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    dpm_solver::build(
        &setup.discarding(),
        Form::Third,
        super::dpmpp_2m_sde::equation,
    )
}
