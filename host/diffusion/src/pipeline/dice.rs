//! The noise of pictures that are denoised together, each from a source of its own, so that a batch does not change it.

use super::Start;
use crate::noise::{BrownianTree, NoiseGenerator};
use crate::sampler::Noise;

/// Where the noise of each picture comes from.
pub(super) struct Dice {
    generators: Vec<NoiseGenerator>,
    motions: Vec<BrownianTree>,
    /// Numbers in the latents of one.
    length: usize,
}

impl Dice {
    /// `brownian` is the range of sigmas that the sampler wants motions over, if it does.
    pub(super) fn new<'s>(
        starts: impl Iterator<Item = &'s Start>,
        brownian: Option<(f32, f32)>,
        length: usize,
    ) -> Self {
        let (mut generators, mut motions) = (Vec::new(), Vec::new());
        for start in starts {
            generators.push(start.generator.clone());
            motions.extend(brownian.map(|range| start.motion(range)));
        }
        Self {
            generators,
            motions,
            length,
        }
    }
}

impl Noise for Dice {
    fn fresh(&mut self, out: &mut [f32]) {
        let pictures = out.chunks_mut(self.length);
        for (generator, picture) in self.generators.iter_mut().zip(pictures) {
            generator.fill(picture);
        }
    }

    fn brownian(&mut self, from: f32, to: f32, out: &mut [f32]) {
        if self.motions.is_empty() {
            return self.fresh(out);
        }
        let pictures = out.chunks_mut(self.length);
        for (motion, picture) in self.motions.iter().zip(pictures) {
            motion.fill(from, to, picture);
        }
    }
}
