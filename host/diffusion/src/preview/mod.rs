//! How a picture looks while it is still latents: each latent becomes one pixel, by a linear map.
//!
//! It costs a few multiplications a pixel, and shows shapes and colours well enough to decide whether to go on. The map
//! belongs to an autoencoder. Those of SD and SDXL are known; a checkpoint with another one can bring its own in
//! `aquatint.json`, and [`Fit`] finds it.

mod fit;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::checkpoint::Family;

pub use fit::Fit;

/// From latents to colours: `colour = bias + Σ factor · latent`, from 0 (dark) to 255.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Projection {
    /// Red, green and blue for each channel of the latents.
    pub factors: Vec<[f32; 3]>,
    /// Red, green and blue where all latents are 0.
    pub bias: [f32; 3],
}

impl Projection {
    /// That of a family's usual autoencoder.
    #[must_use]
    pub fn of(family: Family) -> Self {
        match family {
            // Published by the user keturn, for colours from -1 to 1:
            // https://discuss.huggingface.co/t/decoding-latents-to-rgb-without-upscaling/23204
            Family::Sd1 | Family::Sd2 => {
                const HALF: f32 = 127.5;
                let scaled = |row: [f32; 3]| row.map(|factor| factor * HALF);
                Self {
                    factors: [
                        [0.298, 0.207, 0.208],
                        [0.187, 0.286, 0.173],
                        [-0.158, 0.189, 0.264],
                        [-0.184, -0.271, -0.473],
                    ]
                    .map(scaled)
                    .to_vec(),
                    bias: [HALF; 3],
                }
            }
            // Published by Timothy Alexis Vass:
            // https://huggingface.co/blog/TimothyAlexisVass/explaining-the-sdxl-latent-space
            Family::Sdxl | Family::SdxlRefiner => Self {
                factors: vec![
                    [60.0, 60.0, 60.0],
                    [-60.0, -5.0, 10.0],
                    [25.0, 15.0, -5.0],
                    [-70.0, -50.0, -35.0],
                ],
                bias: [150.0, 140.0, 130.0],
            },
        }
    }

    /// Red, green and blue, row by row, of latents `[channels, height, width]`. `None` if they have another number of
    /// channels, or not as many numbers as `shape` says.
    #[must_use]
    pub fn apply(&self, latents: &[f32], shape: [usize; 3]) -> Option<Vec<u8>> {
        let [channels, height, width] = shape;
        let plane = height.checked_mul(width)?;
        if channels != self.factors.len() || latents.len() != plane.checked_mul(channels)? {
            return None;
        }
        let mut pixels = Vec::with_capacity(plane * 3);
        for at in 0..plane {
            let mut colour = self.bias;
            for (channel, factors) in self.factors.iter().enumerate() {
                let latent = latents[channel * plane + at];
                for (colour, factor) in colour.iter_mut().zip(factors) {
                    *colour += latent * factor;
                }
            }
            // What is out of range, or not a number, becomes what is nearest or 0.
            pixels.extend(colour.map(|colour| colour.round() as u8));
        }
        Some(pixels)
    }
}
