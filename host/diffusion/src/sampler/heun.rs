//! Heun: an Euler step, a second look where it arrives, and the step again along the mean of the
//! two slopes (Karras and others, 2022, algorithm 2 without churn; `HeunDiscreteScheduler` in
//! diffusers, `sample_heun` in k-diffusion). The last step, to sigma 0, is Euler's alone: there is
//! no slope at 0.

use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::path::{Path, Point, Stop};
use super::setup::Setup;
use super::{Noise, Sampler, euler};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Heun)?;
    let (grid, init_noise_sigma) = euler::grid(setup, &settings);
    let mut stops = Vec::with_capacity(2 * setup.steps - 1);
    for (step, (&timestep, &sigma)) in grid.timesteps.iter().zip(&grid.sigmas).enumerate() {
        let point = Point::exploding(sigma);
        if step > 0 {
            // The second look of the step before.
            stops.push(Stop {
                timestep,
                step: step - 1,
                point,
            });
        }
        stops.push(Stop {
            timestep,
            step,
            point,
        });
    }
    Ok(Box::new(Heun {
        path: Path::exploding(stops, init_noise_sigma),
        sigmas: grid.sigmas,
        denoiser: Denoiser::new(&settings),
        half: None,
    }))
}

struct Heun {
    path: Path,
    /// Step `k` goes from `sigmas[k]` to `sigmas[k + 1]`.
    sigmas: Vec<f32>,
    denoiser: Denoiser,
    half: Option<Half>,
}

/// What is kept between the two looks of a step.
struct Half {
    start: Vec<f32>,
    slope: Vec<f32>,
}

impl Sampler for Heun {
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
        let (step, second_look) = (i / 2, i % 2 == 1);
        let (sigma, next) = (self.sigmas[step], self.sigmas[step + 1]);
        if !second_look {
            let picture = self.denoiser.picture(point, output, sample);
            let slope: Vec<f32> = sample
                .iter()
                .zip(picture)
                .map(|(x, picture)| (x - picture) / sigma)
                .collect();
            let start = sample.to_vec();
            for (x, slope) in sample.iter_mut().zip(&slope) {
                *x += slope * (next - sigma);
            }
            self.half = Some(Half { start, slope });
            return Ok(());
        }
        let half = self
            .half
            .take()
            .filter(|half| half.start.len() == sample.len())
            .ok_or(SamplerError::OutOfOrder { index: i })?;
        let picture = self.denoiser.picture(point, output, sample);
        for (k, x) in sample.iter_mut().enumerate() {
            let slope = (*x - picture[k]) / next;
            *x = half.start[k] + (half.slope[k] + slope) / 2.0 * (next - sigma);
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
