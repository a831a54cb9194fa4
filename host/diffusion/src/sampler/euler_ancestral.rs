//! Euler ancestral: a step too far along the slope, then fresh noise back up to where the step
//! was to end (`EulerAncestralDiscreteScheduler` in diffusers, `sample_euler_ancestral` in
//! k-diffusion).
//!
//! `up² = eta² sigma'² (sigma² - sigma'²) / sigma²`, `down² = sigma'² - up²`,
//! `x' = x + (down - sigma) · (x - picture) / sigma + up · noise`.

use super::churn::ancestral;
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
        eta: setup.options.eta.unwrap_or(1.0),
        s_noise: setup.options.s_noise,
        denoiser: Denoiser::new(&settings),
        fresh: Vec::new(),
    }))
}

struct EulerAncestral {
    path: Path,
    sigmas: Vec<f32>,
    eta: f32,
    s_noise: f32,
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
        noise: &mut dyn Noise,
    ) -> Result<(), SamplerError> {
        let point = self.denoiser.check(&self.path, i, output, sample)?;
        let (sigma, next) = (self.sigmas[i], self.sigmas[i + 1]);
        let (down, up) = ancestral(sigma, next, self.eta);

        let picture = self.denoiser.picture(point, output, sample);
        let length = down - sigma;
        for (x, picture) in sample.iter_mut().zip(picture) {
            let slope = (*x - picture) / sigma;
            *x += slope * length;
        }
        if up > 0.0 {
            self.fresh.resize(sample.len(), 0.0);
            noise.fresh(&mut self.fresh);
            for (x, fresh) in sample.iter_mut().zip(&self.fresh) {
                *x += self.s_noise * up * fresh;
            }
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
