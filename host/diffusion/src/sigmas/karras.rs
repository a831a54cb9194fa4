//! "Karras": equal steps in the seventh root of sigma, which spends more of the steps where there
//! is little noise (Karras and others, "Elucidating the design space of diffusion-based
//! generative models", 2022, equation 5; `get_sigmas_karras` in k-diffusion).

use super::numeric::linspace;

const RHO: f64 = 7.0;

/// `count` sigmas falling from `max` to `min`.
pub(crate) fn karras(count: usize, min: f64, max: f64) -> Vec<f64> {
    let (min_root, max_root) = (min.powf(1.0 / RHO), max.powf(1.0 / RHO));
    linspace(0.0, 1.0, count)
        .into_iter()
        .map(|ramp| (max_root + ramp * (min_root - max_root)).powf(RHO))
        .collect()
}
