//! DPM++ 2S ancestral: a step of second order, in terms of the picture, that goes too far, and fresh noise back up to
//! where the step was to end (after Lu and others, "DPM-Solver++", 2022, algorithm 1; `sample_dpmpp_2s_ancestral` in
//! k-diffusion).
//!
//! With `sigma_m = sqrt(sigma down)`: `x_m = sigma_m / sigma · x + (1 - sigma_m / sigma) · picture`,
//! `x' = down / sigma · x + (1 - down / sigma) · picture(x_m) + up · noise`.
//!
//! Diffusers has none: with a schedule that follows the config this goes over the sigmas of its Euler.

use super::churn::Kept;
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::looks::{self, Ancestral, Look, add_noise, approach};
use super::path::Path;
use super::setup::Setup;
use super::{Noise, Sampler, euler};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Euler)?;
    let (grid, init_noise_sigma) = euler::grid(setup, &settings);
    let eta = setup.options.eta.unwrap_or(1.0);
    let Ancestral { path, looks, goals } =
        looks::ancestral_over_grid(&grid, &settings.table, init_noise_sigma, eta);
    Ok(Box::new(Dpmpp2sAncestral {
        path,
        looks,
        sigmas: grid.sigmas,
        goals,
        s_noise: setup.options.s_noise,
        denoiser: Denoiser::new(&settings),
        start: Kept::default(),
        fresh: Vec::new(),
    }))
}

struct Dpmpp2sAncestral {
    path: Path,
    looks: Vec<Look>,
    sigmas: Vec<f32>,
    /// How far down each step goes, and how much noise leads up again.
    goals: Vec<(f32, f32)>,
    s_noise: f32,
    denoiser: Denoiser,
    start: Kept,
    fresh: Vec<f32>,
}

impl Sampler for Dpmpp2sAncestral {
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
        let look = self.looks[i];
        let (sigma, (down, up)) = (self.sigmas[look.step], self.goals[look.step]);
        let picture = self.denoiser.picture(point, output, sample);
        if !look.is_second {
            let tries = self.looks.get(i + 1).filter(|look| look.is_second);
            if let Some(middle) = tries.and_then(|_| self.path.seen(i + 1)) {
                self.start.keep(sample);
                approach(sample, picture, middle.sigma as f32 / sigma);
                return Ok(());
            }
        } else {
            sample.copy_from_slice(&self.start.take(i, sample.len())?);
        }
        approach(sample, picture, down / sigma);
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
