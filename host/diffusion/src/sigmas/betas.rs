//! From betas, the noise added each training step, to ᾱ, the picture that is left after it.
//!
//! In float32 where diffusers is: ᾱ near 1 is all in its last bits, and so then are the smallest
//! sigmas.

use std::f64::consts::FRAC_PI_2;

use super::numeric::linspace_f32;
use super::options::BetaSchedule;

/// The most noise one step of [`BetaSchedule::SquaredCosine`] may add.
const MAX_BETA: f64 = 0.999;
/// What [`floor_last`] leaves of a picture: the smallest positive half-precision number, as
/// diffusers has it. Sigma is 4096 there.
const FLOOR: f32 = 1.0 / (1 << 24) as f32;

/// The betas of `count` training steps.
pub(super) fn betas(schedule: BetaSchedule, start: f64, end: f64, count: usize) -> Vec<f32> {
    match schedule {
        BetaSchedule::Linear => linspace_f32(start as f32, end as f32, count),
        BetaSchedule::ScaledLinear => linspace_f32(start.sqrt() as f32, end.sqrt() as f32, count)
            .into_iter()
            .map(|root| root * root)
            .collect(),
        BetaSchedule::SquaredCosine => {
            from_alpha_bar(count, |t| ((t + 0.008) / 1.008 * FRAC_PI_2).cos().powi(2))
        }
        BetaSchedule::Exponential => from_alpha_bar(count, |t| (-12.0 * t).exp()),
        BetaSchedule::Sigmoid => linspace_f32(-6.0, 6.0, count)
            .into_iter()
            .map(|x| 1.0 / (1.0 + (-x).exp()) * (end - start) as f32 + start as f32)
            .collect(),
    }
}

/// Betas such that ᾱ follows a function of time in 0 to 1.
fn from_alpha_bar(count: usize, alpha_bar: impl Fn(f64) -> f64) -> Vec<f32> {
    let at = |i: usize| alpha_bar(i as f64 / count as f64);
    (0..count)
        .map(|i| (1.0 - at(i + 1) / at(i)).min(MAX_BETA) as f32)
        .collect()
}

/// ᾱ, the product of all `1 - beta` so far. Torch multiplies in float64 and keeps float32.
pub(super) fn alphas_cumprod(betas: &[f32]) -> Vec<f32> {
    betas
        .iter()
        .scan(1.0_f64, |product, beta| {
            *product *= f64::from(1.0 - beta);
            Some(*product as f32)
        })
        .collect()
}

/// Shifts and scales sqrt(ᾱ) so that it ends at 0 and begins where it did (Lin and others,
/// "Common diffusion noise schedules and sample steps are flawed", 2023, algorithm 1).
pub(super) fn rescale_to_zero_snr(betas: &[f32]) -> Vec<f32> {
    let roots: Vec<f32> = alphas_cumprod(betas).iter().map(|a| a.sqrt()).collect();
    let (Some(&first), Some(&last)) = (roots.first(), roots.last()) else {
        return Vec::new();
    };
    let scale = first / (first - last);
    let mut before = 1.0;
    roots
        .into_iter()
        .map(|root| {
            let moved = (root - last) * scale;
            let alpha_bar = moved * moved;
            let beta = 1.0 - alpha_bar / before;
            before = alpha_bar;
            beta
        })
        .collect()
}

/// Keeps the last sigma finite after [`rescale_to_zero_snr`].
pub(super) fn floor_last(alphas_cumprod: &mut [f32]) {
    if let Some(last) = alphas_cumprod.last_mut() {
        *last = FLOOR;
    }
}
