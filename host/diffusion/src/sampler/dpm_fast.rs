//! DPM fast: as many steps of third order as there are model calls for, and one of second or first for the rest (Lu and
//! others, "DPM-Solver", 2022, section 3.4; `sample_dpm_fast` in k-diffusion).
//!
//! In `t = -ln sigma` the steps are equally long, from the model's greatest sigma to its least, whatever the schedule is.
//! With `eps` the noise at the start of a step of length `h`, and `eps1` and `eps2` those seen a third and two thirds of
//! the way on, each look but the last tries a part of the step, and the last takes it:
//! `x' = x - sigma' (e^h - 1) eps - sigma' / (2/3) ((e^h - 1) / h - 1) (eps2 - eps)`.
//!
//! A user's step is one look, as k-diffusion counts.

use super::churn::ancestral;
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::looks::{add_noise, follow};
use super::path::{Path, Point, Stop};
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::SchedulerClass;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Euler)?;
    let table = &settings.table;
    let eta = setup.options.eta.unwrap_or(0.0);
    let (first, last) = (-table.max().ln(), -table.min().ln());
    let orders = orders(setup.steps);
    let length = (last - first) / orders.len() as f64;
    let (mut stops, mut looks) = (Vec::new(), Vec::new());
    for (k, &order) in orders.iter().enumerate() {
        let from = first + k as f64 * length;
        let to = if k + 1 == orders.len() {
            last
        } else {
            from + length
        };
        let (down, _) = ancestral((-from).exp() as f32, (-to).exp() as f32, eta);
        let goal = (-f64::from(down).ln()).min(last);
        let goal = if eta == 0.0 { to } else { goal };
        let up = ((-2.0 * to).exp() - (-2.0 * goal).exp()).max(0.0).sqrt();
        for nth in 0..order {
            let at = from + (goal - from) * nth as f64 / order as f64;
            let sigma = (-at).exp() as f32;
            stops.push(Stop {
                timestep: table.timestep_of(sigma.into()) as f32,
                step: stops.len(),
                point: Point::exploding(sigma),
            });
            looks.push(Look {
                nth,
                order,
                from,
                goal,
                up: up as f32,
            });
        }
    }
    Ok(Box::new(DpmFast {
        path: Path::exploding(stops, table.max()),
        looks,
        s_noise: setup.options.s_noise,
        denoiser: Denoiser::new(&settings),
        start: Vec::new(),
        noises: Vec::new(),
        fresh: Vec::new(),
    }))
}

/// The orders of the steps that make as many looks.
fn orders(looks: usize) -> Vec<usize> {
    let mut orders = vec![3; looks / 3];
    match looks % 3 {
        0 => {
            orders.pop();
            orders.extend([2, 1]);
        }
        rest => orders.push(rest),
    }
    orders
}

/// One look, and the step that it is part of, in `-ln sigma`.
#[derive(Clone, Copy, Debug)]
struct Look {
    nth: usize,
    order: usize,
    from: f64,
    goal: f64,
    /// The deviation of the fresh noise after the step.
    up: f32,
}

impl Look {
    /// Of the noises seen so far, in the sample after this look.
    fn factors(self) -> Vec<f64> {
        let h = self.goal - self.from;
        let place = (self.nth + 1) as f64 / self.order as f64;
        let part = place * h;
        let sigma = (-(self.from + part)).exp();
        let growth = part.exp_m1();
        let bend = growth / part - 1.0;
        match (self.order, self.nth) {
            (_, 0) => vec![-sigma * growth],
            // The step itself, by its second look.
            (2, _) => vec![0.0, -sigma * growth],
            // Two thirds of the way: the ratio of the places is 2.
            (_, 1) => vec![-sigma * (growth - 2.0 * bend), -sigma * 2.0 * bend],
            _ => vec![-sigma * (growth - 1.5 * bend), 0.0, -sigma * 1.5 * bend],
        }
    }
}

struct DpmFast {
    path: Path,
    looks: Vec<Look>,
    s_noise: f32,
    denoiser: Denoiser,
    /// The sample at the start of the step.
    start: Vec<f32>,
    /// The noises that the looks of the step have seen.
    noises: Vec<Vec<f32>>,
    fresh: Vec<f32>,
}

impl Sampler for DpmFast {
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
        if look.nth == 0 {
            self.noises.clear();
            self.start = sample.to_vec();
        }
        let sigma = point.sigma as f32;
        let picture = self.denoiser.picture(point, output, sample);
        if self.noises.len() != look.nth || self.start.len() != sample.len() {
            // The run began within the step: on to the next look in a straight line.
            let place = (look.nth + 1) as f64 / look.order as f64;
            let next = (-(look.from + place * (look.goal - look.from))).exp() as f32;
            follow(sample, picture, sigma, next - sigma);
            return Ok(());
        }
        let pairs = sample.iter().zip(picture);
        let seen = pairs.map(|(x, picture)| (x - picture) / sigma).collect();
        self.noises.push(seen);
        sample.copy_from_slice(&self.start);
        for (factor, noise) in look.factors().iter().zip(&self.noises) {
            for (x, noise) in sample.iter_mut().zip(noise) {
                *x += *factor as f32 * noise;
            }
        }
        if look.nth + 1 == look.order && look.up > 0.0 {
            self.fresh.resize(sample.len(), 0.0);
            noise.fresh(&mut self.fresh);
            add_noise(sample, &self.fresh, self.s_noise * look.up);
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }

    /// Every look goes from the start of its step: there the change is put, as a change of the noise, so large that it is
    /// as large as it was made where the look arrived; and the looks so far have seen it.
    fn changed(&mut self, i: usize, before: &[f32], after: &[f32]) {
        let Some(look) = self.looks.get(i).filter(|look| look.nth + 1 < look.order) else {
            return;
        };
        let place = (look.nth + 1) as f64 / look.order as f64;
        let ratio = (place * (look.from - look.goal)).exp() as f32;
        if self.start.len() != before.len() {
            return;
        }
        let sigma = (-look.from).exp() as f32;
        for (k, (before, after)) in before.iter().zip(after).enumerate() {
            if before == after {
                continue;
            }
            let change = (after - before) / ratio;
            if let Some(start) = self.start.get_mut(k) {
                *start += change;
            }
            for noise in self.noises.iter_mut().filter_map(|noise| noise.get_mut(k)) {
                *noise += change / sigma;
            }
        }
    }
}
