//! Evenly spaced numbers, as numpy and torch make them.

/// `count` numbers from `first` to `last`, both included; `first` alone if only one is wanted.
pub(super) fn linspace(first: f64, last: f64, count: usize) -> Vec<f64> {
    let step = (last - first) / count.saturating_sub(1).max(1) as f64;
    let mut values: Vec<f64> = (0..count).map(|i| first + i as f64 * step).collect();
    if count > 1 {
        // As numpy: not left to rounding.
        values[count - 1] = last;
    }
    values
}

/// `torch.linspace` in float32: counted from both ends, so that it is symmetrical.
pub(super) fn linspace_f32(first: f32, last: f32, count: usize) -> Vec<f32> {
    let step = (last - first) / count.saturating_sub(1).max(1) as f32;
    (0..count)
        .map(|i| {
            if count == 1 || i < count / 2 {
                first + step * i as f32
            } else {
                last - step * (count - 1 - i) as f32
            }
        })
        .collect()
}
