//! The multistep DPM-Solvers: [DPM++ 2M](super::dpmpp_2m), [2M SDE](super::dpmpp_2m_sde), its
//! [Heun form](super::dpmpp_2m_sde_heun) and [3M SDE](super::dpmpp_3m_sde) (Lu and others,
//! "DPM-Solver", 2022, and "DPM-Solver++", 2022; `DPMSolverMultistepScheduler` in diffusers;
//! `sample_dpmpp_2m`, `sample_dpmpp_2m_sde` and `sample_dpmpp_3m_sde` in k-diffusion).
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
use super::dpmpp_sde::range;
use super::error::SamplerError;
use super::looks::add_noise;
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

/// Which of the samplers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Of second order; the midpoint form unless the config says otherwise.
    Plain,
    /// Of second order, in Heun's form.
    Heun,
    /// Of third order.
    Third,
}

/// How accurately each step is solved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) most: usize,
    /// Whether order 2 is in Heun's form.
    pub(super) heun: bool,
    /// The last step is of order 1 in any case.
    pub(super) last_is_first: bool,
    /// In [short runs](SHORT_RUN), the last step is of order 1 and the one before of 2 at most.
    pub(super) falls: bool,
}

impl Order {
    /// As k-diffusion has it: second, the midpoint form, first for a step to sigma 0.
    pub(super) fn named(grid: &Grid) -> Self {
        Self {
            most: 2,
            heun: false,
            last_is_first: grid.sigmas.last() == Some(&0.0),
            falls: false,
        }
    }

    pub(super) fn of_config(config: &SchedulerConfig, settings: &Settings) -> Self {
        Self {
            most: config.solver_order.unwrap_or(2),
            heun: config.solver_type == Some(SolverType::Heun),
            last_is_first: settings.ends_at_zero() || config.euler_at_final.unwrap_or(false),
            falls: config.lower_order_final.unwrap_or(true),
        }
    }

    fn in_form(self, form: Form) -> Self {
        match form {
            Form::Plain => self,
            Form::Heun => Self { heun: true, ..self },
            Form::Third => Self {
                most: 3,
                heun: true,
                ..self
            },
        }
    }

    /// The order of step `i` of `steps`, with as many answers at hand.
    pub(super) fn at(self, i: usize, steps: usize, answers: usize) -> usize {
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
    form: Form,
    equation: impl FnOnce(&SchedulerConfig) -> Equation,
) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(SchedulerClass::DpmSolverMultistep)?;
    let mut brownian = None;
    let (grid, init_noise_sigma, equation, order) = match setup.named_grid(&settings) {
        Some(grid) => {
            let first = Point::preserving(grid.sigmas[0]);
            let plus_plus = Equation {
                picture: true,
                ..equation(setup.config)
            };
            brownian = plus_plus.stochastic.then(|| range(&grid.sigmas));
            let order = Order::named(&grid).in_form(form);
            (grid, first.sigma, plus_plus, order)
        }
        None => {
            let equation = equation(setup.config);
            let order = Order::of_config(setup.config, &settings);
            let order = match form {
                // Diffusers's second order is the midpoint's there, too, unless the config says otherwise.
                Form::Third => Order { most: 3, ..order },
                _ => order.in_form(form),
            };
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
        eta: f64::from(setup.options.eta.unwrap_or(1.0)),
        s_noise: setup.options.s_noise,
        is_named: !setup.schedule.follows_config(),
        brownian,
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
    /// `eta` is for the stochastic equation in terms of the picture alone.
    fn new(equation: Equation, from: Point, to: Point, order: usize, heun: bool, eta: f64) -> Self {
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
                let long = (1.0 + eta) * h;
                // The last step is infinitely long.
                let fresh = if eta == 0.0 { 0.0 } else { eta * h };
                let phi = -(-long).exp_m1();
                Self {
                    sample: to.sigma / from.sigma * (-fresh).exp(),
                    d0: to.alpha * phi,
                    d1: to.alpha
                        * if integrated {
                            1.0 - phi / long
                        } else {
                            0.5 * phi
                        },
                    d2: to.alpha * ((phi - long) / (long * long) - 0.5),
                    noise: to.sigma * (-(-2.0 * fresh).exp_m1()).sqrt(),
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
    /// Of the stochastic equation in terms of the picture.
    eta: f64,
    s_noise: f32,
    is_named: bool,
    /// The bounds of the noise's motion, where it is one.
    brownian: Option<(f32, f32)>,
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
        noise: &mut dyn Noise,
    ) -> Result<(), SamplerError> {
        let point = self.denoiser.check(&self.path, i, output, sample)?;
        self.remember(point, output, sample);
        let steps = self.path.evaluations().len();
        let order = self.order.at(i, steps, self.answers.len());
        let to = self.points[i + 1];
        let mut factors = Factors::new(self.equation, point, to, order, self.order.heun, self.eta);
        if self.is_named && order == 3 {
            // The integral of the curve is half of it more than diffusers takes off for it.
            factors.d2 += to.alpha;
        }

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
            if self.brownian.is_some() {
                let (from, to) = (point.level() as f32, to.level() as f32);
                noise.brownian(from, to, &mut self.fresh);
            } else {
                noise.fresh(&mut self.fresh);
            }
            add_noise(sample, &self.fresh, self.s_noise * factors.noise as f32);
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }

    fn brownian(&self) -> Option<(f32, f32)> {
        self.brownian
    }
}
