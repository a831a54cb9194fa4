//! DPM++ 2M: the ordinary equation, in terms of the picture unless the config says `dpmsolver`.
//! The arithmetic is in [`dpm_solver`].

use super::Sampler;
use super::dpm_solver::{self, Equation, Form};
use super::error::SamplerError;
use super::setup::Setup;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    dpm_solver::build(setup, Form::Plain, |config| Equation {
        stochastic: false,
        ..Equation::of_config(config)
    })
}
