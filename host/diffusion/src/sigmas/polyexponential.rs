//! "Polyexponential": a power of equal steps, in log sigma (`get_sigmas_polyexponential` in k-diffusion).

use super::numeric::linspace;

/// A1111's default. With it this is [`exponential`](super::exponential).
const RHO: f64 = 1.0;

/// `count` sigmas falling from `max` to `min`.
pub(super) fn polyexponential(count: usize, min: f64, max: f64) -> Vec<f64> {
    let (low, high) = (min.ln(), max.ln());
    linspace(1.0, 0.0, count)
        .into_iter()
        .map(|ramp| (ramp.powf(RHO) * (high - low) + low).exp())
        .collect()
}
