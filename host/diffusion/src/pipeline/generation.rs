use std::sync::Arc;

use super::strength::Steps;
use super::{Error, StartOptions, Strength, TinyDecoder};
use crate::checkpoint::Checkpoint;
use crate::noise::{NoiseKind, Variation};
use crate::preview::Projection;
use crate::prompt::Emphasis;
use crate::prompt::composition::compose;
use crate::prompt::embeddings::Embedding;
use crate::sampler::{Evaluation, SamplerKind, SamplerOptions, Setup};
use crate::sigmas::Schedule;

/// A request with everything decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Generation {
    /// What to draw.
    pub prompt: String,
    /// What to keep away from.
    pub negative: String,
    /// The seed of the first picture; picture `i` has seed + `i`, but all have the same with a variation.
    pub seed: u64,
    /// Steps of the sampler.
    pub steps: usize,
    /// Guidance scale; at 1 and below the negative prompt is not looked at, but by CFG++ samplers, and where the prompt has
    /// `AND` or a weight.
    pub cfg: f32,
    /// How far the guided prediction is brought back to the spread of the unguided one, 0..1.
    pub cfg_rescale: f32,
    /// The sampler.
    pub sampler: SamplerKind,
    /// The schedule.
    pub schedule: Schedule,
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Pictures.
    pub batch: usize,
    /// Where noise comes from.
    pub noise: NoiseKind,
    /// How much of the picture that it begins from is drawn anew, if it begins from one.
    pub strength: Option<Strength>,
    /// Whether pictures larger than the VAE was trained at go through it in tiles.
    pub tiled: bool,
    /// Whether latents become pixels by the tiny VAE rather than by the model's own.
    pub tiny: bool,
    /// What else is chosen of the noise that pictures start from.
    pub start: StartOptions,
    /// What else is chosen of the sampler.
    pub options: SamplerOptions,
    /// When there is guidance.
    pub guided: Guided,
    /// How its texts are encoded.
    pub text: TextSettings,
}

/// In which of the model calls a guided picture is guided. The others look at the prompt alone, and cost half as much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guided {
    /// Only in steps after this share of them; 0 is from the first on.
    pub after: f32,
    /// Only in steps before this share of them; 1 is to the last.
    pub before: f32,
    /// Only every other time where there is less noise than this sigma ("negative guidance minimum sigma" in A1111).
    pub every_other_below: f32,
}

impl Default for Guided {
    fn default() -> Self {
        Self {
            after: 0.0,
            before: 1.0,
            every_other_below: 0.0,
        }
    }
}

/// How texts are encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct TextSettings {
    /// Which layer of the text encoders is taken, from the last one on: 1 is the last, 2 the one before. SDXL, which was
    /// trained with 2, takes 2 for 1 as well.
    pub clip_skip: usize,
    /// What becomes of the weights of words.
    pub emphasis: Emphasis,
    /// Words with a meaning of their own.
    pub embeddings: Vec<Arc<Embedding>>,
}

impl Default for TextSettings {
    /// The last layer, and A1111's emphasis.
    fn default() -> Self {
        Self {
            clip_skip: 1,
            emphasis: Emphasis::default(),
            embeddings: Vec::new(),
        }
    }
}

impl Generation {
    /// The seed of one of the pictures.
    pub fn seed_of(&self, index: usize) -> u64 {
        if self.start.variation.is_some() {
            return self.seed;
        }
        self.seed.wrapping_add(index as u64)
    }

    /// The steps that are taken, in all and of the run that they belong to.
    pub(super) fn plan(&self) -> Steps {
        match self.strength {
            Some(strength) => strength.steps(self.steps),
            None => Steps::all(self.steps),
        }
    }

    /// How many steps are taken.
    #[must_use]
    pub fn taken_steps(&self) -> usize {
        self.plan().taken()
    }

    /// The variation of one of the pictures.
    pub fn variation_of(&self, index: usize) -> Option<Variation> {
        let first = self.start.variation?;
        Some(Variation {
            seed: first.seed.wrapping_add(index as u64),
            ..first
        })
    }

    /// Some pictures of the batch, as a batch of their own.
    #[must_use]
    pub fn part(&self, first: usize, count: usize) -> Self {
        Self {
            seed: self.seed_of(first),
            batch: count,
            start: StartOptions {
                variation: self.variation_of(first),
                ..self.start
            },
            ..self.clone()
        }
    }

    /// What the sampler is built from.
    pub fn setup<'a>(&self, checkpoint: &'a Checkpoint) -> Setup<'a> {
        Setup {
            options: self.options,
            is_sdxl: checkpoint.is_sdxl(),
            ..Setup::new(self.schedule, &checkpoint.scheduler, self.plan().whole)
        }
    }

    /// Whether a model call is guided, if any is. `index` is which of all.
    pub fn guides(&self, index: usize, evaluation: Evaluation) -> bool {
        let Guided {
            after,
            before,
            every_other_below,
        } = self.guided;
        let plan = self.plan();
        let step = evaluation.step.saturating_sub(plan.begin);
        let share = step as f32 / plan.taken().max(1) as f32;
        let begun = after <= 0.0 || share > after;
        let goes_on = before >= 1.0 || share < before;
        let skipped = index % 2 == 1 && evaluation.sigma < every_other_below;
        begun && goes_on && !skipped
    }

    /// The guidance scale that the sampler works with.
    pub fn guidance(&self) -> f32 {
        self.cfg * self.sampler.guidance_share()
    }

    /// Whether each step also looks at the negative prompt. Samplers that go by what the model says without guidance
    /// want to know it however weak guidance is.
    pub fn is_guided(&self, checkpoint: &Checkpoint) -> bool {
        let counts = self.cfg > 1.0 || self.sampler.uses_unguided() || self.is_composed();
        counts && !checkpoint.embeds_guidance()
    }

    /// Whether the prompt is made of several, or has a weight.
    fn is_composed(&self) -> bool {
        !matches!(compose(&self.prompt).as_slice(), [one] if one.weight == 1.0)
    }

    /// What the prompt is held against.
    pub fn against(&self, checkpoint: &Checkpoint) -> Against<'_> {
        // diffusers: with this flag, no negative prompt is zeros, not the encoding of nothing.
        let zeros = checkpoint.index.force_zeros_for_empty_prompt && self.negative.is_empty();
        match (self.is_guided(checkpoint), zeros) {
            (false, _) => Against::Nothing,
            (true, true) => Against::Zeros,
            (true, false) => Against::Text(&self.negative),
        }
    }

    /// Checks what depends on the model.
    pub fn check(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let request = |field, found: String, expected: String| {
            Err(Error::Request {
                field,
                found,
                expected,
            })
        };
        let factor = checkpoint.factor();
        let fits = |size: usize| size > 0 && size.is_multiple_of(factor);
        if !fits(self.width) || !fits(self.height) {
            return request(
                "size",
                format!("{}x{}", self.width, self.height),
                format!("multiples of {factor}"),
            );
        }
        if !self.cfg.is_finite() || !self.cfg_rescale.is_finite() {
            return request("cfg", self.cfg.to_string(), "a finite number".to_owned());
        }
        if self.steps == 0 || self.batch == 0 {
            return request("steps and batch", "0".to_owned(), "at least 1".to_owned());
        }
        let layers = checkpoint.text.iter().map(|it| it.encoder.config.layers);
        let fewest = layers.min().unwrap_or(1);
        if !(1..=fewest).contains(&self.text.clip_skip) {
            let expected = format!("1 to {fewest}, as this model has {fewest} layers");
            return request("clip_skip", self.text.clip_skip.to_string(), expected);
        }
        if self.is_composed() && checkpoint.embeds_guidance() {
            return request(
                "prompt",
                "one with AND, or with a weight".to_owned(),
                "a plain one: this model takes guidance as an input".to_owned(),
            );
        }
        if let Some(strength) = self.strength {
            strength.check()?;
        }
        let latents = checkpoint.vae.config.latent_channels;
        let channels = checkpoint.unet.config.in_channels;
        if channels != latents && !checkpoint.is_inpainting() {
            return request(
                "model",
                checkpoint.name.clone(),
                format!(
                    "a model whose UNet takes {latents} channels, or {} with a mask and a picture; \
                     this one's takes {channels}",
                    2 * latents + 1
                ),
            );
        }
        Ok(())
    }
}

/// What guidance leads away from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against<'a> {
    /// There is no guidance.
    Nothing,
    /// Zeros in place of a text.
    Zeros,
    /// The negative prompt, which may be empty.
    Text(&'a str),
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Its seed.
    pub seed: u64,
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Red, green and blue, row by row.
    pub pixels: Vec<u8>,
}

/// What a drawing goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Encoding the texts.
    Text,
    /// Loading the UNet and denoising.
    Denoise,
    /// From latents to pixels.
    Decode,
}

/// What is told while drawing.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A stage begins.
    Stage(Stage),
    /// An embedding that the prompt names is not for this model, and its name is words.
    EmbeddingSkipped {
        /// Its name.
        name: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// The first step is about to begin: everything is loaded.
    Ready {
        /// Steps in all, of all pictures.
        total: usize,
    },
    /// A step is done.
    Step {
        /// Steps done, of all pictures.
        done: usize,
        /// Steps in all, of all pictures.
        total: usize,
        /// The model's present idea of the finished latents.
        denoised: Option<Denoised<'a>>,
    },
}

/// Latents of pictures that are not finished, without their noise.
#[derive(Clone, Copy, Debug)]
pub struct Denoised<'a> {
    /// All of them, `[images, channels, height, width]`.
    pub latents: &'a [f32],
    /// Which picture of the batch the first of them is, from 0.
    pub first: usize,
    /// Channels, height and width of one.
    pub shape: [usize; 3],
    /// How they are shown.
    pub projection: &'a Projection,
    /// What shows them better, and takes longer.
    pub tiny: Option<&'a TinyDecoder>,
}

impl Denoised<'_> {
    /// Red, green and blue of the first picture, row by row, a pixel for each latent. `None` if the projection is for
    /// other latents.
    pub fn preview(&self) -> Option<Vec<u8>> {
        self.projection.apply(self.of_first()?, self.shape)
    }

    /// The latents of the first picture.
    pub fn of_first(&self) -> Option<&[f32]> {
        self.latents.get(..self.shape.iter().product())
    }
}
