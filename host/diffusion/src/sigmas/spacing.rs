//! Which training timesteps a run visits, the noisiest first.

use super::config::one_of;
use super::error::ConfigError;
use super::numeric::linspace;
use super::options::TimestepSpacing;
use super::settings::Settings;

/// The timesteps of the single-step schedulers, not rounded: only `linspace` has fractions.
pub(super) fn timesteps(settings: &Settings, steps: usize) -> Vec<f64> {
    let train = settings.train_steps;
    match settings.spacing {
        TimestepSpacing::Linspace => falling(linspace(0.0, train as f64 - 1.0, steps)),
        TimestepSpacing::Leading => {
            let stride = train / steps;
            (0..steps)
                .rev()
                .map(|i| (i * stride + settings.steps_offset) as f64)
                .collect()
        }
        TimestepSpacing::Trailing => trailing(train, train, steps),
    }
}

/// The timesteps of the multistep solvers, DPM-Solver and UniPC: one more than wanted is laid
/// out, and the cleanest is left out, since it is where the last step arrives.
///
/// `end` is the number of training timesteps that are used; those after it are too noisy.
pub(super) fn solver_timesteps(
    settings: &Settings,
    steps: usize,
    end: usize,
) -> Result<Vec<f64>, ConfigError> {
    Ok(match settings.spacing {
        TimestepSpacing::Linspace => {
            let mut all = falling(linspace(0.0, end as f64 - 1.0, steps + 1));
            all.truncate(steps);
            all.into_iter().map(f64::round_ties_even).collect()
        }
        TimestepSpacing::Leading => {
            let stride = end / (steps + 1);
            if stride == 0 {
                return Err(ConfigError::Unsupported {
                    class: settings.class.name(),
                    key: "timestep_spacing",
                    value: format!("`leading` for {steps} of {end} timesteps"),
                    expected: one_of(&["linspace", "trailing"]),
                });
            }
            (1..=steps)
                .rev()
                .map(|i| (i * stride + settings.steps_offset) as f64)
                .collect()
        }
        TimestepSpacing::Trailing => {
            // The stride is that of all training timesteps, so fewer fit in fewer.
            let count = (steps * end).div_ceil(settings.train_steps);
            trailing(settings.train_steps, end, steps)
                .into_iter()
                .take(count)
                .collect()
        }
    })
}

/// `steps` timesteps from `end - 1` down, `train / steps` apart, rounded as numpy rounds.
///
/// `numpy.arange`, which diffusers uses here, makes one timestep too many, -1, when
/// `train / steps` is rounded down (61 of 1000 is the first case). We do not.
fn trailing(train: usize, end: usize, steps: usize) -> Vec<f64> {
    let (first, stride) = (end as f64, train as f64 / steps as f64);
    // Not simply the stride: numpy takes the difference of the first two values.
    let step = (first - stride) - first;
    (0..steps)
        .map(|i| (first + i as f64 * step).round_ties_even() - 1.0)
        .collect()
}

/// The timesteps of the schedulers that look ᾱ up by timestep, as indices into that table.
pub(crate) fn index_timesteps(
    settings: &Settings,
    steps: usize,
) -> Result<Vec<usize>, ConfigError> {
    timesteps(settings, steps)
        .into_iter()
        .map(|timestep| {
            let index = timestep.round_ties_even() as usize;
            if index < settings.train_steps {
                Ok(index)
            } else {
                Err(ConfigError::Unsupported {
                    class: settings.class.name(),
                    key: "steps_offset",
                    value: format!("{} for {steps} steps", settings.steps_offset),
                    expected: format!("timesteps below {}", settings.train_steps),
                })
            }
        })
        .collect()
}

fn falling(mut values: Vec<f64>) -> Vec<f64> {
    values.reverse();
    values
}
