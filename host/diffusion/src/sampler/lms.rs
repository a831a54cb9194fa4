//! LMS: the slope as a polynomial of sigma, through the last four, integrated over the step (the method of Adams and
//! Bashforth for steps of any length; `LMSDiscreteScheduler` in diffusers, `sample_lms` in k-diffusion).

use super::error::SamplerError;
use super::setup::Setup;
use super::{Sampler, multistep};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    multistep::build(setup, SchedulerClass::Lms, factors)
}

/// Places and weights of Gauss's rule of two points between -1 and 1: exact for polynomials of degree three.
const GAUSS: [(f64, f64); 2] = [
    (-0.577_350_269_189_625_8, 1.0),
    (0.577_350_269_189_625_8, 1.0),
];

/// The integrals over the step of the polynomials that are 1 where one of the slopes was seen and 0 at the others.
fn factors(sigmas: &[f64], i: usize, order: usize) -> Vec<f64> {
    let (from, to) = (sigmas[i], sigmas[i + 1]);
    let half = (to - from) / 2.0;
    let basis = |of: usize, at: f64| -> f64 {
        (0..order)
            .filter(|other| *other != of)
            .map(|other| (at - sigmas[i - other]) / (sigmas[i - of] - sigmas[i - other]))
            .product()
    };
    (0..order)
        .map(|of| {
            let points = GAUSS.iter();
            let values =
                points.map(|(place, weight)| weight * basis(of, from + half * (1.0 + place)));
            half * values.sum::<f64>()
        })
        .collect()
}
