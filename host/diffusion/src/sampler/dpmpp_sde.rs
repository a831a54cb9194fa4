//! DPM++ SDE: the stochastic equation in terms of the picture, by steps of two looks with fresh noise in both
//! (`DPMSolverSDEScheduler` in diffusers, `sample_dpmpp_sde` in k-diffusion). The last step, to sigma 0, is Euler's.
//!
//! Each look is an ancestral step from the start, the first halfway in the logarithm of sigma, and the second to the
//! end: `x' = down / sigma · x + (1 - down / sigma) · picture + up · noise`, with the picture that was last seen.
//!
//! The noise is a Brownian motion over sigma with every schedule, as in both references.

use super::churn::{Churn, Kept, ancestral};
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::looks::{self, Look, add_noise, approach, halfway};
use super::path::Path;
use super::setup::Setup;
use super::{Noise, Sampler, SamplerOptions, euler};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::DpmSolverSde)?;
    let (grid, init_noise_sigma) = euler::grid(setup, &settings);
    let sigmas = grid.sigmas[..=grid.timesteps.len()].to_vec();
    let middle =
        |k: usize| (sigmas[k + 1] > 0.0).then(|| (halfway(sigmas[k], sigmas[k + 1]), None));
    let churn = Churn::new(&SamplerOptions::default(), &sigmas);
    let (path, looks) = looks::over_grid(&grid, &churn, &settings.table, init_noise_sigma, middle);
    Ok(Box::new(DpmppSde {
        path,
        looks,
        sigmas,
        eta: setup.options.eta.unwrap_or(1.0),
        s_noise: setup.options.s_noise,
        denoiser: Denoiser::new(&settings),
        start: Kept::default(),
        fresh: Vec::new(),
    }))
}

/// The least sigma that is not 0, and the greatest.
pub(super) fn range(sigmas: &[f32]) -> (f32, f32) {
    let positive = sigmas.iter().copied().filter(|sigma| *sigma > 0.0);
    positive.fold((f32::INFINITY, 0.0), |(least, greatest), sigma| {
        (sigma.min(least), sigma.max(greatest))
    })
}

struct DpmppSde {
    path: Path,
    looks: Vec<Look>,
    sigmas: Vec<f32>,
    eta: f32,
    s_noise: f32,
    denoiser: Denoiser,
    start: Kept,
    fresh: Vec<f32>,
}

impl Sampler for DpmppSde {
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
        let (sigma, next) = (self.sigmas[look.step], self.sigmas[look.step + 1]);
        let picture = self.denoiser.picture(point, output, sample);
        let tries = self.looks.get(i + 1).filter(|look| look.is_second);
        let to = match tries.and_then(|_| self.path.seen(i + 1)) {
            Some(middle) => {
                self.start.keep(sample);
                middle.sigma as f32
            }
            None if look.is_second => {
                sample.copy_from_slice(&self.start.take(i, sample.len())?);
                next
            }
            None => next,
        };
        let (down, up) = ancestral(sigma, to, self.eta);
        approach(sample, picture, down / sigma);
        if up > 0.0 {
            self.fresh.resize(sample.len(), 0.0);
            noise.brownian(sigma, to, &mut self.fresh);
            add_noise(sample, &self.fresh, self.s_noise * up);
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }

    fn brownian(&self) -> Option<(f32, f32)> {
        Some(range(&self.sigmas))
    }
}
