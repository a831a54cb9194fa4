//! PNDM: a linear multistep solver of the noise (Liu and others, "Pseudo numerical methods for
//! diffusion models on manifolds", 2022; `PNDMScheduler` in diffusers). Stable Diffusion 1's default,
//! known as PLMS where `skip_prk_steps` is set, as it is there.
//!
//! Each step mixes the last outputs, `e`, into one and then moves as DDIM:
//! `(55 e0 - 59 e1 + 37 e2 - 9 e3) / 24`, and with fewer at hand `(23 e0 - 16 e1 + 5 e2) / 12` and
//! `(3 e0 - e1) / 2`. It gets going in one of two ways: PLMS tries the first step, looks where it
//! arrives, and takes it again with the mean; PRK takes three steps by Runge and Kutta's method, of
//! four looks each.
//!
//! Under a named schedule this is PLMS between the schedule's sigmas, as A1111's is between its
//! timesteps.

use std::collections::VecDeque;

use super::ddim::{arrived, point_or_final, remix};
use super::denoiser::Denoiser;
use super::error::SamplerError;
use super::path::{Path, Point, Stop};
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::{Grid, PredictionType, SchedulerClass, Settings, index_timesteps};

/// Outputs that the multistep formula mixes at most.
const ORDER: usize = 4;
/// Steps that PRK takes before the multistep formula has enough to mix.
const RUNGE_KUTTA_STEPS: usize = 3;

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    let mut settings = setup.settings(SchedulerClass::Pndm)?;
    let mut reader = None;
    let (looks, init_noise_sigma) = if let Some(grid) = setup.named_grid(&settings) {
        reader = Some(Denoiser::new(&settings));
        settings.prediction = PredictionType::Epsilon;
        named_looks(&grid)
    } else if setup.config.skip_prk_steps.unwrap_or(false) {
        (plms_looks(setup, &settings)?, 1.0)
    } else {
        (prk_looks(setup, &settings)?, 1.0)
    };
    let stops = looks.iter().map(|look| look.stop).collect();
    Ok(Box::new(Pndm {
        path: Path::preserving(stops, init_noise_sigma),
        looks,
        reader,
        denoiser: Denoiser::new(&settings),
        outputs: VecDeque::new(),
        start: None,
        mixed: Vec::new(),
        noise: Vec::new(),
    }))
}

/// One evaluation: where the model looks, and the move that follows.
#[derive(Clone, Copy, Debug)]
struct Look {
    stop: Stop,
    mix: Mix,
    /// The move begins here, with the sample that was here.
    from: Point,
    to: Point,
}

/// How an evaluation's output is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mix {
    /// With the outputs before it.
    Multistep,
    /// Alone, to be tried.
    Try,
    /// As the mean with the output of the try.
    Again,
    /// As the look 0, 1, 2 or 3 of a Runge–Kutta step.
    RungeKutta(usize),
}

/// Of the outputs of a Runge–Kutta step in its last move.
const RUNGE_KUTTA: [f32; 4] = [1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0];

fn named_looks(grid: &Grid) -> (Vec<Look>, f64) {
    let points: Vec<Point> = grid.sigmas.iter().copied().map(Point::preserving).collect();
    let steps: Vec<_> = grid
        .timesteps
        .iter()
        .zip(points.windows(2))
        .map(|(&timestep, pair)| (timestep, pair[0], pair[1]))
        .collect();
    let mut looks = multistep(&steps);
    for look in &mut looks {
        look.stop.step = grid.step_of(look.stop.step);
    }
    (looks, points[0].sigma)
}

fn plms_looks(setup: &Setup<'_>, settings: &Settings) -> Result<Vec<Look>, SamplerError> {
    let stride = settings.train_steps / setup.steps;
    let timesteps = index_timesteps(settings, setup.steps)?;
    let below = |timestep: usize| point_or_final(settings, timestep.checked_sub(stride));
    let steps: Vec<_> = timesteps
        .iter()
        .map(|&timestep| {
            let from = point_or_final(settings, Some(timestep));
            (timestep as f32, from, below(timestep))
        })
        .collect();
    let mut looks = multistep(&steps);
    // The second try is one stride to where the model looks, which, unless the timesteps are
    // `leading`, is not quite the first step.
    if let (Some(again), Some(&timestep)) = (looks.get_mut(1), timesteps.get(1)) {
        again.from = point_or_final(settings, Some(timestep + stride));
        again.to = point_or_final(settings, Some(timestep));
    }
    Ok(looks)
}

/// The looks of PLMS over steps, each with its timestep and where it begins and arrives.
fn multistep(steps: &[(f32, Point, Point)]) -> Vec<Look> {
    let mut looks = Vec::with_capacity(steps.len() + 1);
    for (step, &(timestep, from, to)) in steps.iter().enumerate() {
        let stop = Stop {
            timestep,
            step,
            point: from,
        };
        let mix = if step == 0 && steps.len() > 1 {
            Mix::Try
        } else {
            Mix::Multistep
        };
        if step == 1 {
            let (_, from, to) = steps[0];
            looks.push(Look {
                stop: Stop { step: 0, ..stop },
                mix: Mix::Again,
                from,
                to,
            });
        }
        looks.push(Look {
            stop,
            mix,
            from,
            to,
        });
    }
    looks
}

fn prk_looks(setup: &Setup<'_>, settings: &Settings) -> Result<Vec<Look>, SamplerError> {
    if setup.steps <= RUNGE_KUTTA_STEPS {
        return Err(SamplerError::TooFewSteps {
            sampler: SchedulerClass::Pndm.name(),
            steps: setup.steps,
            least: RUNGE_KUTTA_STEPS + 1,
        });
    }
    let stride = settings.train_steps / setup.steps;
    let half = stride / 2;
    let timesteps = index_timesteps(settings, setup.steps)?;
    let point = |timestep: Option<usize>| point_or_final(settings, timestep);
    let mut looks = Vec::new();
    for (step, pair) in timesteps.windows(2).take(RUNGE_KUTTA_STEPS).enumerate() {
        let (start, end) = (pair[0], pair[1]);
        // The middle is found from the end, and each move is half a stride down from where the
        // model looked, or to where it looked.
        let middle = end + half;
        let moves = [
            (start, start.checked_sub(half)),
            (middle, Some(middle)),
            (middle, middle.checked_sub(half)),
            (end, Some(end)),
        ];
        for (look, (timestep, arrival)) in moves.into_iter().enumerate() {
            looks.push(Look {
                stop: Stop {
                    timestep: timestep as f32,
                    step,
                    point: point(Some(timestep)),
                },
                mix: Mix::RungeKutta(look),
                from: point(Some(start)),
                to: point(arrival),
            });
        }
    }
    for (step, &timestep) in timesteps.iter().enumerate().skip(RUNGE_KUTTA_STEPS) {
        let from = point(Some(timestep));
        looks.push(Look {
            stop: Stop {
                timestep: timestep as f32,
                step,
                point: from,
            },
            mix: Mix::Multistep,
            from,
            to: point(timestep.checked_sub(stride)),
        });
    }
    Ok(looks)
}

struct Pndm {
    path: Path,
    looks: Vec<Look>,
    /// Turns outputs into noise before they are mixed, as A1111 does. Diffusers mixes what the
    /// model says, be it noise or velocity.
    reader: Option<Denoiser>,
    /// Of what is mixed.
    denoiser: Denoiser,
    /// The last outputs of the first look of each step, the newest first.
    outputs: VecDeque<Vec<f32>>,
    /// The sample at the start of a step of several looks.
    start: Option<Vec<f32>>,
    /// The outputs of such a step so far, weighted; else the mix of several steps'.
    mixed: Vec<f32>,
    noise: Vec<f32>,
}

impl Pndm {
    fn remember(&mut self, output: &[f32]) {
        if self
            .outputs
            .front()
            .is_some_and(|o| o.len() != output.len())
        {
            self.outputs.clear();
        }
        self.outputs.push_front(output.to_vec());
        self.outputs.truncate(ORDER);
    }

    /// Mixes the newest outputs by the highest formula there are enough for.
    fn mix_steps(&mut self) {
        let factors: &[f32] = match self.outputs.len() {
            0 | 1 => &[1.0],
            2 => &[3.0 / 2.0, -1.0 / 2.0],
            3 => &[23.0 / 12.0, -16.0 / 12.0, 5.0 / 12.0],
            _ => &[55.0 / 24.0, -59.0 / 24.0, 37.0 / 24.0, -9.0 / 24.0],
        };
        self.mixed.clear();
        self.mixed
            .resize(self.outputs.front().map_or(0, Vec::len), 0.0);
        for (factor, output) in factors.iter().zip(&self.outputs) {
            add(&mut self.mixed, *factor, output);
        }
    }
}

impl Sampler for Pndm {
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
        let look = self.looks[i];
        let mut seen = Vec::new();
        let output = match &self.reader {
            Some(reader) => {
                reader.noise(point, output, sample, &mut seen);
                &seen
            }
            None => output,
        };
        if matches!(look.mix, Mix::Try | Mix::RungeKutta(0)) {
            self.start = Some(sample.to_vec());
        }
        match look.mix {
            Mix::Multistep => {
                self.remember(output);
                self.mix_steps();
            }
            Mix::Try => {
                self.remember(output);
                self.mixed = output.to_vec();
            }
            Mix::Again => {
                let tried = self.outputs.front().filter(|o| o.len() == output.len());
                let tried = tried.ok_or(SamplerError::OutOfOrder { index: i })?;
                let means = tried.iter().zip(output).map(|(a, b)| (a + b) / 2.0);
                self.mixed = means.collect();
            }
            Mix::RungeKutta(nth) => {
                if nth == 0 {
                    self.remember(output);
                    self.mixed = vec![0.0; output.len()];
                }
                add(&mut self.mixed, RUNGE_KUTTA[nth], output);
            }
        }
        // Looks before a step's last move by their own output alone.
        let moved_by = match look.mix {
            Mix::RungeKutta(0..3) => output,
            _ => &self.mixed,
        };
        if look.mix != Mix::Multistep {
            // All looks of a step move from its start.
            let start = self.start.as_deref().filter(|s| s.len() == sample.len());
            sample.copy_from_slice(start.ok_or(SamplerError::OutOfOrder { index: i })?);
        }
        self.denoiser
            .noise(look.from, moved_by, sample, &mut self.noise);
        let picture = self.denoiser.picture(look.from, moved_by, sample);
        remix(look.to, picture, &self.noise, sample);
        if matches!(look.mix, Mix::Again | Mix::RungeKutta(3)) {
            self.start = None;
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }

    fn sigma_after(&self, i: usize) -> f32 {
        arrived(&self.path, i, self.looks.get(i).map(|look| &look.to))
    }
}

fn add(sum: &mut [f32], factor: f32, values: &[f32]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += factor * value;
    }
}
