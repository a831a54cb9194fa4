//! "Linear Quadratic": half of the steps take off a fortieth of the noise, in equal parts, and the others all the rest,
//! ever faster (Genmo's Mochi; `linear_quadratic` in ComfyUI).
//!
//! `sigma = max · (1 - f)` with `f = i · t / m` for the `m` first of `n` steps, and then a parabola that goes on from
//! there as steep as the line was and ends at 1.

/// What the linear steps take off.
const THRESHOLD: f64 = 0.025;

/// `count` sigmas falling from `max`, without the 0 at the end.
pub(super) fn linear_quadratic(count: usize, max: f64) -> Vec<f64> {
    if count == 1 {
        return vec![max];
    }
    let steps = count as f64;
    let straight = (count / 2) as f64;
    let curved = steps - straight;
    let bend = (straight - THRESHOLD * steps) / (straight * curved * curved);
    let slope = THRESHOLD / straight - 2.0 * bend * straight;
    let constant = bend * straight * straight;
    (0..count)
        .map(|i| i as f64)
        .map(|i| {
            if i < straight {
                i * THRESHOLD / straight
            } else {
                bend * i * i + slope * i + constant
            }
        })
        .map(|taken_off| max * (1.0 - taken_off))
        .collect()
}
