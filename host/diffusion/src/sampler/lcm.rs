//! LCM: jumps to the picture, and puts fresh noise on for the next level (Luo and others, "Latent
//! consistency models", 2023; `LCMScheduler` in diffusers).
//!
//! `x' = alpha' · (c_out · picture + c_skip · x) + sigma' · noise`. `c_skip` and `c_out` make the
//! jump none at timestep 0, as the models are trained: `c_skip = 0.25 / (s² + 0.25)` and
//! `c_out = s / sqrt(s² + 0.25)` with `s = timestep · timestep_scaling`. The timesteps are some of
//! the `original_inference_steps` that the model was distilled on, in any spacing.
//!
//! Under a named schedule it does the same between the schedule's sigmas, as A1111's LCM (whose
//! own `c_skip` is of the unscaled sample: a difference at timestep 0 only).

use super::ddim::{indexed_path, named_way, point_or_final, remix};
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::path::{Path, Point};
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::{ConfigError, SchedulerClass, Settings};

/// The variance of the pictures that the boundary condition is made for.
const PICTURE_VARIANCE: f64 = 0.25;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Lcm)?;
    let (path, arrivals) = if let Some((path, mut arrivals)) = named_way(setup, &settings) {
        // The last arrives at the picture, unless the schedule ends with some noise.
        if arrivals.last().is_some_and(|last| last.sigma == 0.0) {
            arrivals.pop();
        }
        (path, arrivals)
    } else {
        distilled_way(setup, &settings, SchedulerClass::Lcm)?
    };
    let scaling = setup.config.timestep_scaling.unwrap_or(10.0);
    Ok(Box::new(Lcm {
        path,
        arrivals,
        scaling,
        denoiser: Denoiser::new(&settings),
        jump: Vec::new(),
        fresh: Vec::new(),
    }))
}

/// The way along the timesteps of distillation, and where each step but the last arrives.
pub(super) fn distilled_way(
    setup: &Setup<'_>,
    settings: &Settings,
    class: SchedulerClass,
) -> Result<(Path, Vec<Point>), SamplerError> {
    let class = class.name();
    let original = setup.config.original_inference_steps.unwrap_or(50);
    if original > settings.train_steps {
        return Err(SamplerError::Config(ConfigError::Unsupported {
            class,
            key: "original_inference_steps",
            value: original.to_string(),
            expected: format!("at most {}", settings.train_steps),
        }));
    }
    if setup.steps > original {
        return Err(SamplerError::TooManySteps {
            sampler: class,
            steps: setup.steps,
            most: original,
        });
    }
    let stride = settings.train_steps / original;
    let timesteps: Vec<usize> = (0..setup.steps)
        // Spread over the original steps from the noisiest down, in float64 as numpy does.
        .map(|i| (i as f64 * (original as f64 / setup.steps as f64)) as usize)
        .map(|skipped| (original - skipped) * stride - 1)
        .collect();
    let arrivals = timesteps
        .iter()
        .skip(1)
        .map(|&timestep| point_or_final(settings, Some(timestep)))
        .collect();
    Ok((indexed_path(settings, timesteps), arrivals))
}

struct Lcm {
    path: Path,
    /// Where step `i` arrives; the last, at the picture, is not among them.
    arrivals: Vec<Point>,
    scaling: f64,
    denoiser: Denoiser,
    jump: Vec<f32>,
    fresh: Vec<f32>,
}

impl Lcm {
    /// `c_skip` and `c_out` at evaluation `i`.
    fn boundary(&self, i: usize) -> (f32, f32) {
        let scaled = f64::from(self.path.evaluations()[i].timestep) * self.scaling;
        let total = scaled * scaled + PICTURE_VARIANCE;
        (
            (PICTURE_VARIANCE / total) as f32,
            (scaled / total.sqrt()) as f32,
        )
    }
}

impl Sampler for Lcm {
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
        let (c_skip, c_out) = self.boundary(i);
        let picture = self.denoiser.picture(point, output, sample);
        let jumps = picture.iter().zip(&*sample);
        self.jump.clear();
        self.jump
            .extend(jumps.map(|(picture, x)| c_out * picture + c_skip * x));
        match self.arrivals.get(i) {
            Some(&arrival) => {
                self.fresh.resize(sample.len(), 0.0);
                noise.fresh(&mut self.fresh);
                remix(arrival, &self.jump, &self.fresh, sample);
            }
            None => sample.copy_from_slice(&self.jump),
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
