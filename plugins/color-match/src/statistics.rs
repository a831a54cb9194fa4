use aquatint_plugin::{Picture, Pixels as _, Result};

use crate::lab::Lab;

/// Deviations below this are none: a picture of one colour, whose contrast cannot be stretched.
const FLAT: f32 = 0.05;
/// Contrast is changed by no more than this: beyond, noise and bands come out.
const MOST: f32 = 3.0;

/// Mean and standard deviation of a picture's pixels in Lab, each weighted by its alpha.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    pub mean: [f32; 3],
    pub deviation: [f32; 3],
}

impl Statistics {
    pub fn of(picture: &Picture, lab: &Lab) -> Result<Self> {
        let mut sums = Sums::default();
        for area in picture.strips(64) {
            for [red, green, blue, alpha] in picture.read_colors(area)? {
                sums.add(lab.of_srgb([red, green, blue]), alpha);
            }
        }
        Ok(sums.statistics())
    }
}

#[derive(Default)]
struct Sums {
    weight: f64,
    sum: [f64; 3],
    squares: [f64; 3],
}

impl Sums {
    fn add(&mut self, lab: [f32; 3], weight: f32) {
        let weight = f64::from(weight);
        self.weight += weight;
        for (at, part) in lab.into_iter().enumerate() {
            let part = f64::from(part);
            self.sum[at] += weight * part;
            self.squares[at] += weight * part * part;
        }
    }

    fn statistics(&self) -> Statistics {
        if self.weight <= 0.0 {
            return Statistics::default();
        }
        let mean = self.sum.map(|sum| sum / self.weight);
        let deviation = std::array::from_fn(|at| {
            let variance = self.squares[at] / self.weight - mean[at] * mean[at];
            variance.max(0.0).sqrt() as f32
        });
        Statistics {
            mean: mean.map(|mean| mean as f32),
            deviation,
        }
    }
}

/// Moves colours so that mean and deviation become those of another picture (Reinhard, Ashikhmin, Gooch, Shirley:
/// "Color transfer between images", 2001; there in another space than Lab).
pub struct Match {
    pub lab: Lab,
    pub from: Statistics,
    pub to: Statistics,
    /// How much of it: lightness, green to red, blue to yellow; 0 to 1 each.
    pub parts: [f32; 3],
}

impl Match {
    pub fn apply(&self, rgb: [f32; 3]) -> [f32; 3] {
        let lab = self.lab.of_srgb(rgb);
        let moved = std::array::from_fn(|at| {
            let factor = if self.from.deviation[at] < FLAT {
                1.0
            } else {
                (self.to.deviation[at] / self.from.deviation[at]).clamp(1.0 / MOST, MOST)
            };
            let target = (lab[at] - self.from.mean[at]) * factor + self.to.mean[at];
            lab[at] + self.parts[at] * (target - lab[at])
        });
        self.lab.to_srgb(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistics(colors: &[[f32; 3]]) -> Statistics {
        let mut sums = Sums::default();
        colors
            .iter()
            .for_each(|color| sums.add(Lab::new().of_srgb(*color), 1.0));
        sums.statistics()
    }

    #[test]
    fn what_was_matched_has_the_others_statistics() {
        let gray = |value: f32| [value, value * 0.9, value * 0.8];
        let from: Vec<_> = (0..50).map(|at| gray(0.3 + 0.005 * at as f32)).collect();
        let to: Vec<_> = (0..50)
            .map(|at| [0.2 + 0.01 * at as f32, 0.4, 0.5])
            .collect();
        let (from_statistics, to_statistics) = (statistics(&from), statistics(&to));
        let matching = Match {
            lab: Lab::new(),
            from: from_statistics,
            to: to_statistics,
            parts: [1.0; 3],
        };
        let matched: Vec<_> = from.iter().map(|color| matching.apply(*color)).collect();
        let found = statistics(&matched);
        for at in 0..3 {
            assert!(
                (found.mean[at] - to_statistics.mean[at]).abs() < 0.05,
                "{found:?}"
            );
        }
        let light = Match {
            parts: [1.0, 0.0, 0.0],
            ..matching
        };
        let matched: Vec<_> = from.iter().map(|color| light.apply(*color)).collect();
        let found = statistics(&matched);
        assert!((found.mean[0] - to_statistics.mean[0]).abs() < 0.05);
        assert!((found.mean[1] - from_statistics.mean[1]).abs() < 0.05);
    }

    #[test]
    fn a_picture_of_one_color_is_moved_and_not_torn() {
        let flat = statistics(&[[0.5; 3]; 4]);
        let to = statistics(&[[0.1, 0.2, 0.9], [0.9, 0.1, 0.2]]);
        let matching = Match {
            lab: Lab::new(),
            from: flat,
            to,
            parts: [1.0; 3],
        };
        assert!(matching.apply([0.5; 3]).iter().all(|part| part.is_finite()));
        let nothing = Match {
            parts: [0.0; 3],
            ..matching
        };
        let same = nothing.apply([0.3, 0.6, 0.9]);
        assert!(
            same.iter()
                .zip([0.3, 0.6, 0.9])
                .all(|(one, other)| (one - other).abs() < 1e-4)
        );
    }
}
