//! DEIS: the noise as a polynomial of log sigma, through the last one, two or three, integrated over sigma (Zhang and
//! Chen, "Fast sampling of diffusion models with exponential integrator", 2022, in its form for log rho;
//! `DEISMultistepScheduler` in diffusers).
//!
//! `x' / alpha' = x / alpha + Σ factor · noise`.
//!
//! Under a named schedule this is of second order, between the schedule's sigmas, and of first order where they end at 0.

use std::collections::VecDeque;

use super::denoiser::{Denoiser, not_finite};
use super::dpm_solver::{Order, refuse_flow};
use super::error::SamplerError;
use super::path::{Path, Point};
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::{Grid, SchedulerClass};

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Deis)?;
    let (grid, init_noise_sigma, order) = match setup.named_grid(&settings) {
        Some(grid) => {
            let first = Point::preserving(grid.sigmas[0]);
            let order = Order::named(&grid);
            (grid, first.sigma, order)
        }
        None => {
            refuse_flow(setup.config, settings.class)?;
            let order = Order {
                last_is_first: false,
                heun: false,
                ..Order::of_config(setup.config, &settings)
            };
            (Grid::whole(&settings, setup.steps)?, 1.0, order)
        }
    };
    let (path, points) = Path::over_grid(&grid, init_noise_sigma);
    Ok(Box::new(Deis {
        path,
        points,
        order,
        denoiser: Denoiser::new(&settings),
        noises: VecDeque::new(),
    }))
}

struct Deis {
    path: Path,
    /// Step `i` goes from `points[i]` to `points[i + 1]`.
    points: Vec<Point>,
    order: Order,
    denoiser: Denoiser,
    /// The last noises, the newest first.
    noises: VecDeque<Vec<f32>>,
}

impl Deis {
    /// The factors of the step from `points[i]`, of the newest noise first.
    fn factors(&self, i: usize, order: usize) -> Vec<f64> {
        let level = |at: usize| self.points[at].level();
        let (from, to) = (level(i), level(i + 1));
        if order == 1 {
            return vec![to - from];
        }
        let logs: Vec<f64> = (0..order).map(|back| level(i - back).ln()).collect();
        (0..order)
            .map(|of| {
                let others: Vec<f64> = (0..order)
                    .filter(|other| *other != of)
                    .map(|other| logs[other])
                    .collect();
                let scale: f64 = others.iter().map(|other| logs[of] - other).product();
                (antiderivative(to, &others) - antiderivative(from, &others)) / scale
            })
            .collect()
    }
}

/// The integral of `Π (ln t - root)`, for one root or two.
fn antiderivative(t: f64, roots: &[f64]) -> f64 {
    let log = t.ln();
    match roots {
        [a] => t * (log - 1.0 - a),
        [a, b] => t * (log * log - (a + b + 2.0) * log + a * b + a + b + 2.0),
        _ => t,
    }
}

impl Sampler for Deis {
    fn path(&self) -> &Path {
        &self.path
    }

    fn step(
        &mut self,
        i: usize,
        output: &[f32],
        sample: &mut [f32],
        _: &mut dyn Noise,
    ) -> Result<(), SamplerError> {
        let point = self.denoiser.check(&self.path, i, output, sample)?;
        let picture = self.denoiser.picture(point, output, sample);
        if self.noises.front().is_some_and(|n| n.len() != sample.len()) {
            self.noises.clear();
        }
        // What is noise once the picture is kept within its limits.
        let (alpha, sigma) = (point.alpha as f32, point.sigma as f32);
        let pairs = sample.iter().zip(picture);
        let noise = pairs
            .map(|(x, picture)| (x - alpha * picture) / sigma)
            .collect();
        self.noises.push_front(noise);
        self.noises.truncate(self.order.most);

        let steps = self.path.evaluations().len();
        let order = self.order.at(i, steps, self.noises.len().min(i + 1));
        let to = self.points[i + 1];
        let factors = self.factors(i, order);
        if factors.iter().any(|factor| !factor.is_finite()) {
            return Err(not_finite(&self.path, i));
        }
        let ratio = (to.alpha / point.alpha) as f32;
        sample.iter_mut().for_each(|x| *x *= ratio);
        for (factor, noise) in factors.iter().zip(&self.noises) {
            let factor = (to.alpha * factor) as f32;
            for (x, noise) in sample.iter_mut().zip(noise) {
                *x += factor * noise;
            }
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
