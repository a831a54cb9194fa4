//! The place where latents can be seen and changed from outside while a picture is drawn.

use std::error::Error as StdError;

/// When in the drawing of a picture a hook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Before the first step: the latents are the noise that drawing starts from, already scaled for the sampler.
    Noise,
    /// After a step of the sampler, however many model calls it took.
    Step,
}

/// A moment in the drawing of one picture.
///
/// The latents that go with it are `alpha · (picture + sigma · noise)`, with unit noise. Which scale that is depends on
/// the sampler:
///
/// | sampler | `alpha` | latents |
/// |---|---|---|
/// | those of k-diffusion but for the multistep DPM++: Euler, Euler a, Heun, LMS, DPM2, DPM2 a, DPM++ 2S a, DPM++ SDE, DPM fast, DPM adaptive, Restart; Euler CFG++, Euler a CFG++, iPNDM, iPNDM_v | 1 | pictures keep their size, noise lies over them |
/// | DDIM, DDIM CFG++, DPM++ 2M, DPM++ 2M SDE, DPM++ 2M SDE Heun, DPM++ 3M SDE, UniPC, DEIS, LCM, TCD, PLMS, DDPM | `1 / sqrt(1 + sigma²)`, which is `sqrt(ᾱ)` | variance 1 throughout |
///
/// `latents / alpha` is the same for all of them.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// When this is.
    pub phase: Phase,
    /// Which step was just taken, from 1; 0 in [`Phase::Noise`]. DPM adaptive, which goes as far as it can at once, may
    /// leave some out.
    pub step: usize,
    /// How many steps there are.
    pub steps: usize,
    /// How much noise the latents hold now, per unit of picture: k-diffusion's sigma, `sqrt((1 - ᾱ) / ᾱ)`.
    ///
    /// In [`Phase::Noise`] that of the first model call, which is infinite for a model of zero terminal SNR; then that
    /// of where the step arrived. 0 after the last step, also for the samplers that leave a trace of noise in it.
    pub sigma: f32,
    /// The picture's factor in the latents, 1 after the last step; 0 if `sigma` is infinite.
    pub alpha: f32,
    /// Which picture of the batch, from 0.
    pub picture: usize,
    /// The seed of this picture.
    pub seed: u64,
    /// Channels, height and width of the latents.
    pub shape: [usize; 3],
    /// The model's idea of the finished latents, as this step's last model call had it, `alpha` being 1. `None` in
    /// [`Phase::Noise`].
    pub denoised: Option<&'a [f32]>,
}

/// Sees and changes latents while pictures are drawn.
///
/// It is called for one picture at a time, and for each picture in order: the noise, then step 1, 2 and so on. Between
/// two calls for one picture there may be calls for others of its batch, as some providers draw them together: what
/// belongs to a picture is to be kept by [`Moment::picture`].
///
/// Changes count from the next model call on, fully, with every sampler: UniPC, whose corrector takes its last step again,
/// and DPM fast, whose steps are looks from one place, take the change along. What a sampler of several steps (DPM++ 2M, UniPC, PLMS) remembers of the model's answers in
/// earlier steps stays as it was.
pub trait LatentHook {
    /// Whether to be called at all in this phase, after step `step` (0 in [`Phase::Noise`]) of `steps`. The answer
    /// is for all pictures; where it is no, nothing is spent.
    fn wants(&self, phase: Phase, step: usize, steps: usize) -> bool;

    /// One call. `latents` are those of one picture, `[channels, height, width]`, and may be changed; every number must
    /// be finite.
    ///
    /// # Errors
    /// Whatever ends the drawing: [`Halt::Failed`] becomes [`Error::Hook`](super::Error::Hook), and
    /// [`Halt::Cancelled`] becomes [`Error::Cancelled`](super::Error::Cancelled).
    fn run(&mut self, moment: &Moment<'_>, latents: &mut [f32]) -> Result<(), Halt>;
}

/// Why a hook ends a drawing. Any error becomes [`Halt::Failed`] with `?`.
#[derive(Debug)]
pub enum Halt {
    /// Nobody wants the picture any longer.
    Cancelled,
    /// It failed.
    Failed(Box<dyn StdError + Send + Sync>),
}

impl<E: Into<Box<dyn StdError + Send + Sync>>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What [`Error::Hook`](super::Error::Hook) is about when a hook did not fail, but left numbers that are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the hook left latents that are not finite")]
pub struct NotFiniteLatents;
