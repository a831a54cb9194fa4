//! iPNDM: the mixture of the last four slopes that [PNDM](super::pndm) takes, but from the first step on with as many as
//! there are, in sigma (Zhang and Chen, "Fast sampling of diffusion models with exponential integrator", 2022; `ipndm` in
//! ComfyUI). The last step, to sigma 0, is Euler's.
//!
//! The factors are those of Adams and Bashforth for steps of equal length, whatever the lengths are. The
//! `IPNDMScheduler` of diffusers is for models with a time of their own, of which none is drawn here: with a schedule
//! that follows the config this goes over the sigmas of its Euler.

use super::error::SamplerError;
use super::setup::Setup;
use super::{Sampler, multistep};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    multistep::build(setup, SchedulerClass::Euler, factors)
}

fn factors(sigmas: &[f64], i: usize, order: usize) -> Vec<f64> {
    let (from, to) = (sigmas[i], sigmas[i + 1]);
    let shares: &[f64] = match order {
        _ if to == 0.0 => &[1.0],
        0 | 1 => &[1.0],
        2 => &[3.0 / 2.0, -1.0 / 2.0],
        3 => &[23.0 / 12.0, -16.0 / 12.0, 5.0 / 12.0],
        _ => &[55.0 / 24.0, -59.0 / 24.0, 37.0 / 24.0, -9.0 / 24.0],
    };
    shares.iter().map(|share| share * (to - from)).collect()
}
