//! What a sampler is built from.

use super::error::SamplerError;
use crate::sigmas::{Grid, Schedule, SchedulerClass, SchedulerConfig, Settings};

/// The choices for one run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup<'a> {
    pub(super) schedule: Schedule,
    pub(super) config: &'a SchedulerConfig,
    pub(super) steps: usize,
}

impl Setup<'_> {
    /// The config as the sampler's own diffusers class understands it. Under a named schedule only
    /// what it says about the model matters.
    pub(super) fn settings(&self, class: SchedulerClass) -> Result<Settings, SamplerError> {
        let settings = if self.schedule.follows_config() {
            Settings::new(self.config, class, self.schedule.spacing())?
        } else {
            Settings::of_model(self.config, class)?
        };
        if self.steps == 0 {
            return Err(SamplerError::NoSteps);
        }
        if self.steps > settings.train_steps {
            return Err(SamplerError::TooManySteps {
                sampler: class.name(),
                steps: self.steps,
                most: settings.train_steps,
            });
        }
        Ok(settings)
    }

    /// The grid of a named schedule, if it is one.
    pub(super) fn named_grid(&self, settings: &Settings) -> Option<Grid> {
        Grid::named(self.schedule, settings, self.steps)
    }
}
