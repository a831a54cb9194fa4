//! Euler: straight along the slope at each step (Karras and others, 2022, algorithm 2 without its
//! correction; `EulerDiscreteScheduler` in diffusers, `sample_euler` in k-diffusion).
//!
//! `d = (x - picture) / sigma`, `x' = x + (sigma' - sigma) · d`.

use super::churn::Churn;
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::looks;
use super::path::{Path, Point, Stop};
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::{Grid, SchedulerClass, Settings};

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Euler)?;
    let (grid, init_noise_sigma) = grid(setup, &settings);
    let churn = Churn::new(&setup.options, &grid.sigmas[..=grid.timesteps.len()]);
    let (path, _) = looks::over_grid(&grid, &churn, &settings.table, init_noise_sigma, |_| None);
    Ok(Box::new(Euler {
        path,
        sigmas: grid.sigmas,
        churn,
        denoiser: Denoiser::new(&settings),
    }))
}

/// One evaluation a step, in samples whose pictures keep their size, and the sigmas between the
/// steps: the way of those that have no churn.
pub(super) fn path(setup: &Setup<'_>, settings: &Settings) -> (Path, Vec<f32>) {
    let (grid, init_noise_sigma) = grid(setup, settings);
    let stops = grid
        .timesteps
        .iter()
        .zip(&grid.sigmas)
        .enumerate()
        .map(|(i, (&timestep, &sigma))| Stop {
            timestep,
            step: grid.step_of(i),
            point: Point::exploding(sigma),
        })
        .collect();
    (Path::exploding(stops, init_noise_sigma), grid.sigmas)
}

/// The sigmas of the schedulers that work in sigma, and the sigma of the noise they start from.
pub(super) fn grid(setup: &Setup<'_>, settings: &Settings) -> (Grid, f64) {
    let highest = |grid: &Grid| grid.sigmas.iter().copied().fold(0.0, f32::max);
    if let Some(grid) = setup.named_grid(settings) {
        let init_noise_sigma = highest(&grid).into();
        return (grid, init_noise_sigma);
    }
    let grid = Grid::fractional(settings, setup.steps);
    let point = Point::exploding(highest(&grid));
    let init_noise_sigma = if settings.starts_below_the_top() {
        point.radius()
    } else {
        point.sigma
    };
    (grid, init_noise_sigma)
}

struct Euler {
    path: Path,
    sigmas: Vec<f32>,
    churn: Churn,
    denoiser: Denoiser,
}

impl Sampler for Euler {
    fn path(&self) -> &Path {
        &self.path
    }

    fn prepare(&mut self, i: usize, sample: &mut [f32], noise: &mut dyn Noise) {
        self.churn.apply(i, sample, noise);
    }

    fn step(
        &mut self,
        i: usize,
        output: &[f32],
        sample: &mut [f32],
        _: &mut dyn Noise,
    ) -> Result<(), SamplerError> {
        let point = self.denoiser.check(&self.path, i, output, sample)?;
        let (sigma, next) = (self.churn.sigma(i), self.sigmas[i + 1]);
        let picture = self.denoiser.picture(point, output, sample);
        for (x, picture) in sample.iter_mut().zip(picture) {
            let slope = (*x - picture) / sigma;
            *x += slope * (next - sigma);
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
