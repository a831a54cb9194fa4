//! Restart: [Heun](super::heun)'s steps down to a little noise, and then, once or twice, fresh noise up to sigma 2 and
//! the way down again (Xu and others, "Restart sampling for improving generative processes", 2023; `restart_sampler` in
//! A1111).
//!
//! From 20 steps on, 9 of them go over the way from 2 to 0.1 a second time; from 36 on, a quarter of them, twice. The
//! others go over Karras's sigmas between the ends of the schedule, whatever lay between. With fewer steps this is Heun.
//! Diffusers has none: with a schedule that follows the config this goes over the sigmas of its Euler.

use super::churn::{Churn, Kept};
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::heun::Heun;
use super::looks::Look;
use super::path::{Path, Point, Stop};
use super::setup::Setup;
use super::{Sampler, euler};
use crate::sigmas::{Grid, SchedulerClass, karras};

/// Where the way is gone again from, and to.
const HIGH: f32 = 2.0;
const LOW: f32 = 0.1;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Euler)?;
    let (grid, init_noise_sigma) = euler::grid(setup, &settings);
    let steps = steps(&grid);
    let told = |sigma: f32| settings.table.timestep_of(f64::from(sigma)) as f32;
    let timestep = |sigma: f32| {
        let same = grid.sigmas.iter().position(|other| *other == sigma);
        let known = same.and_then(|at| grid.timesteps.get(at).copied());
        known.unwrap_or_else(|| told(sigma))
    };
    let (mut stops, mut looks, mut starts) = (Vec::new(), Vec::new(), Vec::new());
    let mut last = steps.first().map_or(0.0, |(from, _)| *from);
    let mut rises = Vec::new();
    for (k, &(from, to)) in steps.iter().enumerate() {
        let mut look = |sigma, start, is_second| {
            stops.push(Stop {
                timestep: timestep(sigma),
                step: grid.step_of(k),
                point: Point::exploding(sigma),
            });
            starts.push(start);
            looks.push(Look { step: k, is_second });
        };
        let start = last.min(from);
        look(from, start, false);
        if to > 0.0 {
            look(to, to, true);
        }
        rises.push((start, from));
        last = to;
    }
    Ok(Box::new(Heun {
        path: Path::exploding(stops, init_noise_sigma).starting(starts),
        looks,
        ends: steps.iter().map(|(_, to)| *to).collect(),
        churn: Churn::rising(rises, setup.options.s_noise),
        denoiser: Denoiser::new(&settings),
        start: Kept::default(),
        slope: Kept::default(),
    }))
}

/// Where each step goes from and to.
fn steps(grid: &Grid) -> Vec<(f32, f32)> {
    let count = grid.timesteps.len();
    let sigmas = &grid.sigmas[..=count];
    let pairs = |sigmas: &[f32]| -> Vec<(f32, f32)> {
        sigmas.windows(2).map(|pair| (pair[0], pair[1])).collect()
    };
    let (length, times) = match count {
        0..20 => return pairs(sigmas),
        20..36 => (9, 1),
        _ => (count / 4, 2),
    };
    let between = |count, low: f32, high: f32| -> Vec<f32> {
        let sigmas = karras(count, low.into(), high.into());
        sigmas.into_iter().map(|sigma| sigma as f32).collect()
    };
    let mut sigmas = between(count - length * times, sigmas[count - 1], sigmas[0]);
    sigmas.push(0.0);
    let (low, high) = (nearest(&sigmas, LOW), nearest(&sigmas, HIGH));
    let mut steps = pairs(&sigmas);
    if low > high && low > 0 {
        let again = pairs(&between(length + 1, sigmas[low], sigmas[high]));
        steps.splice(low..low, again.repeat(times));
    }
    steps
}

/// The first of those that are nearest to a value.
fn nearest(sigmas: &[f32], value: f32) -> usize {
    let distance = |at: &usize| (sigmas[*at] - value).abs();
    let all = 0..sigmas.len();
    all.min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .unwrap_or(0)
}
