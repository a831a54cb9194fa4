//! The end of a run in samples of variance 1 whose schedule leaves some noise: k-diffusion, and so A1111, leave the
//! picture in its own size there, with the noise over it.

use super::error::SamplerError;
use super::path::{Path, Point};
use super::{Noise, Sampler};

/// A sampler whose last sample is brought to that size.
pub(super) struct Unscaled {
    inner: Box<dyn Sampler>,
    /// How large the last sample is to become.
    radius: f32,
}

impl Unscaled {
    /// `sigma` is where the run ends.
    pub(super) fn new(inner: Box<dyn Sampler>, sigma: f32) -> Self {
        Self {
            inner,
            radius: Point::exploding(sigma).radius() as f32,
        }
    }
}

impl Sampler for Unscaled {
    fn path(&self) -> &Path {
        self.inner.path()
    }

    fn prepare(&mut self, i: usize, sample: &mut [f32], noise: &mut dyn Noise) {
        self.inner.prepare(i, sample, noise);
    }

    fn unguided(&mut self, output: &[f32]) {
        self.inner.unguided(output);
    }

    fn step(
        &mut self,
        i: usize,
        output: &[f32],
        sample: &mut [f32],
        noise: &mut dyn Noise,
    ) -> Result<(), SamplerError> {
        self.inner.step(i, output, sample, noise)?;
        if i + 1 == self.evaluations().len() {
            sample.iter_mut().for_each(|x| *x *= self.radius);
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.inner.denoised()
    }

    fn brownian(&self) -> Option<(f32, f32)> {
        self.inner.brownian()
    }

    fn sigma_after(&self, i: usize) -> f32 {
        self.inner.sigma_after(i)
    }

    fn changed(&mut self, i: usize, before: &[f32], after: &[f32]) {
        self.inner.changed(i, before, after);
    }
}
