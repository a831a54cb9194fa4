//! Euler ancestral: a step too far along the slope, then fresh noise back up to where the step
//! was to end (`EulerAncestralDiscreteScheduler` in diffusers, `sample_euler_ancestral` in
//! k-diffusion with eta 1).
//!
//! `up² = sigma'² (sigma² - sigma'²) / sigma²`, `down² = sigma'² - up²`,
//! `x' = x + (down - sigma) · (x - picture) / sigma + up · noise`.

use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::euler;
use super::path::Path;
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::EulerAncestral)?;
    let (path, sigmas) = euler::path(setup, &settings);
    Ok(Box::new(EulerAncestral {
        path,
        sigmas,
        denoiser: Denoiser::new(&settings),
        fresh: Vec::new(),
    }))
}

struct EulerAncestral {
    path: Path,
    sigmas: Vec<f32>,
    denoiser: Denoiser,
    fresh: Vec<f32>,
}

impl Sampler for EulerAncestral {
    fn path(&self) -> &Path {
        &self.path
    }

    fn step(
        &mut self,
        i: usize,
        output: &[f32],
        sample: &mut [f32],
        noise: &mut Noise<'_>,
    ) -> Result<(), SamplerError> {
        let point = self.denoiser.check(&self.path, i, output, sample)?;
        let (sigma, next) = (self.sigmas[i], self.sigmas[i + 1]);
        // In 32 bits and in this order, as both references: from a zero-SNR sigma of 4096 the difference under the
        // second root loses most of its digits, and a better one would give another picture.
        let up = (next * next * (sigma * sigma - next * next) / (sigma * sigma))
            .max(0.0)
            .sqrt();
        let down = (next * next - up * up).max(0.0).sqrt();

        let picture = self.denoiser.picture(point, output, sample);
        let length = down - sigma;
        for (x, picture) in sample.iter_mut().zip(picture) {
            let slope = (*x - picture) / sigma;
            *x += slope * length;
        }
        if up > 0.0 {
            self.fresh.resize(sample.len(), 0.0);
            noise(&mut self.fresh);
            for (x, fresh) in sample.iter_mut().zip(&self.fresh) {
                *x += up * fresh;
            }
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
