//! DPM adaptive: steps of third order that are as long as their error lets them be (Lu and others, "DPM-Solver", 2022,
//! algorithm 3 and section 4; `sample_dpm_adaptive` in k-diffusion).
//!
//! In `t = -ln sigma` it goes from the model's greatest sigma to its least, whatever the schedule is. Each try looks at the
//! start of a step of length `h`, a third and two thirds of the way on. Two looks make an answer of second order, three one
//! of third order:
//!
//! ```text
//! low  = x - sigma' (e^h - 1) eps - sigma' / (2/3) (e^h - 1) (eps1 - eps)
//! high = x - sigma' (e^h - 1) eps - sigma' / (2/3) ((e^h - 1) / h - 1) (eps2 - eps)
//! ```
//!
//! Their distance, `|low - high| / max(0.0078, 0.05 max(|low|, |low before|))` in the root of the mean square, says whether
//! the try is good, and how long the next one is: `h' = h (1 + atan(error^(-1/3) - 1))`. One whose next would be shorter than
//! 0.81 of it is tried again, so. The first is 0.05 long.
//!
//! How many looks that takes is not known before, nor do they depend on the number of steps that was asked for: a user's
//! step is that share of the way, and one that many tries lie in, or a try goes far beyond, is told once. A picture to begin
//! from is put where the step's sigma of a named schedule is, and the way ends at that schedule's last, as in A1111.

use super::denoiser::{Denoiser, not_finite};
use super::error::SamplerError;
use super::looks::add_noise;
use super::path::{Path, Point, Stop};
use super::setup::Setup;
use super::{Noise, Sampler, churn};
use crate::sigmas::{SchedulerClass, SigmaTable};

const RELATIVE: f32 = 0.05;
const ABSOLUTE: f32 = 0.0078;
const FIRST: f64 = 0.05;
/// What a step's factor for the next must be for the step to be taken.
const ACCEPTED: f64 = 0.81;
/// How near the end is the end.
const NEAR: f64 = 1e-5;
/// More looks than any picture takes: what needs them gets nowhere.
const MOST_LOOKS: usize = 20_000;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::Euler)?;
    let table = &settings.table;
    let (first, last) = (-table.max().ln(), -table.min().ln());
    let steps = setup.steps;
    let share = (last - first) / steps as f64;
    let evenly = (0..steps).map(|step| first + step as f64 * share);
    // Where pictures are put to begin from, and where the way ends then.
    let (mut places, mut end): (Vec<f64>, f64) = (evenly.collect(), last);
    if let Some(grid) = setup.named_grid(&settings) {
        let sigmas = &grid.sigmas[..grid.timesteps.len()];
        let place = |step| {
            let index = (0..sigmas.len()).find(|index| grid.step_of(*index) >= step);
            index.map_or(last, |index| -f64::from(sigmas[index]).ln())
        };
        places = (0..steps).map(place).collect();
        end = sigmas.last().map_or(last, |sigma| -f64::from(*sigma).ln());
    }
    if let Some(place) = places.first_mut() {
        *place = first;
    }
    let stops = places.into_iter().enumerate();
    let stops = stops
        .map(|(step, place)| stop(place, step, table))
        .collect();
    Ok(Box::new(DpmAdaptive {
        path: Path::exploding(stops, table.max()),
        table: table.clone(),
        steps,
        ends: [last, end],
        eta: setup.options.eta.unwrap_or(0.0),
        s_noise: setup.options.s_noise,
        denoiser: Denoiser::new(&settings),
        attempt: Attempt::default(),
        fresh: Vec::new(),
    }))
}

fn stop(place: f64, step: usize, table: &SigmaTable) -> Stop {
    let sigma = (-place).exp() as f32;
    Stop {
        timestep: table.timestep_of(sigma.into()) as f32,
        step,
        point: Point::exploding(sigma),
    }
}

/// One try, in `-ln sigma`, and what is known from those before.
#[derive(Debug, Default)]
struct Attempt {
    /// The evaluation that comes next.
    index: usize,
    /// How many looks there were at it.
    looks: usize,
    /// The step and the place where the run began, and where it ends.
    begin: (usize, f64),
    end: f64,
    /// Where the try begins, how far it goes, where its answer is, and how long the controller wants it.
    from: f64,
    to: f64,
    goal: f64,
    length: f64,
    /// The sample there, and the noises seen.
    start: Vec<f32>,
    noises: Vec<Vec<f32>>,
    /// The answer of second order of the last good try.
    before: Vec<f32>,
}

struct DpmAdaptive {
    path: Path,
    table: SigmaTable,
    steps: usize,
    /// Of a run from the beginning, and of others.
    ends: [f64; 2],
    eta: f32,
    s_noise: f32,
    denoiser: Denoiser,
    attempt: Attempt,
    fresh: Vec<f32>,
}

impl DpmAdaptive {
    /// A run begins here.
    fn begin(&mut self, i: usize, sample: &[f32]) {
        let call = self.path.evaluations()[i];
        let from = -f64::from(call.sigma).ln();
        self.attempt = Attempt {
            index: i,
            begin: (call.step, from),
            end: self.ends[usize::from(i > 0)],
            from,
            length: FIRST,
            before: sample.to_vec(),
            ..Attempt::default()
        };
    }

    /// How far the next try goes.
    fn aim(&mut self) {
        let attempt = &mut self.attempt;
        attempt.to = attempt.end.min(attempt.from + attempt.length);
        attempt.goal = attempt.to;
        if self.eta > 0.0 {
            let sigma = |place: f64| (-place).exp() as f32;
            let (down, _) = churn::ancestral(sigma(attempt.from), sigma(attempt.to), self.eta);
            attempt.goal = attempt.end.min(-f64::from(down).ln());
        }
    }

    /// The sample after the looks so far, and what is to be looked at next.
    fn look(&mut self, part: f64, factors: &[f64], i: usize, sample: &mut [f32]) {
        combine(&self.attempt.start, &self.attempt.noises, factors, sample);
        let attempt = &self.attempt;
        let place = attempt.from + part * (attempt.goal - attempt.from);
        let step = self.path.evaluations()[i].step;
        self.path.go_on(i, Some(stop(place, step, &self.table)));
    }

    /// Which of the user's steps a place lies in.
    fn step_at(&self, place: f64) -> usize {
        let (first, from) = self.attempt.begin;
        let share = (place - from) / (self.attempt.end - from);
        let more = share * (self.steps - first) as f64;
        // A float below 0 or none is 0.
        (first + more as usize).min(self.steps - 1)
    }

    /// Judges the try once all is seen. Says whether it is good.
    fn judge(&mut self, i: usize, sample: &mut [f32]) -> Result<bool, SamplerError> {
        let attempt = &mut self.attempt;
        let h = attempt.goal - attempt.from;
        let sigma = (-attempt.goal).exp();
        let growth = h.exp_m1();
        let mut low = vec![0.0; sample.len()];
        let bend = sigma * growth * 1.5;
        let factors = [bend - sigma * growth, -bend];
        combine(&attempt.start, &attempt.noises, &factors, &mut low);
        let bend = sigma * (growth / h - 1.0) * 1.5;
        let factors = [bend - sigma * growth, 0.0, -bend];
        combine(&attempt.start, &attempt.noises, &factors, sample);
        let off: f64 = low
            .iter()
            .zip(sample.iter())
            .zip(&attempt.before)
            .map(|((low, high), before)| {
                let delta = ABSOLUTE.max(RELATIVE * low.abs().max(before.abs()));
                f64::from((low - high) / delta).powi(2)
            })
            .sum();
        let error = (off / sample.len() as f64).sqrt();
        let order = if self.eta > 0.0 { 1.5 } else { 3.0 };
        let wanted = (1.0 / (error + 1e-8)).powf(1.0 / order);
        let factor = 1.0 + (wanted - 1.0).atan();
        attempt.length *= factor;
        attempt.looks += 3;
        if !attempt.length.is_finite() || attempt.length <= 0.0 || attempt.looks > MOST_LOOKS {
            return Err(not_finite(&self.path, i));
        }
        let is_good = factor >= ACCEPTED;
        if is_good {
            attempt.before = low;
            attempt.from = attempt.to;
        } else {
            sample.copy_from_slice(&attempt.start);
        }
        Ok(is_good)
    }
}

/// `start + Σ factor · noise`.
fn combine(start: &[f32], noises: &[Vec<f32>], factors: &[f64], out: &mut [f32]) {
    out.copy_from_slice(start);
    for (factor, noise) in factors.iter().zip(noises) {
        for (x, noise) in out.iter_mut().zip(noise) {
            *x += *factor as f32 * noise;
        }
    }
}

impl Sampler for DpmAdaptive {
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
        if i == 0 || i != self.attempt.index || self.attempt.before.len() != sample.len() {
            self.begin(i, sample);
        }
        self.attempt.index = i + 1;
        let sigma = point.sigma as f32;
        let picture = self.denoiser.picture(point, output, sample);
        if self.attempt.from >= self.attempt.end - NEAR {
            // It began at the end.
            sample.copy_from_slice(picture);
            self.path.go_on(i, None);
            return Ok(());
        }
        let pairs = sample.iter().zip(picture);
        let seen = pairs.map(|(x, picture)| (x - picture) / sigma).collect();
        let nth = self.attempt.noises.len();
        if nth == 0 {
            self.attempt.start = sample.to_vec();
            self.aim();
        }
        self.attempt.noises.push(seen);
        let h = self.attempt.goal - self.attempt.from;
        let sigma_at = |part: f64| (-(self.attempt.from + part * h)).exp();
        match nth {
            0 => {
                let part = 1.0 / 3.0;
                let factor = -sigma_at(part) * (part * h).exp_m1();
                self.look(part, &[factor], i, sample);
            }
            1 => {
                let part = 2.0 / 3.0;
                let growth = (part * h).exp_m1();
                let bend = sigma_at(part) * 2.0 * (growth / (part * h) - 1.0);
                let factors = [bend - sigma_at(part) * growth, -bend];
                self.look(part, &factors, i, sample);
            }
            _ => {
                let up = (-2.0 * self.attempt.to).exp() - (-2.0 * self.attempt.goal).exp();
                let is_good = self.judge(i, sample)?;
                self.attempt.noises.clear();
                if is_good && self.eta > 0.0 {
                    self.fresh.resize(sample.len(), 0.0);
                    noise.fresh(&mut self.fresh);
                    let deviation = self.s_noise * up.max(0.0).sqrt() as f32;
                    add_noise(sample, &self.fresh, deviation);
                }
                let from = self.attempt.from;
                let is_over = from >= self.attempt.end - NEAR;
                let next = stop(from, self.step_at(from), &self.table);
                self.path.go_on(i, (!is_over).then_some(next));
            }
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
