//! "Beta": sigmas at equal steps of probability of a Beta(0.6, 0.6) distribution, which is dense at
//! both ends (Lee and others, "Beta sampling is all you need", 2024).
//!
//! The quantile is taken of sigma itself, as A1111 (`beta_scheduler`, with its default alpha and
//! beta) and diffusers (`use_beta_sigmas`) do. ComfyUI takes it of the timestep and gets other
//! sigmas, so pictures differ from its "beta".

use super::numeric::linspace;

/// Both parameters of the distribution, which is therefore symmetrical about a half.
const SHAPE: f64 = 0.6;
/// Terms of the series: at one half, each is less than half the one before.
const TERMS: usize = 60;
/// Newton's method doubles the digits each time.
const ITERATIONS: usize = 40;

/// `count` sigmas falling from `max` to `min`.
pub(super) fn beta(count: usize, min: f64, max: f64) -> Vec<f64> {
    linspace(0.0, 1.0, count)
        .into_iter()
        .map(|p| min + quantile(1.0 - p) * (max - min))
        .collect()
}

/// The value below which a share `p` of Beta(0.6, 0.6) lies.
fn quantile(p: f64) -> f64 {
    if p > 0.5 {
        1.0 - lower_quantile(1.0 - p)
    } else {
        lower_quantile(p)
    }
}

/// [`quantile`] for `p` up to a half.
fn lower_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    // By symmetry, half of the whole lies below one half: no gamma function is needed.
    let target = p * 2.0 * integral(0.5);
    // The first term of the series alone, which is too far right or exact. The integral is concave,
    // so Newton goes left of the root at most once and then climbs to it.
    let mut x = (SHAPE * target).powf(1.0 / SHAPE).min(0.5);
    for _ in 0..ITERATIONS {
        let density = (x * (1.0 - x)).powf(SHAPE - 1.0);
        let next = x - (integral(x) - target) / density;
        // Below zero there is nothing; halve instead.
        let next = if next > 0.0 { next.min(0.5) } else { x / 2.0 };
        if (next - x).abs() <= f64::EPSILON * x {
            return next;
        }
        x = next;
    }
    x
}

/// The integral of `(t (1 - t))^(a - 1)` from 0 to `x`, for `x` up to a half, by the power series
/// of `(1 - t)^(a - 1)`: `x^a · Σ c_k x^k / (a + k)` with `c_k = (1 - a)(2 - a)…(k - a) / k!`.
fn integral(x: f64) -> f64 {
    let mut coefficient = 1.0;
    let mut power = 1.0;
    let mut sum = 0.0;
    for k in 0..TERMS {
        let k = k as f64;
        sum += coefficient * power / (SHAPE + k);
        coefficient *= (k + 1.0 - SHAPE) / (k + 1.0);
        power *= x;
    }
    x.powf(SHAPE) * sum
}

#[cfg(test)]
mod tests {
    use super::quantile;

    /// `scipy.stats.beta.ppf(p, 0.6, 0.6)`.
    const SCIPY: [(f64, f64); 9] = [
        (0.0, 0.0),
        (1e-6, 1.855_882_462_405_304_3e-10),
        (0.001, 1.855_873_851_745_199e-5),
        (0.1, 0.039_584_405_588_780_85),
        (0.25, 0.175_680_378_652_694_98),
        (0.5, 0.5),
        (0.75, 0.824_319_621_347_305),
        (0.9, 0.960_415_594_411_219_2),
        (1.0, 1.0),
    ];

    #[test]
    fn quantiles_equal_scipy() {
        for (p, expected) in SCIPY {
            let got = quantile(p);
            assert!(
                (got - expected).abs() <= 1e-12 * expected,
                "ppf({p}) = {got}, expected {expected}"
            );
        }
    }
}
