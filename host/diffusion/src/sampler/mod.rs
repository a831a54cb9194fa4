//! Samplers: how a picture is found in noise, one file each.
//!
//! A sampler is a state machine around a model it never sees. It lists the model calls it wants
//! ([`Sampler::evaluations`]), all of them but for DPM adaptive; for each, in order, the caller scales the sample
//! ([`Sampler::scale_input`]), runs the model on it, and hands the output back
//! ([`Sampler::step`]). So progress, cancelling, guidance and plugins are the caller's, and a
//! sampler is arithmetic.
//!
//! With a [`Schedule`] that follows the config, a sampler does what the diffusers scheduler of the
//! same name does with that config. With a named schedule it does what k-diffusion's (and so
//! A1111's) sampler of the same name does; each file says how, where k-diffusion has none.
//!
//! To add a sampler: a file, a variant of [`SamplerKind`], and a row in its table.

mod churn;
mod denoiser;
mod error;
mod kind;
mod looks;
mod multistep;
mod options;
mod path;
mod setup;
#[cfg(test)]
mod tests;
mod unscaled;

mod ddim;
mod ddim_cfg_pp;
mod ddpm;
mod deis;
mod dpm2;
mod dpm2_ancestral;
mod dpm_adaptive;
mod dpm_fast;
mod dpm_solver;
mod dpmpp_2m;
mod dpmpp_2m_sde;
mod dpmpp_2m_sde_heun;
mod dpmpp_2s_ancestral;
mod dpmpp_3m_sde;
mod dpmpp_sde;
mod euler;
mod euler_ancestral;
mod euler_ancestral_cfg_pp;
mod euler_cfg_pp;
mod heun;
mod ipndm;
mod ipndm_v;
mod lcm;
mod lms;
mod pndm;
mod restart;
mod tcd;
mod unipc;

pub use error::SamplerError;
pub use kind::SamplerKind;
pub use options::SamplerOptions;
pub use path::{Evaluation, Path, Point};
pub use setup::Setup;

use crate::sigmas::{Schedule, SchedulerConfig};

/// Where a sampler's noise comes from: standard normal numbers, as many as it is given room for.
pub trait Noise {
    /// The next numbers.
    fn fresh(&mut self, out: &mut [f32]);

    /// Those that a [Brownian motion](crate::noise::BrownianTree) over the sigmas of the run has between two of them.
    /// Asked for only by samplers that [say so](Sampler::brownian). Without a motion they are fresh.
    fn brownian(&mut self, _from: f32, _to: f32, out: &mut [f32]) {
        self.fresh(out);
    }
}

impl<F: FnMut(&mut [f32])> Noise for F {
    fn fresh(&mut self, out: &mut [f32]) {
        self(out);
    }
}

/// One run of a sampler, over one picture's latents.
pub trait Sampler: Send {
    /// Where the run goes.
    fn path(&self) -> &Path;

    /// Takes the model's output for evaluation `i` and moves the sample on.
    ///
    /// `output` is what the model said for the [scaled](Self::scale_input) sample, after
    /// guidance: noise, velocity or picture, as the config's `prediction_type` has it. `sample` is
    /// the sample before scaling, and of the same length. `noise` is asked once at most, for the
    /// whole sample, by samplers that add noise.
    ///
    /// A run may begin at any evaluation that begins a step (picture to picture). From there on
    /// evaluations are to be given in order. Those that come may change with every step.
    ///
    /// # Errors
    /// If `i` is not an evaluation of this run or out of order, if the lengths differ, or if the
    /// step has no finite answer (a model that predicts noise, asked about a sample that is all
    /// noise).
    fn step(
        &mut self,
        i: usize,
        output: &[f32],
        sample: &mut [f32],
        noise: &mut dyn Noise,
    ) -> Result<(), SamplerError>;

    /// Changes the sample before evaluation `i`, and before it is [scaled](Self::scale_input): some
    /// samplers put noise on first. Nothing for the others.
    fn prepare(&mut self, _i: usize, _sample: &mut [f32], _noise: &mut dyn Noise) {}

    /// Takes note of what the model said without guidance for the sample that is stepped next. Only
    /// some samplers [use it](SamplerKind::uses_unguided). Where there is no guidance they need not
    /// be told: then it is what the model said.
    fn unguided(&mut self, _output: &[f32]) {}

    /// The least and the greatest sigma between which the noise of this run is a
    /// [Brownian motion](Noise::brownian). `None` where all noise is fresh.
    fn brownian(&self) -> Option<(f32, f32)> {
        None
    }

    /// The picture as estimated from the last output, for previews. `None` before the first step.
    fn denoised(&self) -> Option<&[f32]>;

    /// Every model call, in order. Not one a step: Heun makes two for all steps but the last. A sampler
    /// that finds its way as it goes has, before it begins, one for each step to begin with, and then
    /// those so far and the next.
    fn evaluations(&self) -> &[Evaluation] {
        self.path().evaluations()
    }

    /// Noise per unit of picture in the sample, once evaluation `i`, the last of its step, is
    /// stepped: k-diffusion's sigma, `sqrt((1 - ᾱ) / ᾱ)`. 0 after the last step of a run, where
    /// what a schedule may leave is meant to be none; and out of range.
    fn sigma_after(&self, i: usize) -> f32 {
        let next = self.path().point(i.saturating_add(1));
        next.map_or(0.0, |point| point.level() as f32)
    }

    /// Takes note that someone else changed the sample once evaluation `i`, the last of its step,
    /// was stepped. Only for samplers that take a step again when they know more; the others see
    /// the change in the next sample.
    fn changed(&mut self, _i: usize, _before: &[f32], _after: &[f32]) {}

    /// What unit noise is multiplied by to be the sample that a run from nothing begins with.
    fn init_noise_sigma(&self) -> f32 {
        self.path().init_noise_sigma()
    }

    /// Turns the sample into what the model is to see at evaluation `i`. Out of range, nothing is
    /// done.
    fn scale_input(&self, i: usize, x: &mut [f32]) {
        self.path().scale_input(i, x);
    }
}

/// A sampler at the beginning of a run of `steps` steps, with nothing else chosen. [`SamplerKind::build`] takes more.
///
/// # Errors
/// For no steps or more than the model was trained with, and for a config that the sampler cannot
/// follow.
pub fn build(
    kind: SamplerKind,
    schedule: Schedule,
    config: &SchedulerConfig,
    steps: usize,
) -> Result<Box<dyn Sampler>, SamplerError> {
    kind.build(&Setup::new(schedule, config, steps))
}
