//! "Align Your Steps": the sigmas that were found best for ten steps, and others between them (Sabour and others, "Align
//! your steps", 2024; `get_align_your_steps_sigmas` in A1111).

use super::numeric::linspace;

/// For Stable Diffusion 1.5, and in A1111 for all but SDXL.
const SD: [f64; 11] = [
    14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029,
];
const SDXL: [f64; 11] = [
    14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029,
];

/// `count` falling sigmas. The logarithms between those of the table are interpolated linearly.
///
/// Of one, A1111 takes the smallest; here it is the largest, from which there is something to draw.
pub(super) fn align_your_steps(count: usize, is_sdxl: bool) -> Vec<f64> {
    let table = if is_sdxl { SDXL } else { SD };
    let last = table.len() - 1;
    linspace(0.0, last as f64, count)
        .into_iter()
        .map(|place| {
            let low = (place.floor() as usize).min(last);
            let share = place - low as f64;
            let (from, to) = (table[low].ln(), table[(low + 1).min(last)].ln());
            (from + share * (to - from)).exp()
        })
        .collect()
}
