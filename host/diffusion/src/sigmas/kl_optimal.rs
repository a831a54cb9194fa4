//! "KL Optimal": equal steps in the arc tangent of sigma (Sabour and others, "Align your steps", 2024, theorem 3.1;
//! `kl_optimal` in A1111).
//!
//! As in A1111 this ends at the smallest sigma of the model, not at 0.

/// `count + 1` sigmas falling from `max` to `min`.
pub(super) fn kl_optimal(count: usize, min: f64, max: f64) -> Vec<f64> {
    let (low, high) = (min.atan(), max.atan());
    (0..=count)
        .map(|i| i as f64 / count as f64)
        .map(|share| (share * low + (1.0 - share) * high).tan())
        .collect()
}
