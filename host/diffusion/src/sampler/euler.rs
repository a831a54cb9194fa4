//! Euler: straight along the slope at each step (Karras and others, 2022, algorithm 2 without
//! churn; `EulerDiscreteScheduler` in diffusers, `sample_euler` in k-diffusion).
//!
//! `d = (x - picture) / sigma`, `x' = x + (sigma' - sigma) · d`.

use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::path::{Path, Point, Stop};
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::{Grid, SchedulerClass, Settings};

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Euler)?;
    let (path, sigmas) = path(setup, &settings);
    Ok(Box::new(Euler {
        path,
        sigmas,
        denoiser: Denoiser::new(&settings),
    }))
}

/// One evaluation a step, in samples whose pictures keep their size, and the sigmas between the
/// steps. Also the way of ancestral Euler.
pub(super) fn path(setup: &Setup<'_>, settings: &Settings) -> (Path, Vec<f32>) {
    let (grid, init_noise_sigma) = grid(setup, settings);
    let stops = grid
        .timesteps
        .iter()
        .zip(&grid.sigmas)
        .enumerate()
        .map(|(step, (&timestep, &sigma))| Stop {
            timestep,
            step,
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
    denoiser: Denoiser,
}

impl Sampler for Euler {
    fn path(&self) -> &Path {
        &self.path
    }

    fn step(
        &mut self,
        i: usize,
        output: &[f32],
        sample: &mut [f32],
        _: &mut Noise<'_>,
    ) -> Result<(), SamplerError> {
        let point = self.denoiser.check(&self.path, i, output, sample)?;
        let (sigma, next) = (self.sigmas[i], self.sigmas[i + 1]);
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
