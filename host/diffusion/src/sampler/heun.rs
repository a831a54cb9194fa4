//! Heun: an Euler step, a second look where it arrives, and the step again along the mean of the
//! two slopes (Karras and others, 2022, algorithm 2; `HeunDiscreteScheduler` in diffusers,
//! `sample_heun` in k-diffusion). The last step, to sigma 0, is Euler's alone: there is no slope
//! at 0.

use super::churn::{Churn, Kept};
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::looks::{self, Look, follow};
use super::path::Path;
use super::setup::Setup;
use super::{Noise, Sampler, euler};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Heun)?;
    let (grid, init_noise_sigma) = euler::grid(setup, &settings);
    let sigmas = grid.sigmas[..=grid.timesteps.len()].to_vec();
    let churn = Churn::new(&setup.options, &sigmas);
    let end = |k: usize| {
        let timestep = grid.timesteps.get(k + 1).copied();
        Some((sigmas[k + 1], timestep)).filter(|(end, _)| *end > 0.0)
    };
    let (path, looks) = looks::over_grid(&grid, &churn, &settings.table, init_noise_sigma, end);
    Ok(Box::new(Heun {
        path,
        looks,
        ends: sigmas[1..].to_vec(),
        churn,
        denoiser: Denoiser::new(&settings),
        start: Kept::default(),
        slope: Kept::default(),
    }))
}

/// Heun's steps. Each begins where its [`Churn`] says.
pub(super) struct Heun {
    pub(super) path: Path,
    pub(super) looks: Vec<Look>,
    /// Where each step ends.
    pub(super) ends: Vec<f32>,
    pub(super) churn: Churn,
    pub(super) denoiser: Denoiser,
    pub(super) start: Kept,
    pub(super) slope: Kept,
}

impl Sampler for Heun {
    fn path(&self) -> &Path {
        &self.path
    }

    fn prepare(&mut self, i: usize, sample: &mut [f32], noise: &mut dyn Noise) {
        if let Some(look) = self.looks.get(i).filter(|look| !look.is_second) {
            self.churn.apply(look.step, sample, noise);
        }
    }

    fn step(
        &mut self,
        i: usize,
        output: &[f32],
        sample: &mut [f32],
        _: &mut dyn Noise,
    ) -> Result<(), SamplerError> {
        let point = self.denoiser.check(&self.path, i, output, sample)?;
        let look = self.looks[i];
        let (sigma, next) = (self.churn.sigma(look.step), self.ends[look.step]);
        let picture = self.denoiser.picture(point, output, sample);
        if !look.is_second {
            if self.looks.get(i + 1).is_some_and(|look| look.is_second) {
                let slopes = sample.iter().zip(picture);
                let slopes: Vec<f32> = slopes.map(|(x, picture)| (x - picture) / sigma).collect();
                self.slope.keep(&slopes);
                self.start.keep(sample);
            }
            follow(sample, picture, sigma, next - sigma);
            return Ok(());
        }
        let start = self.start.take(i, sample.len())?;
        let slopes = self.slope.take(i, sample.len())?;
        for (k, x) in sample.iter_mut().enumerate() {
            let slope = (*x - picture[k]) / next;
            *x = start[k] + (slopes[k] + slope) / 2.0 * (next - sigma);
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
