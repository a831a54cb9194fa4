use crate::noise::{NoiseGenerator, NoiseKind};

/// What a picture starts from: its noise, and the generator where the noise left it. Samplers that add noise at every step
/// go on from there.
#[derive(Clone, Debug)]
pub struct Start {
    /// Unit noise, `[channels, height, width]`.
    pub(super) noise: Vec<f32>,
    pub(super) generator: NoiseGenerator,
}

impl Start {
    /// The noise of a seed, for latents of this many numbers in all.
    #[must_use]
    pub fn new(kind: NoiseKind, seed: u64, length: usize) -> Self {
        let mut generator = NoiseGenerator::new(kind, seed);
        let mut noise = vec![0.0; length];
        generator.fill(&mut noise);
        Self { noise, generator }
    }

    /// The noise, `[channels, height, width]`.
    #[must_use]
    pub fn noise(&self) -> &[f32] {
        &self.noise
    }
}
