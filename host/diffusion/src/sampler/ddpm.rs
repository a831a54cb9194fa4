//! DDPM: each step draws from the distribution that the sample one level below has, given this
//! sample and the picture seen in it (Ho and others, "Denoising diffusion probabilistic models",
//! 2020, formulas 6 and 7; `DDPMScheduler` in diffusers).
//!
//! With `a = ᾱ / ᾱ'` and `b = 1 - a`:
//! `x' = sqrt(ᾱ') b / (1 - ᾱ) · picture + sqrt(a) (1 - ᾱ') / (1 - ᾱ) · x + deviation · noise`.
//!
//! Under a named schedule it does the same between the schedule's sigmas, with the posterior's own
//! variance. That is k-diffusion's ancestral Euler in samples of variance 1, and ComfyUI's `ddpm`.

use super::ddim::{indexed_path, named_way, point_or_final};
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::path::{Path, Point};
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::{ConfigError, SchedulerClass, Settings, VarianceType, index_timesteps};

/// The least variance that diffusers lets the posterior have.
const LEAST_VARIANCE: f64 = 1e-20;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Ddpm)?;
    let (path, moves) = if let Some(named) = named_moves(setup, &settings) {
        named
    } else {
        let variance = setup
            .config
            .variance_type
            .unwrap_or(VarianceType::FixedSmall);
        indexed_moves(setup, &settings, variance)?
    };
    Ok(Box::new(Ddpm {
        path,
        moves,
        denoiser: Denoiser::new(&settings),
        fresh: Vec::new(),
    }))
}

/// One step, worked out.
#[derive(Clone, Copy, Debug)]
struct Move {
    picture: f32,
    sample: f32,
    /// Of the fresh noise; `None` draws none.
    deviation: Option<f32>,
}

impl Move {
    fn new(from: Point, to: Point, variance: VarianceType, draws: bool) -> Self {
        let (here, there) = (from.alpha.powi(2), to.alpha.powi(2));
        let (noise_here, noise_there) = (from.sigma.powi(2), to.sigma.powi(2));
        let a = here / there;
        let b = 1.0 - a;
        let posterior = (noise_there / noise_here * b).max(LEAST_VARIANCE);
        let deviation = match variance {
            VarianceType::FixedLarge => b.sqrt(),
            _ => posterior.sqrt(),
        };
        Self {
            picture: (to.alpha * b / noise_here) as f32,
            sample: (a.sqrt() * noise_there / noise_here) as f32,
            deviation: draws.then_some(deviation as f32),
        }
    }
}

fn named_moves(setup: &Setup<'_>, settings: &Settings) -> Option<(Path, Vec<Move>)> {
    let (path, arrivals) = named_way(setup, settings)?;
    let departures = (0..).map_while(|i| path.point(i));
    let moves = departures
        .zip(arrivals)
        .map(|(from, to)| Move::new(from, to, VarianceType::FixedSmall, to.sigma > 0.0))
        .collect();
    Some((path, moves))
}

fn indexed_moves(
    setup: &Setup<'_>,
    settings: &Settings,
    variance: VarianceType,
) -> Result<(Path, Vec<Move>), SamplerError> {
    // Learned variances need a model with a second output. The logarithm of the large is taken
    // for the variance itself in diffusers, and its root is not a number.
    if !matches!(
        variance,
        VarianceType::FixedSmall | VarianceType::FixedSmallLog | VarianceType::FixedLarge
    ) {
        return Err(SamplerError::Config(ConfigError::Unsupported {
            class: SchedulerClass::Ddpm.name(),
            key: "variance_type",
            value: variance.word().to_owned(),
            expected: "one of `fixed_small`, `fixed_small_log`, `fixed_large`".to_owned(),
        }));
    }
    let timesteps = index_timesteps(settings, setup.steps)?;
    let clean = Point::of_alpha_cumprod(1.0);
    let arrivals = timesteps
        .iter()
        .skip(1)
        .map(|&t| point_or_final(settings, Some(t)));
    let moves = timesteps
        .iter()
        .zip(arrivals.chain([clean]))
        .map(|(&timestep, to)| {
            let from = point_or_final(settings, Some(timestep));
            Move::new(from, to, variance, timestep > 0)
        })
        .collect();
    Ok((indexed_path(settings, timesteps), moves))
}

struct Ddpm {
    path: Path,
    moves: Vec<Move>,
    denoiser: Denoiser,
    fresh: Vec<f32>,
}

impl Sampler for Ddpm {
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
        let step = self.moves[i];
        let picture = self.denoiser.picture(point, output, sample);
        for (x, picture) in sample.iter_mut().zip(picture) {
            *x = step.picture * picture + step.sample * *x;
        }
        if let Some(deviation) = step.deviation {
            self.fresh.resize(sample.len(), 0.0);
            noise.fresh(&mut self.fresh);
            for (x, fresh) in sample.iter_mut().zip(&self.fresh) {
                *x += deviation * fresh;
            }
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
