//! "Exponential": equal steps in log sigma (`get_sigmas_exponential` in k-diffusion).

use super::numeric::linspace;

/// `count` sigmas falling from `max` to `min`.
pub(super) fn exponential(count: usize, min: f64, max: f64) -> Vec<f64> {
    linspace(max.ln(), min.ln(), count)
        .into_iter()
        .map(f64::exp)
        .collect()
}
