//! DPM2: a try halfway to the end of the step, and then the whole step along the slope found there ("DPM-Solver-2" of Lu
//! and others, 2022, in Karras's form; `KDPM2DiscreteScheduler` in diffusers, `sample_dpm_2` in k-diffusion). The last
//! step, to sigma 0, is Euler's.
//!
//! `sigma_m = sqrt(sigma sigma')`, `x_m = x + (sigma_m - sigma) · d(x, sigma)`,
//! `x' = x + (sigma' - sigma) · d(x_m, sigma_m)`.

use super::churn::{Churn, Kept};
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::looks::{self, Look, follow, halfway};
use super::path::Path;
use super::setup::Setup;
use super::{Noise, Sampler, euler};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let setup = setup.discarding();
    let settings = setup.settings(SchedulerClass::KDpm2)?;
    let (grid, init_noise_sigma) = euler::grid(&setup, &settings);
    let churn = Churn::new(&setup.options, &grid.sigmas[..=grid.timesteps.len()]);
    let middle = |k: usize| {
        let next = grid.sigmas[k + 1];
        (next > 0.0).then(|| (halfway(churn.sigma(k), next), None))
    };
    let (path, looks) = looks::over_grid(&grid, &churn, &settings.table, init_noise_sigma, middle);
    Ok(Box::new(Dpm2 {
        path,
        looks,
        sigmas: grid.sigmas,
        churn,
        denoiser: Denoiser::new(&settings),
        start: Kept::default(),
    }))
}

struct Dpm2 {
    path: Path,
    looks: Vec<Look>,
    sigmas: Vec<f32>,
    churn: Churn,
    denoiser: Denoiser,
    start: Kept,
}

impl Sampler for Dpm2 {
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
        let (from, next) = (self.churn.sigma(look.step), self.sigmas[look.step + 1]);
        let here = point.sigma as f32;
        let picture = self.denoiser.picture(point, output, sample);
        if look.is_second {
            let start = self.start.take(i, sample.len())?;
            for ((x, start), picture) in sample.iter_mut().zip(&start).zip(picture) {
                *x = start + (*x - picture) / here * (next - from);
            }
            return Ok(());
        }
        let tries = self.looks.get(i + 1).filter(|look| look.is_second);
        let to = match tries.and_then(|_| self.path.seen(i + 1)) {
            Some(middle) => {
                self.start.keep(sample);
                middle.sigma as f32
            }
            None => next,
        };
        follow(sample, picture, from, to - from);
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
