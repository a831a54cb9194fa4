//! TCD: jumps past where the step is to end, and fresh noise back up to there (Zheng and others, "Trajectory consistency
//! distillation", 2024; `TCDScheduler` in diffusers, whose `eta` is the paper's gamma).
//!
//! With `t'` the next timestep and `s = (1 - eta) t'`: `x_s = alpha_s · picture + sigma_s · noise`,
//! `x' = alpha' / alpha_s · x_s + sqrt(1 - (alpha' / alpha_s)²) · fresh noise`; the last step ends at timestep 0 and has no
//! fresh noise. The timesteps are those that [LCM](super::lcm) takes.
//!
//! Under a named schedule it does the same between the schedule's sigmas, with fractional timesteps, and the last step
//! ends at the picture.

use super::ddim::{named_way, point_or_final, remix};
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::lcm::distilled_way;
use super::looks::add_noise;
use super::path::{Path, Point};
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::SchedulerClass;

/// As diffusers has it.
const ETA: f32 = 0.3;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Tcd)?;
    let eta = setup.options.eta.unwrap_or(ETA).clamp(0.0, 1.0);
    let goes_on = 1.0 - eta;
    let (path, jumps) = if let Some((path, arrivals)) = named_way(setup, &settings) {
        let jumps = arrivals
            .into_iter()
            .map(|to| {
                let level = to.level() as f32;
                if level == 0.0 {
                    return Jump { past: to, to: None };
                }
                let timestep = settings.table.timestep_of(level.into());
                let past = settings.table.at(timestep * f64::from(goes_on)) as f32;
                let past = Point::preserving(past.min(level));
                Jump { past, to: Some(to) }
            })
            .collect();
        (path, jumps)
    } else {
        let (path, arrivals) = distilled_way(setup, &settings, SchedulerClass::Tcd)?;
        let timesteps = path.evaluations()[1..].iter().map(|e| e.timestep);
        let between = timesteps.zip(arrivals).map(|(timestep, to)| {
            let past = (goes_on * timestep).floor() as usize;
            let past = point_or_final(&settings, Some(past));
            Jump { past, to: Some(to) }
        });
        let last = Jump {
            past: point_or_final(&settings, Some(0)),
            to: None,
        };
        let jumps = between.chain([last]).collect();
        (path, jumps)
    };
    Ok(Box::new(Tcd {
        path,
        jumps,
        draws: eta > 0.0,
        s_noise: setup.options.s_noise,
        denoiser: Denoiser::new(&settings),
        noise: Vec::new(),
        fresh: Vec::new(),
    }))
}

/// One step.
#[derive(Clone, Copy, Debug)]
struct Jump {
    past: Point,
    /// Where fresh noise leads up to; `None` where the run ends.
    to: Option<Point>,
}

struct Tcd {
    path: Path,
    jumps: Vec<Jump>,
    draws: bool,
    s_noise: f32,
    denoiser: Denoiser,
    noise: Vec<f32>,
    fresh: Vec<f32>,
}

impl Sampler for Tcd {
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
        let Jump { past, to } = self.jumps[i];
        self.denoiser.noise(point, output, sample, &mut self.noise);
        let picture = self.denoiser.picture(point, output, sample);
        remix(past, picture, &self.noise, sample);
        if let Some(to) = to.filter(|_| self.draws) {
            let kept = to.alpha / past.alpha;
            sample.iter_mut().for_each(|x| *x *= kept as f32);
            self.fresh.resize(sample.len(), 0.0);
            noise.fresh(&mut self.fresh);
            let deviation = (1.0 - kept * kept).max(0.0).sqrt() as f32;
            add_noise(sample, &self.fresh, self.s_noise * deviation);
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
