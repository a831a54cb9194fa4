//! The sigmas of a run and the timesteps that the model is told with them.

use super::SchedulerClass;
use super::beta::beta;
use super::error::ConfigError;
use super::exponential::exponential;
use super::karras::karras;
use super::numeric::linspace;
use super::options::{BetaSchedule, FinalSigmas, Interpolation, PredictionType, TimestepType};
use super::settings::{Settings, Spread};
use super::spacing::{solver_timesteps, timesteps};
use super::table::SigmaTable;

/// Step `i` goes from `sigmas[i]`, where the model is told `timesteps[i]`, to `sigmas[i + 1]`.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    /// One a step, the noisiest first.
    pub(crate) timesteps: Vec<f32>,
    /// At least one more than there are steps. In float32, which is what diffusers and k-diffusion
    /// keep them in.
    pub(crate) sigmas: Vec<f32>,
    /// How many steps the user asked for.
    pub(crate) steps: usize,
}

impl Grid {
    /// The grid of a named schedule's sigmas, ending at 0 unless the schedule has an end of its own.
    ///
    /// The timesteps are fractional, as k-diffusion has them without quantising. Where `discards`,
    /// there is one sigma more than steps, and the next-to-last is left out.
    pub(crate) fn named(
        sigmas: Vec<f64>,
        settings: &Settings,
        steps: usize,
        discards: bool,
    ) -> Self {
        let mut sigmas = to_f32(sigmas);
        if discards && sigmas.len() > 2 {
            sigmas.remove(sigmas.len() - 2);
        }
        let timesteps = sigmas[..sigmas.len().saturating_sub(1)]
            .iter()
            .map(|&sigma| settings.table.timestep_of(f64::from(sigma)) as f32)
            .collect();
        Self {
            timesteps,
            sigmas,
            steps,
        }
    }

    /// Which of the user's steps the `i`th one here belongs to. The schedule "DDIM" may have some
    /// more than were asked for: they count as parts of the last.
    pub(crate) fn step_of(&self, i: usize) -> usize {
        i.min(self.steps.saturating_sub(1))
    }

    /// The grid of the Euler and Heun schedulers of diffusers: timesteps may be fractional.
    pub(crate) fn fractional(settings: &Settings, steps: usize) -> Self {
        let table = &settings.table;
        let mut timesteps = to_f32(timesteps(settings, steps));
        let mut sigmas: Vec<f64> = match settings.interpolation {
            Interpolation::Linear => timesteps
                .iter()
                .map(|&timestep| table.linear_at(f64::from(timestep)))
                .collect(),
            // One more than there are steps. The last step then ends at the smallest sigma, and
            // the final one pushed below is never reached, just as in diffusers.
            Interpolation::LogLinear => exponential(steps + 1, table.min(), table.max()),
        };
        // Between the first and the last sigma that the timesteps would have had.
        if let (Some(&first), Some(&last)) = (sigmas.first(), sigmas.last())
            && let Some(spread) = spread_sigmas(settings, steps, last, first)
        {
            timesteps = timesteps_of(&spread, table);
            let rounds = matches!(
                settings.class,
                SchedulerClass::KDpm2 | SchedulerClass::KDpm2Ancestral
            );
            if rounds && settings.spread == Some(Spread::Karras) {
                timesteps.iter_mut().for_each(|t| *t = t.round_ties_even());
            }
            sigmas = spread;
        }
        sigmas.push(match settings.final_sigmas {
            FinalSigmas::Zero => 0.0,
            FinalSigmas::SigmaMin => table.min(),
        });
        let sigmas = to_f32(sigmas);
        if settings.timestep_type == TimestepType::Continuous
            && settings.prediction == PredictionType::Velocity
        {
            timesteps = sigmas[..steps].iter().map(|s| 0.25 * s.ln()).collect();
        }
        Self {
            timesteps,
            sigmas,
            steps,
        }
    }

    /// The grid of the multistep solvers of diffusers: timesteps are whole.
    pub(crate) fn whole(settings: &Settings, steps: usize) -> Result<Self, ConfigError> {
        let table = &settings.table;
        let (timesteps, mut sigmas, smallest) =
            if let Some(spread) = spread_sigmas(settings, steps, table.min(), table.max()) {
                let fractional = spread.iter().map(|&sigma| table.timestep_of(sigma));
                // Where a class does not round, the fraction is cut off.
                let timesteps = if rounds(settings) {
                    fractional.map(f64::round_ties_even).collect()
                } else {
                    fractional.map(f64::trunc).collect()
                };
                let smallest = match settings.class {
                    SchedulerClass::UniPc | SchedulerClass::Deis => {
                        spread.last().copied().unwrap_or(table.min())
                    }
                    _ => table.min(),
                };
                (to_f32(timesteps), spread, smallest)
            } else {
                let timesteps = solver_timesteps(settings, steps, usable_timesteps(settings)?)?;
                let sigmas = timesteps.iter().map(|&t| table.linear_at(t)).collect();
                (to_f32(timesteps), sigmas, table.min())
            };
        sigmas.push(match settings.final_sigmas {
            FinalSigmas::Zero => 0.0,
            FinalSigmas::SigmaMin => smallest,
        });
        Ok(Self {
            timesteps,
            sigmas: to_f32(sigmas),
            steps,
        })
    }
}

/// The layout a config asks for by `use_karras_sigmas` and its like, if any, from `max` to `min`
/// unless the config has bounds of its own.
fn spread_sigmas(settings: &Settings, count: usize, min: f64, max: f64) -> Option<Vec<f64>> {
    let spread = settings.spread?;
    let low = settings.sigma_min.unwrap_or(min);
    let high = settings.sigma_max.unwrap_or(max);
    Some(match spread {
        Spread::Karras => karras(count, low, high),
        Spread::Exponential => exponential(count, low, high),
        Spread::Beta => beta(count, low, high),
        // This one knows no bounds, and begins from float32 logarithms.
        Spread::Lu => {
            let (low, high) = settings.table.log_range();
            linspace(high, low, count)
                .into_iter()
                .map(f64::exp)
                .collect()
        }
    })
}

/// Whether a solver rounds the timesteps of its [`Spread`] to the nearest.
fn rounds(settings: &Settings) -> bool {
    let smooth = settings.beta_schedule == BetaSchedule::SquaredCosine;
    match settings.spread {
        Some(Spread::Karras) => {
            let always = matches!(settings.class, SchedulerClass::UniPc | SchedulerClass::Deis);
            always || !smooth
        }
        Some(Spread::Lu) => !smooth,
        _ => false,
    }
}

/// How many timesteps have `lambda = -ln(sigma)` above the config's `lambda_min_clipped`.
fn usable_timesteps(settings: &Settings) -> Result<usize, ConfigError> {
    let usable = |&&alpha_bar: &&f32| {
        let lambda = alpha_bar.sqrt().ln() - (1.0 - alpha_bar).sqrt().ln();
        f64::from(lambda) >= settings.lambda_min_clipped
    };
    match settings.alphas_cumprod.iter().filter(usable).count() {
        0 => Err(ConfigError::BadValue {
            key: "lambda_min_clipped".to_owned(),
            value: settings.lambda_min_clipped.to_string(),
            expected: "less: it leaves no timestep".to_owned(),
        }),
        count => Ok(count),
    }
}

fn timesteps_of(sigmas: &[f64], table: &SigmaTable) -> Vec<f32> {
    sigmas
        .iter()
        .map(|&sigma| table.timestep_of(sigma) as f32)
        .collect()
}

fn to_f32(values: Vec<f64>) -> Vec<f32> {
    values.into_iter().map(|value| value as f32).collect()
}
