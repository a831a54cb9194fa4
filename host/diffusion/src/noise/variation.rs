//! Noise that is near another's: A1111's variation seed, and its resize from another size (`ImageRNG` there).

/// Part of the noise of another seed in a picture's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variation {
    /// The other seed, of the first picture; picture `i` has seed + `i`.
    pub seed: u64,
    /// How much of it, 0 (none) to 1 (nothing else).
    pub strength: f32,
}

/// Above this, two noises are as good as the same.
const SAME: f64 = 0.9995;

/// The noise between `own` and `other`, along the circle on which both lie, so that it is as strong as they are.
/// `shape` is channels, height and width; angles are measured over the columns, as A1111 does.
///
/// Noises that are [nearly the same](SAME) are mixed in a straight line, and the other way round: A1111 has it so.
#[must_use]
pub fn varied(own: &[f32], other: &[f32], strength: f32, shape: [usize; 3]) -> Vec<f32> {
    let [channels, height, width] = shape;
    let column =
        |channel: usize, x: usize| (0..height).map(move |y| (channel * height + y) * width + x);
    let length = |values: &[f32], channel: usize, x: usize| {
        column(channel, x)
            .map(|at| f64::from(values[at]).powi(2))
            .sum::<f64>()
            .sqrt()
    };
    let mut cosines = Vec::with_capacity(channels * width);
    for channel in 0..channels {
        for x in 0..width {
            let product: f64 = column(channel, x)
                .map(|at| f64::from(own[at]) * f64::from(other[at]))
                .sum();
            cosines.push(product / (length(own, channel, x) * length(other, channel, x)));
        }
    }
    let strength = f64::from(strength);
    let straight = |own: f32, other: f32| {
        (f64::from(own) * strength + f64::from(other) * (1.0 - strength)) as f32
    };
    let mean = cosines.iter().sum::<f64>() / cosines.len().max(1) as f64;
    if mean > SAME {
        let pairs = own.iter().zip(other);
        return pairs.map(|(own, other)| straight(*own, *other)).collect();
    }
    let mut mixed = vec![0.0; own.len()];
    for channel in 0..channels {
        for x in 0..width {
            let angle = cosines[channel * width + x].clamp(-1.0, 1.0).acos();
            let sine = angle.sin();
            for at in column(channel, x) {
                // Columns of one number lie on no circle.
                mixed[at] = if sine > 1e-9 {
                    let own = ((1.0 - strength) * angle).sin() / sine * f64::from(own[at]);
                    (own + (strength * angle).sin() / sine * f64::from(other[at])) as f32
                } else {
                    straight(own[at], other[at])
                };
            }
        }
    }
    mixed
}

/// Noise of one size in the middle of noise of another, `[channels, height, width]` each: what does not fit is cut off.
pub fn resized(from: &[f32], [_, rows, columns]: [usize; 3], onto: &mut [f32], shape: [usize; 3]) {
    let [channels, height, width] = shape;
    let (y, top) = middle(rows, height);
    let (x, left) = middle(columns, width);
    let (high, wide) = (fitting(rows, height), fitting(columns, width));
    for channel in 0..channels {
        for row in 0..high {
            let source = (channel * rows + y + row) * columns + x;
            let target = (channel * height + top + row) * width + left;
            onto[target..target + wide].copy_from_slice(&from[source..source + wide]);
        }
    }
}

/// Where a side of `from` begins to be copied, and where it goes on one of `onto`.
fn middle(from: usize, onto: usize) -> (usize, usize) {
    // Rounded down, as Python does: of an odd overhang one more is cut off at the beginning than at the end.
    if onto >= from {
        (0, (onto - from) / 2)
    } else {
        ((from - onto).div_ceil(2), 0)
    }
}

/// How much of a side is copied. Where it overhangs by an odd number, one less than there is room for.
fn fitting(from: usize, onto: usize) -> usize {
    if onto >= from {
        from
    } else {
        from.saturating_sub(2 * (from - onto).div_ceil(2))
    }
}
