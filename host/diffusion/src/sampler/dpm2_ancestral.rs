//! DPM2 ancestral: a step of [DPM2](super::dpm2) that goes too far, and fresh noise back up to where the step was to end
//! (`KDPM2AncestralDiscreteScheduler` in diffusers, `sample_dpm_2_ancestral` in k-diffusion).

use super::churn::Kept;
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::looks::{self, Ancestral, Look, add_noise, follow};
use super::path::Path;
use super::setup::Setup;
use super::{Noise, Sampler, euler};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let setup = setup.discarding();
    let settings = setup.settings(SchedulerClass::KDpm2Ancestral)?;
    let (grid, init_noise_sigma) = euler::grid(&setup, &settings);
    let eta = setup.options.eta.unwrap_or(1.0);
    let Ancestral { path, looks, goals } =
        looks::ancestral_over_grid(&grid, &settings.table, init_noise_sigma, eta);
    Ok(Box::new(Dpm2Ancestral {
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

struct Dpm2Ancestral {
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

impl Sampler for Dpm2Ancestral {
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
        let here = point.sigma as f32;
        let picture = self.denoiser.picture(point, output, sample);
        if !look.is_second {
            let tries = self.looks.get(i + 1).filter(|look| look.is_second);
            let to = match tries.and_then(|_| self.path.seen(i + 1)) {
                Some(middle) => {
                    self.start.keep(sample);
                    middle.sigma as f32
                }
                None => down,
            };
            follow(sample, picture, sigma, to - sigma);
            return Ok(());
        }
        let start = self.start.take(i, sample.len())?;
        for ((x, start), picture) in sample.iter_mut().zip(&start).zip(picture) {
            *x = start + (*x - picture) / here * (down - sigma);
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
