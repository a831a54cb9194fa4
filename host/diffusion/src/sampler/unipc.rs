//! UniPC: a multistep predictor, and a corrector that uses each model call a second time to put the
//! step before right (Zhao and others, "UniPC", 2023; `UniPCMultistepScheduler` in diffusers).
//!
//! Over a step of length `h` in `lambda = ln(alpha / sigma)`, with `m0` the answer where the step
//! began, `r_k` the place of an older answer `m_k` in units of the step, `D_k = (m_k - m0) / r_k`,
//! and `z = -h` in terms of the picture (`z = h` in terms of the noise):
//!
//! `x' = ratio · x - scale · ((e^z - 1) · m0 + B(z) · Σ rho_k D_k)`
//!
//! `B(z)` is `z` (bh1) or `e^z - 1` (bh2). The `rho_k` make the sum right for polynomials: they solve
//! `Σ_k rho_k r_k^(j-1) = b_j`. The corrector has one more `D`, that of the answer at the end of the
//! step, with `r = 1`.
//!
//! Under a named schedule this is second order, bh2, in terms of the picture, between the
//! schedule's sigmas; the config's options of the solver are for its own schedule.

use std::collections::VecDeque;

use super::denoiser::{Denoiser, not_finite};
use super::dpm_solver::refuse_flow;
use super::error::SamplerError;
use super::path::{Path, Point};
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::{Grid, SchedulerClass, SchedulerConfig, SolverType};

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::UniPc)?;
    let (grid, init_noise_sigma, options) = match setup.named_grid(&settings) {
        Some(grid) => {
            let first = Point::preserving(grid.sigmas[0]);
            (
                grid,
                first.sigma,
                Options::of_config(&SchedulerConfig::default()),
            )
        }
        None => {
            refuse_flow(setup.config, settings.class)?;
            let grid = Grid::whole(&settings, setup.steps)?;
            (grid, 1.0, Options::of_config(setup.config))
        }
    };
    let (path, points) = Path::over_grid(&grid, init_noise_sigma);
    Ok(Box::new(UniPc {
        path,
        points,
        options,
        denoiser: Denoiser::new(&settings),
        answers: VecDeque::new(),
        last: None,
    }))
}

#[derive(Clone, Debug)]
struct Options {
    order: usize,
    bh1: bool,
    /// In terms of the picture rather than the noise.
    picture: bool,
    /// The last steps are of lower order.
    falls: bool,
    /// Steps that are not corrected.
    uncorrected: Vec<usize>,
}

impl Options {
    fn of_config(config: &SchedulerConfig) -> Self {
        Self {
            order: config.solver_order.unwrap_or(2),
            bh1: config.solver_type == Some(SolverType::Bh1),
            picture: config.predict_x0.unwrap_or(true),
            falls: config.lower_order_final.unwrap_or(true),
            uncorrected: config.disable_corrector.clone().unwrap_or_default(),
        }
    }
}

struct UniPc {
    path: Path,
    /// Step `i` goes from `points[i]` to `points[i + 1]`.
    points: Vec<Point>,
    options: Options,
    denoiser: Denoiser,
    /// The last answers, the newest first: as many as the order is.
    answers: VecDeque<Vec<f32>>,
    /// The step before, for the corrector.
    last: Option<LastStep>,
}

struct LastStep {
    start: Vec<f32>,
    order: usize,
}

/// One update, worked out: of the sample at its start, of the answer there, and of the `D`s.
struct Update {
    sample: f32,
    m0: f32,
    /// For each older answer, the newest first: `scale · B(z) · rho / r`.
    older: Vec<f32>,
    /// The same for the answer at the end; 0 in a prediction.
    end: f32,
}

impl UniPc {
    /// What a step multiplies the sample by.
    fn ratio(&self, from: Point, to: Point) -> f64 {
        if self.options.picture {
            to.sigma / from.sigma
        } else {
            to.alpha / from.alpha
        }
    }

    /// The update over step `i` with `order - 1` older answers; with the one at its end if it is
    /// to be corrected.
    fn update(&self, i: usize, order: usize, corrects: bool) -> Option<Update> {
        let (from, to) = (self.points[i], self.points[i + 1]);
        let h = to.lambda() - from.lambda();
        let ratio = self.ratio(from, to);
        let (scale, z) = if self.options.picture {
            (to.alpha, -h)
        } else {
            (to.sigma, h)
        };
        let growth = z.exp_m1();
        let b_of_z = if self.options.bh1 { z } else { growth };

        let mut places: Vec<f64> = (1..order)
            .map(|back| (self.points[i - back].lambda() - from.lambda()) / h)
            .collect();
        if corrects {
            places.push(1.0);
        }
        let rho = weights(&places, z, b_of_z)?;
        let mut factors: Vec<f32> = rho
            .iter()
            .zip(&places)
            .map(|(rho, place)| (scale * b_of_z * rho / place) as f32)
            .collect();
        let end = if corrects { factors.pop()? } else { 0.0 };
        let update = Update {
            sample: ratio as f32,
            m0: (scale * growth) as f32,
            older: factors,
            end,
        };
        let finite = [update.sample, update.m0, update.end];
        let mut all = finite.iter().chain(&update.older);
        all.all(|factor| factor.is_finite()).then_some(update)
    }

    /// Applies an update to the sample at its start. `answers[first]` is the answer there.
    fn apply(&self, update: &Update, first: usize, end: Option<&[f32]>, sample: &mut [f32]) {
        for (k, x) in sample.iter_mut().enumerate() {
            let m0 = self.answers[first][k];
            let mut sum = update.m0 * m0;
            for (back, factor) in (1..).zip(&update.older) {
                sum += factor * (self.answers[first + back][k] - m0);
            }
            if let Some(end) = end {
                sum += update.end * (end[k] - m0);
            }
            *x = update.sample * *x - sum;
        }
    }

    /// What the model said, as a picture or as noise.
    fn answer(&mut self, point: Point, output: &[f32], sample: &[f32]) -> Vec<f32> {
        let picture = self.denoiser.picture(point, output, sample);
        if self.options.picture {
            return picture.to_vec();
        }
        let mut noise = Vec::with_capacity(sample.len());
        self.denoiser.noise(point, output, sample, &mut noise);
        noise
    }

    /// The order of step `i`, once its answer is at hand.
    fn order_of(&self, i: usize) -> usize {
        let left = self.path.evaluations().len() - i;
        let most = self.options.order;
        let most = if self.options.falls {
            most.min(left)
        } else {
            most
        };
        most.min(self.answers.len())
    }
}

impl Sampler for UniPc {
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
        let answer = self.answer(point, output, sample);

        let last = self.last.take().filter(|l| l.start.len() == sample.len());
        if last.is_none() {
            self.answers.clear();
        }
        if let Some(last) = last
            && i > 0
            && !self.options.uncorrected.contains(&(i - 1))
        {
            let update = self.update(i - 1, last.order, true);
            let update = update.ok_or_else(|| not_finite(&self.path, i))?;
            sample.copy_from_slice(&last.start);
            self.apply(&update, 0, Some(&answer), sample);
        }

        self.answers.push_front(answer);
        self.answers.truncate(self.options.order);
        let order = self.order_of(i);
        let update = self.update(i, order, false);
        let update = update.ok_or_else(|| not_finite(&self.path, i))?;
        self.last = Some(LastStep {
            start: sample.to_vec(),
            order,
        });
        self.apply(&update, 0, None, sample);
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }

    /// The corrector begins again where step `i` began: there the change is put, so large that it
    /// is as large as it was made where the step ends.
    fn changed(&mut self, i: usize, before: &[f32], after: &[f32]) {
        let Some(points) = self.points.get(i..i + 2) else {
            return;
        };
        let ratio = self.ratio(points[0], points[1]) as f32;
        let Some(last) = self.last.as_mut().filter(|_| ratio > 0.0) else {
            return;
        };
        let changes = before.iter().zip(after);
        for (start, (before, after)) in last.start.iter_mut().zip(changes) {
            if before != after {
                *start += (after - before) / ratio;
            }
        }
    }
}

/// The `rho` of each place: `Σ_k rho_k r_k^(j-1) = b_j` for as many `j`, with
/// `b_j = j! · phi_(j+1)(z) · z / B(z)`.
fn weights(places: &[f64], z: f64, b_of_z: f64) -> Option<Vec<f64>> {
    match places {
        [] => return Some(Vec::new()),
        // The solution to second order, which diffusers takes for exact, in the predictor of
        // order 2 and the corrector of order 1.
        [_] => return Some(vec![0.5]),
        _ => {}
    }
    let mut phi = z.exp_m1() / z - 1.0;
    let mut factorial = 1.0;
    let mut rows = Vec::with_capacity(places.len());
    for j in 0..places.len() {
        let mut row: Vec<f64> = places.iter().map(|place| place.powi(j as i32)).collect();
        row.push(phi * factorial / b_of_z);
        rows.push(row);
        factorial *= (j + 2) as f64;
        phi = phi / z - 1.0 / factorial;
    }
    solve(rows)
}

/// Solves linear equations, each given as its factors and then its right side, by elimination. The
/// first factor of the first is never 0 here, nor any pivot after it unless two places coincide.
fn solve(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let count = rows.len();
    for pivot in 0..count {
        let (done, rest) = rows.split_at_mut(pivot + 1);
        let row = &done[pivot];
        for other in rest {
            let factor = other[pivot] / row[pivot];
            for (value, above) in other.iter_mut().zip(row) {
                *value -= factor * above;
            }
        }
    }
    let mut solution = vec![0.0; count];
    for k in (0..count).rev() {
        let known: f64 = (k + 1..count).map(|c| rows[k][c] * solution[c]).sum();
        solution[k] = (rows[k][count] - known) / rows[k][k];
    }
    solution
        .iter()
        .all(|rho| rho.is_finite())
        .then_some(solution)
}
