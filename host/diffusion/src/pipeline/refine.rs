//! A second model for the last steps of a drawing.

use super::strength::typed;
use super::{Error, Generation, Pipeline, Texts};
use crate::checkpoint::Checkpoint;
use crate::sampler::{Evaluation, Setup};

/// A model that goes on where another stopped, as SDXL's refiner does.
#[derive(Debug)]
pub struct Refiner<'a> {
    /// The model. Its VAE is not used.
    pub pipeline: &'a mut Pipeline,
    /// The request as this model is asked.
    pub generation: &'a Generation,
    /// What its text encoders make of the texts.
    pub texts: &'a Texts,
    /// How much of the way, 0 to 1, the other model goes. It is measured in training timesteps, as diffusers
    /// (`denoising_end`) and A1111 ("Refiner switch at") measure it: at 0.8 of 1000 the refiner takes the steps that begin
    /// below timestep 200.
    pub switch_at: f32,
}

/// The timestep below which steps are a refiner's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cutoff {
    timestep: f32,
    /// A1111 looks for the whole timestep nearest to a sigma.
    is_rounded: bool,
}

impl Cutoff {
    pub(super) fn new(switch_at: f32, setup: &Setup<'_>) -> Self {
        let all = setup.config.num_train_timesteps.unwrap_or(1000) as f64;
        Self {
            // `int(round(T - share * T))` of diffusers.
            timestep: (all - typed(switch_at) * all).round_ties_even() as f32,
            is_rounded: !setup.schedule.follows_config(),
        }
    }

    /// Whether a model call is one of the refiner's.
    pub(super) fn is_above(&self, call: &Evaluation) -> bool {
        let timestep = match self.is_rounded {
            true => call.timestep.round(),
            false => call.timestep,
        };
        timestep < self.timestep
    }
}

/// Whether a model's latents are those that another one can go on with.
///
/// # Errors
/// They are others, or the model wants to be shown something beside them.
pub fn check_refiner(base: &Checkpoint, refiner: &Checkpoint) -> Result<(), Error> {
    let wrong = |expected: String| {
        Err(Error::Request {
            field: "refiner",
            found: format!("{}, a model of {}", refiner.name, refiner.family),
            expected,
        })
    };
    let latents = |it: &Checkpoint| (it.is_sdxl(), it.vae.config.latent_channels, it.factor());
    if latents(base) != latents(refiner) {
        return wrong(format!(
            "one whose latents are those of {}, a model of {}",
            base.name, base.family
        ));
    }
    if refiner.unet.config.in_channels != refiner.vae.config.latent_channels {
        return wrong("one whose UNet takes latents alone".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigmas::{PredictionType, Schedule, SchedulerClass, SchedulerConfig};

    #[test]
    fn the_share_is_one_of_the_timesteps() {
        let config =
            SchedulerConfig::stable_diffusion(SchedulerClass::Euler, PredictionType::Epsilon);
        let is_above = |switch_at, schedule, timestep| {
            let setup = Setup::new(schedule, &config, 20);
            Cutoff::new(switch_at, &setup).is_above(&Evaluation {
                timestep,
                sigma: 1.0,
                step: 0,
            })
        };
        for schedule in [Schedule::Model, Schedule::Karras] {
            assert!(!is_above(0.8, schedule, 200.0));
            assert!(is_above(0.8, schedule, 199.0));
            assert!(is_above(0.0, schedule, 999.0));
            assert!(!is_above(1.0, schedule, 0.0));
        }
        assert!(is_above(0.8, Schedule::Model, 199.7));
        assert!(!is_above(0.8, Schedule::Karras, 199.7));
    }
}
