//! DPM++ 2M SDE Heun: [DPM++ 2M SDE](super::dpmpp_2m_sde) in its other form of second order, which integrates the
//! difference of the last two pictures exactly. The arithmetic is in [`dpm_solver`].

use super::Sampler;
use super::dpm_solver::{self, Form};
use super::error::SamplerError;
use super::setup::Setup;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    dpm_solver::build(setup, Form::Heun, super::dpmpp_2m_sde::equation)
}
