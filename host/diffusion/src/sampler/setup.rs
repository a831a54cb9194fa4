//! What a sampler is built from.

use super::error::SamplerError;
use super::options::SamplerOptions;
use crate::sigmas::{Grid, Schedule, SchedulerClass, SchedulerConfig, Settings};

/// The choices for one run.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The schedule.
    pub schedule: Schedule,
    /// What the checkpoint says of itself.
    pub config: &'a SchedulerConfig,
    /// How many steps.
    pub steps: usize,
    /// What else was chosen.
    pub options: SamplerOptions,
    /// Whether the checkpoint is one of SDXL, for which "Align Your Steps" has other sigmas.
    pub is_sdxl: bool,
}

impl<'a> Setup<'a> {
    /// With nothing chosen but the schedule, for a checkpoint that is none of SDXL.
    #[must_use]
    pub fn new(schedule: Schedule, config: &'a SchedulerConfig, steps: usize) -> Self {
        Self {
            schedule,
            config,
            steps,
            options: SamplerOptions::default(),
            is_sdxl: false,
        }
    }

    /// The same for a sampler that leaves out the next-to-last sigma in any case.
    pub(super) fn discarding(&self) -> Self {
        let options = SamplerOptions {
            discard_penultimate: true,
            ..self.options
        };
        Self { options, ..*self }
    }

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
        let most = match self.schedule {
            // There is no step to the cleanest timestep.
            Schedule::DdimUniform => {
                let left_out = 1 + usize::from(self.options.discard_penultimate);
                settings.train_steps.saturating_sub(left_out)
            }
            _ => settings.train_steps,
        };
        if self.steps > most {
            return Err(SamplerError::TooManySteps {
                sampler: class.name(),
                steps: self.steps,
                most,
            });
        }
        Ok(settings)
    }

    /// The grid of a named schedule, if it is one.
    pub(super) fn named_grid(&self, settings: &Settings) -> Option<Grid> {
        let discards = self.options.discard_penultimate;
        let count = self.steps + usize::from(discards);
        let sigmas = self.schedule.sigmas(count, &settings.table, self.is_sdxl)?;
        Some(Grid::named(sigmas, settings, self.steps, discards))
    }
}
