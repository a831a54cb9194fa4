//! The multistep DPM-Solvers: [DPM++ 2M](super::dpmpp_2m) and [DPM++ 2M SDE](super::dpmpp_2m_sde)
//! (Lu and others, "DPM-Solver", 2022, and "DPM-Solver++", 2022; `DPMSolverMultistepScheduler` in
//! diffusers; `sample_dpmpp_2m` and `sample_dpmpp_2m_sde` in k-diffusion).
//!
//! They integrate over `lambda = ln(alpha / sigma)` and take the model's answer (its picture, for
//! the "++" kind, or its noise) as a polynomial of it, through the last one, two or three answers.
//! With `h` the length of the step in lambda, and `D0`, `D1`, `D2` the newest answer and its
//! divided differences, each kind is
//!
//! `x' = sample · x + d0 · D0 + d1 · D1 + d2 · D2 + noise · fresh noise`
//!
//! with factors that [`Factors`] spells out.

use std::collections::VecDeque;

use super::denoiser::{Denoiser, not_finite};
use super::error::SamplerError;
use super::path::{Path, Point};
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::{
    AlgorithmType, ConfigError, Grid, SchedulerClass, SchedulerConfig, Settings, SolverType,
};

/// Runs shorter than this end on lower orders, where the config says `lower_order_final`.
const SHORT_RUN: usize = 15;

/// Which equation is solved, and for which answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Equation {
    /// The stochastic one, with fresh noise each step, rather than the ordinary one.
    pub(super) stochastic: bool,
    /// In terms of the picture ("++") rather than the noise.
    pub(super) picture: bool,
}

/// How accurately each step is solved.
#[derive(Clone, Copy, Debug)]
struct Order {
    most: usize,
    heun: bool,
    /// The last step is of order 1 in any case.
    last_is_first: bool,
    /// In [short runs](SHORT_RUN), the last step is of order 1 and the one before of 2 at most.
    falls: bool,
}

impl Order {
    /// As k-diffusion has it: second, the midpoint form, first for the step to sigma 0.
    const NAMED: Self = Self {
        most: 2,
        heun: false,
        last_is_first: true,
        falls: false,
    };

    fn of_config(config: &SchedulerConfig, settings: &Settings) -> Self {
        Self {
            most: config.solver_order.unwrap_or(2),
            heun: config.solver_type == Some(SolverType::Heun),
            last_is_first: settings.ends_at_zero() || config.euler_at_final.unwrap_or(false),
            falls: config.lower_order_final.unwrap_or(true),
        }
    }

    /// The order of step `i` of `steps`, with as many answers at hand.
    fn at(self, i: usize, steps: usize, answers: usize) -> usize {
        let left = steps - i;
        let falls = self.falls && steps < SHORT_RUN;
        let most = match left {
            1 if self.last_is_first || falls => 1,
            2 if falls => 2,
            _ => self.most,
        };
        most.min(self.most).min(answers)
    }
}

pub(super) fn build(
    setup: &Setup<'_>,
    equation: impl FnOnce(&SchedulerConfig) -> Equation,
) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::DpmSolverMultistep)?;
    let (grid, init_noise_sigma, equation, order) = match setup.named_grid(&settings) {
        Some(grid) => {
            let first = Point::preserving(grid.sigmas[0]);
            let plus_plus = Equation {
                picture: true,
                ..equation(setup.config)
            };
            (grid, first.sigma, plus_plus, Order::NAMED)
        }
        None => {
            let equation = equation(setup.config);
            let order = Order::of_config(setup.config, &settings);
            check(setup.config, &settings, equation, order)?;
            (Grid::whole(&settings, setup.steps)?, 1.0, equation, order)
        }
    };
    let (path, points) = Path::over_grid(&grid, init_noise_sigma);
    Ok(Box::new(DpmSolver {
        path,
        points,
        equation,
        order,
        denoiser: Denoiser::new(&settings),
        answers: VecDeque::new(),
        fresh: Vec::new(),
    }))
}

/// Refuses rectified flows; also for UniPC.
pub(super) fn refuse_flow(
    config: &SchedulerConfig,
    class: SchedulerClass,
) -> Result<(), SamplerError> {
    if config.use_flow_sigmas == Some(true) {
        return Err(SamplerError::Config(ConfigError::Unsupported {
            class: class.name(),
            key: "use_flow_sigmas",
            value: "true".to_owned(),
            expected: "a diffusion model, not a rectified flow".to_owned(),
        }));
    }
    Ok(())
}

fn check(
    config: &SchedulerConfig,
    settings: &Settings,
    equation: Equation,
    order: Order,
) -> Result<(), SamplerError> {
    refuse_flow(config, settings.class)?;
    let unsupported = |key, value: &str, expected: &str| {
        Err(SamplerError::Config(ConfigError::Unsupported {
            class: settings.class.name(),
            key,
            value: value.to_owned(),
            expected: expected.to_owned(),
        }))
    };
    if let Some(variance) = config.variance_type
        && variance.word().starts_with("learned")
    {
        return unsupported(
            "variance_type",
            variance.word(),
            "a model without learned variance",
        );
    }
    if !equation.picture && settings.ends_at_zero() {
        return unsupported(
            "final_sigmas_type",
            "zero",
            "`sigma_min` for this `algorithm_type`",
        );
    }
    if equation.stochastic && !equation.picture && order.most > 2 {
        return unsupported("solver_order", "3", "1 or 2 for `sde-dpmsolver`");
    }
    Ok(())
}

impl Equation {
    /// What the config's `algorithm_type` says.
    pub(super) fn of_config(config: &SchedulerConfig) -> Self {
        let algorithm = config.algorithm_type.unwrap_or(AlgorithmType::DpmPlusPlus);
        Self {
            stochastic: matches!(
                algorithm,
                AlgorithmType::SdeDpm | AlgorithmType::SdeDpmPlusPlus
            ),
            picture: !matches!(algorithm, AlgorithmType::Dpm | AlgorithmType::SdeDpm),
        }
    }
}

/// What each part of a step is multiplied by.
#[derive(Clone, Copy, Debug)]
struct Factors {
    sample: f64,
    d0: f64,
    /// From order 2 on.
    d1: f64,
    /// From order 3 on.
    d2: f64,
    noise: f64,
}

impl Factors {
    fn new(equation: Equation, from: Point, to: Point, order: usize, heun: bool) -> Self {
        let h = to.lambda() - from.lambda();
        // Order 2 in its midpoint form takes D1 as if it were half of D0; in its Heun form it is
        // integrated, as order 3 always has it.
        let integrated = heun || order == 3;
        let factors = match (equation.stochastic, equation.picture) {
            (false, true) => {
                let phi = (-h).exp_m1();
                Self {
                    sample: to.sigma / from.sigma,
                    d0: -to.alpha * phi,
                    d1: to.alpha
                        * if integrated {
                            phi / h + 1.0
                        } else {
                            -0.5 * phi
                        },
                    d2: -to.alpha * ((phi + h) / (h * h) - 0.5),
                    noise: 0.0,
                }
            }
            (false, false) => {
                let phi = h.exp_m1();
                Self {
                    sample: to.alpha / from.alpha,
                    d0: -to.sigma * phi,
                    d1: -to.sigma * if integrated { phi / h - 1.0 } else { 0.5 * phi },
                    d2: -to.sigma * ((phi - h) / (h * h) - 0.5),
                    noise: 0.0,
                }
            }
            (true, true) => {
                let phi = -(-2.0 * h).exp_m1();
                Self {
                    sample: to.sigma / from.sigma * (-h).exp(),
                    d0: to.alpha * phi,
                    d1: to.alpha
                        * if integrated {
                            1.0 - phi / (2.0 * h)
                        } else {
                            0.5 * phi
                        },
                    d2: to.alpha * ((phi - 2.0 * h) / (4.0 * h * h) - 0.5),
                    noise: to.sigma * phi.sqrt(),
                }
            }
            (true, false) => {
                let phi = h.exp_m1();
                Self {
                    sample: to.alpha / from.alpha,
                    d0: -2.0 * to.sigma * phi,
                    d1: -2.0 * to.sigma * if integrated { phi / h - 1.0 } else { 0.5 * phi },
                    d2: 0.0,
                    noise: to.sigma * (2.0 * h).exp_m1().sqrt(),
                }
            }
        };
        // A step to sigma 0 is infinitely long in lambda, and of order 1: there the higher
        // factors are not numbers, and not wanted.
        Self {
            d1: if order >= 2 { factors.d1 } else { 0.0 },
            d2: if order >= 3 { factors.d2 } else { 0.0 },
            ..factors
        }
    }

    fn are_finite(self) -> bool {
        [self.sample, self.d0, self.d1, self.d2, self.noise]
            .iter()
            .all(|factor| factor.is_finite())
    }
}

struct DpmSolver {
    path: Path,
    /// Step `i` goes from `points[i]` to `points[i + 1]`.
    points: Vec<Point>,
    equation: Equation,
    order: Order,
    denoiser: Denoiser,
    /// The last answers, the newest first: as many as the order is.
    answers: VecDeque<Vec<f32>>,
    fresh: Vec<f32>,
}

impl DpmSolver {
    /// Remembers what the model said, as a picture or as noise.
    fn remember(&mut self, point: Point, output: &[f32], sample: &[f32]) {
        if self
            .answers
            .front()
            .is_some_and(|a| a.len() != sample.len())
        {
            self.answers.clear();
        }
        let full = self.answers.len() == self.order.most;
        let mut answer = if full { self.answers.pop_back() } else { None }.unwrap_or_default();
        answer.clear();
        let picture = self.denoiser.picture(point, output, sample);
        if self.equation.picture {
            answer.extend_from_slice(picture);
        } else {
            // What is noise once the picture is kept within its limits.
            let (alpha, sigma) = (point.alpha as f32, point.sigma as f32);
            let pairs = sample.iter().zip(picture);
            answer.extend(pairs.map(|(x, picture)| (x - alpha * picture) / sigma));
        }
        self.answers.push_front(answer);
    }
}

impl Sampler for DpmSolver {
    fn path(&self) -> &Path {
        &self.path
    }

    fn step(
        &mut self,
        i: usize,
        output: &[f32],
        sample: &mut [f32],
        noise: &mut Noise<'_>,
    ) -> Result<(), SamplerError> {
        let point = self.denoiser.check(&self.path, i, output, sample)?;
        self.remember(point, output, sample);
        let steps = self.path.evaluations().len();
        let order = self.order.at(i, steps, self.answers.len());
        let to = self.points[i + 1];
        let factors = Factors::new(self.equation, point, to, order, self.order.heun);

        // Lengths of the steps before, as shares of this one.
        let h = to.lambda() - point.lambda();
        let share = |back: usize| {
            let (from, to) = (self.points[i - back], self.points[i + 1 - back]);
            (to.lambda() - from.lambda()) / h
        };
        let (r0, r1) = (
            if order >= 2 { share(1) } else { 1.0 },
            if order >= 3 { share(2) } else { 1.0 },
        );
        if !factors.are_finite() || r0 == 0.0 || r1 == 0.0 {
            return Err(not_finite(&self.path, i));
        }

        let [a, d0, d1, d2] =
            [factors.sample, factors.d0, factors.d1, factors.d2].map(|factor| factor as f32);
        let (r0, r1) = (r0 as f32, r1 as f32);
        let answer = |back: usize, k: usize| self.answers[back][k];
        for (k, x) in sample.iter_mut().enumerate() {
            let newest = answer(0, k);
            *x = a * *x + d0 * newest;
            if order == 2 {
                *x += d1 * (newest - answer(1, k)) / r0;
            } else if order == 3 {
                let near = (newest - answer(1, k)) / r0;
                let far = (answer(1, k) - answer(2, k)) / r1;
                let bend = (near - far) / (r0 + r1);
                *x += d1 * (near + r0 * bend) + d2 * bend;
            }
        }
        if factors.noise > 0.0 {
            self.fresh.resize(sample.len(), 0.0);
            noise(&mut self.fresh);
            for (x, fresh) in sample.iter_mut().zip(&self.fresh) {
                *x += factors.noise as f32 * fresh;
            }
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
