//! DDIM: takes the noise it sees off one level and puts the same noise on at the next (Song and
//! others, "Denoising diffusion implicit models", 2020; `DDIMScheduler` in diffusers).
//!
//! `x' = alpha' · picture + sqrt(sigma'² - fresh²) · noise + fresh · fresh noise`, with
//! `fresh = eta · sigma' / sigma · sqrt(1 - alpha² / alpha'²)`, and eta 0 unless another is chosen.
//!
//! Under a named schedule it does the same between the schedule's sigmas, which makes it
//! k-diffusion's Euler in samples of variance 1.

use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::looks::add_noise;
use super::path::{Path, Point, Stop};
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::{SchedulerClass, Settings, index_timesteps};

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    build_with(setup, false)
}

/// The same, and whether its noise is what the model sees without guidance.
pub(super) fn build_with(
    setup: &Setup<'_>,
    is_plus_plus: bool,
) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Ddim)?;
    let (path, arrivals) = if let Some(named) = named_way(setup, &settings) {
        named
    } else {
        strided_way(setup, &settings)?
    };
    Ok(Box::new(Ddim {
        path,
        arrivals,
        denoiser: Denoiser::new(&settings),
        noise: Vec::new(),
        eta: f64::from(setup.options.eta.unwrap_or(0.0)),
        s_noise: setup.options.s_noise,
        is_plus_plus,
        unguided: None,
        fresh: Vec::new(),
    }))
}

/// The way of the samplers of variance 1 under a named schedule: its evaluations, and where each
/// step arrives.
pub(super) fn named_way(setup: &Setup<'_>, settings: &Settings) -> Option<(Path, Vec<Point>)> {
    let grid = setup.named_grid(settings)?;
    // k-diffusion begins with the noise alone, times the first sigma; scaled to variance 1, that
    // is a little less than 1.
    let first = Point::preserving(*grid.sigmas.first()?);
    let (path, mut points) = Path::over_grid(&grid, first.sigma);
    points.remove(0);
    Some((path, points))
}

/// From each timestep to the one a whole stride below, whatever the next evaluation's is: diffusers
/// strides by `num_train_timesteps // steps` in every spacing.
fn strided_way(setup: &Setup<'_>, settings: &Settings) -> Result<(Path, Vec<Point>), SamplerError> {
    let timesteps = index_timesteps(settings, setup.steps)?;
    let stride = settings.train_steps / setup.steps;
    let arrivals = timesteps
        .iter()
        .map(|timestep| point_or_final(settings, timestep.checked_sub(stride)))
        .collect();
    Ok((indexed_path(settings, timesteps), arrivals))
}

/// One evaluation a step at training timesteps, in samples of variance 1, starting from noise
/// alone.
pub(super) fn indexed_path(settings: &Settings, timesteps: Vec<usize>) -> Path {
    let stops = timesteps.into_iter().enumerate();
    let stops = stops
        .map(|(step, timestep)| Stop {
            timestep: timestep as f32,
            step,
            point: point_or_final(settings, Some(timestep)),
        })
        .collect();
    Path::preserving(stops, 1.0)
}

/// What a sample is made of at a training timestep, or after the last step.
pub(super) fn point_or_final(settings: &Settings, timestep: Option<usize>) -> Point {
    let alpha_cumprod = timestep
        .and_then(|t| settings.alphas_cumprod.get(t))
        .unwrap_or(&settings.final_alpha_cumprod);
    Point::of_alpha_cumprod(*alpha_cumprod)
}

struct Ddim {
    path: Path,
    /// Where step `i` arrives.
    arrivals: Vec<Point>,
    denoiser: Denoiser,
    noise: Vec<f32>,
    eta: f64,
    s_noise: f32,
    is_plus_plus: bool,
    unguided: Option<Vec<f32>>,
    fresh: Vec<f32>,
}

/// How much of the noise at `to` is fresh.
fn fresh_deviation(from: Point, to: Point, eta: f64) -> f64 {
    let lost = (1.0 - (from.alpha / to.alpha).powi(2)).max(0.0);
    (eta * to.sigma / from.sigma * lost.sqrt()).min(to.sigma)
}

impl Sampler for Ddim {
    fn path(&self) -> &Path {
        &self.path
    }

    fn unguided(&mut self, output: &[f32]) {
        if self.is_plus_plus {
            self.unguided = Some(output.to_vec());
        }
    }

    fn step(
        &mut self,
        i: usize,
        output: &[f32],
        sample: &mut [f32],
        noise: &mut dyn Noise,
    ) -> Result<(), SamplerError> {
        let point = self.denoiser.check(&self.path, i, output, sample)?;
        let unguided = self.unguided.take();
        let seen = unguided.as_deref().unwrap_or(output);
        self.denoiser.check(&self.path, i, seen, sample)?;
        self.denoiser.noise(point, seen, sample, &mut self.noise);
        let picture = self.denoiser.picture(point, output, sample);
        let to = self.arrivals[i];
        if self.eta == 0.0 {
            remix(to, picture, &self.noise, sample);
            return Ok(());
        }
        let fresh = fresh_deviation(point, to, self.eta);
        let kept = Point {
            sigma: (to.sigma * to.sigma - fresh * fresh).max(0.0).sqrt(),
            ..to
        };
        remix(kept, picture, &self.noise, sample);
        self.fresh.resize(sample.len(), 0.0);
        noise.fresh(&mut self.fresh);
        add_noise(sample, &self.fresh, self.s_noise * fresh as f32);
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }

    fn sigma_after(&self, i: usize) -> f32 {
        arrived(&self.path, i, self.arrivals.get(i))
    }
}

/// The sigma where evaluation `i` arrived. A stride need not end where the next one begins.
pub(super) fn arrived(path: &Path, i: usize, arrival: Option<&Point>) -> f32 {
    let goes_on = i.saturating_add(1) < path.evaluations().len();
    arrival
        .filter(|_| goes_on)
        .map_or(0.0, |p| p.level() as f32)
}

/// Puts a picture and unit noise together as they are at `point`.
pub(super) fn remix(point: Point, picture: &[f32], noise: &[f32], sample: &mut [f32]) {
    let (alpha, sigma) = (point.alpha as f32, point.sigma as f32);
    for (x, (picture, noise)) in sample.iter_mut().zip(picture.iter().zip(noise)) {
        *x = alpha * picture + sigma * noise;
    }
}
