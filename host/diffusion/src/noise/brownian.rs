//! Noise along a run as the increments of one Brownian motion over sigma: what k-diffusion's stochastic solvers draw
//! (`BrownianTreeNoiseSampler`, over `BrownianTree` of torchsde 0.2.6; after Li and others, "Scalable gradients for
//! stochastic differential equations", 2020).
//!
//! The motion does not depend on where it is looked at, so a run of more steps sees the same noise in finer pieces. It
//! is a tree: each interval is halved, and where the motion is in its middle is the mean of its ends and a draw from a
//! generator of the interval's own, seeded by its place in the tree.

use super::seed_sequence::SeedSequence;
use super::{NoiseGenerator, NoiseKind};

/// Words in the pools that seeds are made from.
const POOL: usize = 24;
/// Sigmas are rounded to a millionth: the tree ends there.
const DIGITS: usize = 6;
/// More halves than any two sigmas are apart: a span of 2^40 millionths is a million.
const DEEPEST: u64 = 48;

/// The Brownian motion of one picture over all sigmas of a run.
#[derive(Clone, Debug)]
pub struct BrownianTree {
    kind: NoiseKind,
    seed: u64,
    top: Interval,
    /// How far the motion gets in all.
    whole: Vec<f32>,
}

/// A part of the whole range. Its place is that of its left end among as many intervals as there are at its depth.
#[derive(Clone, Copy, Debug)]
struct Interval {
    start: f64,
    end: f64,
    place: u64,
    depth: u64,
}

impl BrownianTree {
    /// The motion that belongs to a picture's seed, from the least sigma of a run that is not 0 to the greatest, for
    /// latents of `length` numbers.
    #[must_use]
    pub fn new(kind: NoiseKind, seed: u64, (least, greatest): (f32, f32), length: usize) -> Self {
        let (least, greatest) = (f64::from(least), f64::from(greatest));
        let first = SeedSequence::new(seed, &[], POOL).first();
        let mut whole = vec![0.0; length];
        NoiseGenerator::new(kind, first.into()).fill(&mut whole);
        let scale = (greatest - least).max(0.0).sqrt() as f32;
        whole.iter_mut().for_each(|value| *value *= scale);
        Self {
            kind,
            seed,
            top: Interval {
                start: rounded(least),
                end: rounded(greatest),
                place: 0,
                depth: 0,
            },
            whole,
        }
    }

    /// Fills `out` with the way of the motion from one sigma to another, divided by the root of their distance: standard
    /// normal numbers, as many as the latents have. Zeros for no distance.
    pub fn fill(&self, from: f32, to: f32, out: &mut [f32]) {
        let (low, high) = (f64::from(from.min(to)), f64::from(from.max(to)));
        let within = |sigma: f64| rounded(sigma.clamp(self.top.start, self.top.end));
        let span = (within(low), within(high));
        out.fill(0.0);
        if span.0 < span.1 {
            self.add(self.top, &self.whole, span, out);
        }
        let sign = if from < to { 1.0 } else { -1.0 };
        let root = (to - from).abs().sqrt();
        for value in out {
            *value = if root > 0.0 {
                *value * sign / root
            } else {
                0.0
            };
        }
    }

    /// Adds what the motion does in the part of an interval that lies in `span`, which it reaches into.
    fn add(&self, interval: Interval, way: &[f32], span: (f64, f64), out: &mut [f32]) {
        let Interval { start, end, .. } = interval;
        let middle = rounded(0.5 * (start + end));
        let is_whole = span.0 <= start && end <= span.1;
        if is_whole || middle <= start || end <= middle || interval.depth > DEEPEST {
            for (sum, value) in out.iter_mut().zip(way) {
                *sum += value;
            }
            return;
        }
        let left_way = self.left(interval, middle, way);
        if span.0 < middle {
            let left = Interval {
                end: middle,
                ..interval.child(0)
            };
            self.add(left, &left_way, span, out);
        }
        if middle < span.1 {
            let right = Interval {
                start: middle,
                ..interval.child(1)
            };
            let right_way: Vec<f32> = way.iter().zip(&left_way).map(|(w, l)| w - l).collect();
            self.add(right, &right_way, span, out);
        }
    }

    /// What the motion does in the left half of an interval.
    fn left(&self, interval: Interval, middle: f64, way: &[f32]) -> Vec<f32> {
        let seed = SeedSequence::new(self.seed, &[interval.place, interval.depth], POOL).first();
        let mut left = vec![0.0; way.len()];
        NoiseGenerator::new(self.kind, seed.into()).fill(&mut left);
        let per_length = 1.0 / (interval.end - interval.start);
        let (before, after) = (middle - interval.start, interval.end - middle);
        let deviation = (before * after * per_length).sqrt() as f32;
        let (before, per_length) = (before as f32, per_length as f32);
        for (noise, way) in left.iter_mut().zip(way) {
            *noise = before * way * per_length + deviation * *noise;
        }
        left
    }
}

impl Interval {
    fn child(self, which: u64) -> Self {
        Self {
            place: 2 * self.place + which,
            depth: self.depth + 1,
            ..self
        }
    }
}

/// To a millionth, as Python rounds: correctly, by the decimal digits.
fn rounded(sigma: f64) -> f64 {
    format!("{sigma:.DIGITS$}").parse().unwrap_or(sigma)
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn numbers_are_rounded_as_python_does() {
        for (given, expected) in [
            (0.007_812_5, 0.007_812),
            (0.023_437_5, 0.023_438),
            (14.614_647_865_295_41, 14.614_648),
            (0.029_167_51, 0.029_168),
            (4_096.0, 4_096.0),
        ] {
            assert_eq!(rounded(given), expected);
        }
    }
}
