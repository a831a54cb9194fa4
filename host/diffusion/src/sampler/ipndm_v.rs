//! iPNDM_v: [iPNDM](super::ipndm) with factors that follow the lengths of the steps (`ipndm_v` in ComfyUI, after the
//! solvers of Zhou and others, "Fast ODE-based sampling for diffusion models in around 5 steps", 2024). The last step,
//! to sigma 0, is Euler's.
//!
//! With `h0` the length of the step and `h1`, `h2`, `h3` those of the steps before it, the factors are built from the
//! divided differences of the slopes. Those of the second and third differences are the reference's, and not the
//! integrals of the polynomials: of the second it is `(1 - h0 / (3 (h0 + h1)) · h0 (h0 + h1) / (h1 (h1 + h2))) / 2`, where
//! the integral has the last fraction outside of the brackets, and the oldest slope counts `h1 / h2` in the third where it
//! should `h2 / h3`, so that the factors of four slopes are not 1 in all unless the steps are equally long. [LMS](super::lms)
//! has the integrals.

use super::error::SamplerError;
use super::setup::Setup;
use super::{Sampler, multistep};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    multistep::build(setup, SchedulerClass::Euler, factors)
}

fn factors(sigmas: &[f64], i: usize, order: usize) -> Vec<f64> {
    let h = |back: usize| sigmas[i + 1 - back] - sigmas[i - back];
    let h0 = h(0);
    if sigmas[i + 1] == 0.0 || order <= 1 {
        return vec![h0];
    }
    let h1 = h(1);
    let first = h0 / h1 / 2.0;
    let mut shares = [1.0 + first, -first, 0.0, 0.0];
    if order >= 3 {
        let h2 = h(2);
        let second = (1.0 - h0 / (3.0 * (h0 + h1)) * (h0 * (h0 + h1)) / (h1 * (h1 + h2))) / 2.0;
        shares[0] += second;
        shares[1] -= (1.0 + h1 / h2) * second;
        shares[2] += h1 / h2 * second;
    }
    if order >= 4 {
        let (h2, h3) = (h(2), h(3));
        let ahead = h0 + h1;
        let third = ((1.0 - h0 / (3.0 * ahead)) / 2.0
            + (1.0 - h0 / (2.0 * ahead)) * h0 / (6.0 * (ahead + h2)))
            * (h0 * ahead * (ahead + h2))
            / (h1 * (h1 + h2) * (h1 + h2 + h3));
        let (near, far) = (h1 / h2, h1 * (h1 + h2) / (h2 * (h2 + h3)));
        shares[0] += third;
        shares[1] -= (1.0 + near + far) * third;
        shares[2] += (near + far * (1.0 + h2 / h3)) * third;
        shares[3] -= far * near * third;
    }
    shares.iter().take(order).map(|share| share * h0).collect()
}
