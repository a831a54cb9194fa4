//! Latents at another size, as `torch.nn.functional.interpolate` makes them: what hires fix starts its second drawing
//! from.

#[cfg(test)]
mod tests;

/// How latents between latents are found. Names are torch's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// `nearest`: `⌊i · in / out⌋`.
    Nearest,
    /// `nearest-exact`: `⌊(i + ½) · in / out⌋`.
    NearestExact,
    /// `bilinear`.
    Bilinear,
    /// `bilinear` with `antialias`.
    BilinearAntialiased,
    /// `bicubic`, with a = -3/4.
    Bicubic,
    /// `bicubic` with `antialias`, for which torch takes a = -1/2.
    BicubicAntialiased,
}

/// Latents `[channels, from.0, from.1]` at height and width `to`. Corners are not aligned.
///
/// # Panics
/// If `values` are not of that size.
#[must_use]
pub fn resize(
    values: &[f32],
    channels: usize,
    from: [usize; 2],
    to: [usize; 2],
    how: Interpolation,
) -> Vec<f32> {
    assert_eq!(values.len(), channels * from[0] * from[1], "the size given");
    let (down, across) = (taps(how, from[0], to[0]), taps(how, from[1], to[1]));
    let mut resized = Vec::with_capacity(channels * to[0] * to[1]);
    for plane in values.chunks(from[0] * from[1]).take(channels) {
        // Along the rows first, as torch sums.
        let rows: Vec<f32> = plane
            .chunks(from[1])
            .flat_map(|row| across.iter().map(|taps| weigh(taps, |x| row[x])))
            .collect();
        for taps in &down {
            resized.extend((0..to[1]).map(|x| weigh(taps, |y| rows[y * to[1] + x])));
        }
    }
    resized
}

fn weigh(taps: &[(usize, f32)], at: impl Fn(usize) -> f32) -> f32 {
    taps.iter().map(|(i, weight)| weight * at(*i)).sum()
}

/// For each place of the result, what it is made of.
fn taps(how: Interpolation, from: usize, to: usize) -> Vec<Vec<(usize, f32)>> {
    let scale = from as f32 / to as f32;
    let last = from - 1;
    (0..to)
        .map(|i| {
            let middle = (i as f32 + 0.5) * scale;
            match how {
                Interpolation::Nearest => vec![(((i as f32 * scale) as usize).min(last), 1.0)],
                Interpolation::NearestExact => vec![((middle as usize).min(last), 1.0)],
                Interpolation::Bilinear => {
                    let place = (middle - 0.5).max(0.0);
                    let first = (place as usize).min(last);
                    let share = place - first as f32;
                    vec![(first, 1.0 - share), ((first + 1).min(last), share)]
                }
                Interpolation::Bicubic => {
                    let place = middle - 0.5;
                    let first = place.floor();
                    let share = place - first;
                    (-1..=2)
                        .map(|offset| {
                            let at = (first as i64 + offset).clamp(0, last as i64) as usize;
                            (at, cubic(share - offset as f32, -0.75))
                        })
                        .collect()
                }
                Interpolation::BilinearAntialiased => {
                    antialiased(middle, scale, last, 1.0, |x| (1.0 - x.abs()).max(0.0))
                }
                Interpolation::BicubicAntialiased => {
                    antialiased(middle, scale, last, 2.0, |x| cubic(x, -0.5))
                }
            }
        })
        .collect()
}

/// A filter as wide as a latent of the coarser side.
fn antialiased(
    middle: f32,
    scale: f32,
    last: usize,
    reach: f32,
    filter: impl Fn(f32) -> f32,
) -> Vec<(usize, f32)> {
    let coarse = scale.max(1.0);
    let support = reach * coarse;
    let first = (middle - support + 0.5).max(0.0) as usize;
    let end = ((middle + support + 0.5) as usize).min(last + 1);
    let mut taps: Vec<(usize, f32)> = (first..end)
        .map(|i| (i, filter((i as f32 - middle + 0.5) / coarse)))
        .collect();
    let sum: f32 = taps.iter().map(|(_, weight)| weight).sum();
    for (_, weight) in &mut taps {
        *weight /= sum;
    }
    taps
}

/// Keys' cubic convolution (1981).
fn cubic(x: f32, a: f32) -> f32 {
    let x = x.abs();
    if x <= 1.0 {
        ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a
    } else {
        0.0
    }
}
