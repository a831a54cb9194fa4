//! Euler ancestral CFG++: [Euler CFG++](super::euler_cfg_pp) that goes too far, and fresh noise back up to where the step
//! was to end (`euler_ancestral_cfg_pp` in ComfyUI).
//!
//! `x' = picture + down · (x - unguided picture) / sigma + up · noise`.

use super::churn::ancestral;
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::looks::add_noise;
use super::path::Path;
use super::setup::Setup;
use super::{Noise, Sampler, euler};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    build_with(setup, setup.options.eta.unwrap_or(1.0))
}

pub(super) fn build_with(setup: &Setup<'_>, eta: f32) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Euler)?;
    let (path, sigmas) = euler::path(setup, &settings);
    Ok(Box::new(EulerCfgPp {
        path,
        sigmas,
        eta,
        s_noise: setup.options.s_noise,
        denoiser: Denoiser::new(&settings),
        without: Denoiser::new(&settings),
        unguided: None,
        fresh: Vec::new(),
    }))
}

struct EulerCfgPp {
    path: Path,
    sigmas: Vec<f32>,
    eta: f32,
    s_noise: f32,
    denoiser: Denoiser,
    /// Of what the model says without guidance.
    without: Denoiser,
    unguided: Option<Vec<f32>>,
    fresh: Vec<f32>,
}

impl Sampler for EulerCfgPp {
    fn path(&self) -> &Path {
        &self.path
    }

    fn unguided(&mut self, output: &[f32]) {
        self.unguided = Some(output.to_vec());
    }

    fn step(
        &mut self,
        i: usize,
        output: &[f32],
        sample: &mut [f32],
        noise: &mut dyn Noise,
    ) -> Result<(), SamplerError> {
        let point = self.denoiser.check(&self.path, i, output, sample)?;
        let unguided = self.unguided.take();
        let unguided = unguided.as_deref().unwrap_or(output);
        self.denoiser.check(&self.path, i, unguided, sample)?;
        let (sigma, next) = (self.sigmas[i], self.sigmas[i + 1]);
        let (down, up) = ancestral(sigma, next, self.eta);
        let without = self.without.picture(point, unguided, sample);
        let picture = self.denoiser.picture(point, output, sample);
        for ((x, without), picture) in sample.iter_mut().zip(without).zip(picture) {
            *x = picture + (*x - without) / sigma * down;
        }
        if up > 0.0 {
            self.fresh.resize(sample.len(), 0.0);
            noise.fresh(&mut self.fresh);
            add_noise(sample, &self.fresh, self.s_noise * up);
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
