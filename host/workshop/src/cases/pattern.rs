//! Pictures and latents that cases need no file for. The same everywhere: whole numbers and exact fractions only.

use aquatint_sandbox::pixels::Picture;
use aquatint_sandbox::tensor::{Tensor, TensorError};
use serde::Deserialize;

use crate::picture::of_colors;

/// A picture that is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PicturePattern {
    /// Red grows from left to right, green from top to bottom, blue from right to left; all from 0 to 255.
    Gradient,
    /// Squares of 8x8 pixels, black and white, black in the top left corner.
    Checker,
    /// Each channel of each pixel by chance.
    Noise,
    /// Grey, 128.
    Plain,
}

/// Latents that are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TensorPattern {
    /// About standard normal: sums of twelve numbers evenly from 0 to 1, less 6.
    Noise,
    /// From -1 evenly to 1, first number to last.
    Ramp,
    /// All 0.
    Zeros,
}

impl PicturePattern {
    pub(super) fn draw(self, width: u32, height: u32, seed: u64) -> Picture {
        // Along a side of 1 there is nowhere to grow to.
        let grown = |at: u32, side: u32| (at * 255 / (side - 1).max(1)) as u8;
        match self {
            Self::Gradient => of_colors(width, height, |x, y| {
                [
                    grown(x, width),
                    grown(y, height),
                    grown(width - 1 - x, width),
                ]
            }),
            Self::Checker => of_colors(width, height, |x, y| {
                [if (x / 8 + y / 8) % 2 == 0 { 0 } else { 255 }; 3]
            }),
            Self::Noise => of_colors(width, height, |x, y| {
                let index = u64::from(y) * u64::from(width) + u64::from(x);
                let [red, green, blue, ..] = chance(seed, index).to_le_bytes();
                [red, green, blue]
            }),
            Self::Plain => of_colors(width, height, |_, _| [128; 3]),
        }
    }
}

impl TensorPattern {
    /// Latents of this shape.
    ///
    /// # Errors
    /// The shape is none that a tensor may have.
    pub(super) fn make(self, shape: Vec<u32>, seed: u64) -> Result<Tensor, TensorError> {
        let mut tensor = Tensor::zeros(shape)?;
        let count = tensor.numbers().len();
        let numbers = match self {
            Self::Noise => (0..count as u64).map(|index| normal(seed, index)).collect(),
            Self::Ramp => (0..count)
                .map(|index| (2.0 * index as f64 / (count - 1).max(1) as f64 - 1.0) as f32)
                .collect(),
            Self::Zeros => return Ok(tensor),
        };
        tensor.write_all(numbers)?;
        Ok(tensor)
    }
}

/// 64 bits by chance: number `index` of the generator SplitMix64 with this seed (Steele, Lea, Flood 2014).
pub(super) fn chance(seed: u64, index: u64) -> u64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut z = seed.wrapping_add(STEP.wrapping_mul(index.wrapping_add(1)));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn normal(seed: u64, index: u64) -> f32 {
    // 21 bits each: their sum, and its float, are exact.
    let sum: u64 = (0..4)
        .map(|word| chance(seed, index * 4 + word))
        .map(|bits| [bits & 0x1f_ffff, (bits >> 21) & 0x1f_ffff, bits >> 43])
        .map(|parts| parts.iter().sum::<u64>())
        .sum();
    (sum as f64 / f64::from(1 << 21) - 6.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::rgba;

    #[test]
    fn chance_is_the_known_generator() {
        // The first numbers that SplitMix64 gives for the seed 1234567, as its authors' program prints them.
        let numbers: Vec<u64> = (0..3).map(|index| chance(1_234_567, index)).collect();
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn noise_is_about_normal() {
        let make = |seed| {
            TensorPattern::Noise
                .make(vec![4, 32, 32], seed)
                .expect("a tensor")
        };
        let tensor = make(1);
        let mean = tensor.numbers().iter().sum::<f32>() / 4096.0;
        let square = |number: &f32| (number - mean) * (number - mean);
        let deviation = (tensor.numbers().iter().map(square).sum::<f32>() / 4096.0).sqrt();
        assert!(mean.abs() < 0.05 && (deviation - 1.0).abs() < 0.05);
        assert_ne!(tensor, make(2));
    }

    #[test]
    fn patterns_reach_from_end_to_end() {
        let picture = PicturePattern::Gradient.draw(5, 3, 0);
        assert_eq!(rgba(&picture)[0], [0, 0, 255, 255]);
        assert_eq!(rgba(&picture)[14], [255, 255, 0, 255]);
        assert_eq!(PicturePattern::Gradient.draw(1, 1, 0).pixels(), [0, 0, 0]);
        let ramp = TensorPattern::Ramp.make(vec![5], 0).expect("a tensor");
        assert_eq!(ramp.numbers(), [-1.0, -0.5, 0.0, 0.5, 1.0]);
        assert!(TensorPattern::Zeros.make(vec![0], 0).is_err());
        let checker = rgba(&PicturePattern::Checker.draw(9, 1, 0));
        assert_eq!((checker[7][0], checker[8][0]), (0, 255));
    }
}
