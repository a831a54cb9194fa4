//! What was asked for.

mod decoder;
mod hires;
mod init;
mod params;
mod plugins;
mod sampling;
#[cfg(test)]
mod tests;

pub use decoder::Decoder;
pub use hires::{Hires, Upscaler};
pub use init::{Fill, Init, MaskUse, Outpaint, Resize, UnknownWord};
pub use params::{Changeable, InvalidParam};
pub use plugins::PluginUse;

use std::fmt;
use std::ops::RangeInclusive;

use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::prompt::Emphasis;
use aquatint_sandbox::manifest::InvalidId;
use serde::{Deserialize, Serialize};

/// How many pictures one request may ask for.
const BATCH: RangeInclusive<u32> = 1..=64;
const STEPS: RangeInclusive<u32> = 1..=1000;
/// Far above what anyone uses (1 to 30), but a typing error such as 75 for 7.5 should still draw and show itself.
const CFG: RangeInclusive<f32> = 0.0..=100.0;
const CFG_RESCALE: RangeInclusive<f32> = 0.0..=1.0;
/// The largest side leaves pixels and latents of one picture well below what 32-bit sizes can count.
const SIDE: RangeInclusive<u32> = 8..=8192;
/// Latents are an eighth of the picture in each direction.
const SIDE_STEP: u32 = 8;
/// As A1111 has it; models may have fewer layers.
const CLIP_SKIP: RangeInclusive<u32> = 1..=12;
const SHARE: RangeInclusive<f32> = 0.0..=1.0;
/// As A1111 has it.
pub(crate) const REFINER_SWITCH: f32 = 0.8;
/// Longest prompt, in bytes of UTF-8.
const PROMPT_BYTES: usize = 64 * 1024;
/// How many styles, or uses of the same style, one request may name.
const STYLES: usize = 64;
/// How many plugins, or uses of the same plugin, one request may name.
const PLUGINS: usize = 64;

/// What was asked for: the one type that every door produces.
///
/// What is `None` is decided later, by the model's own defaults. As JSON every field may be left out, and a field
/// that does not exist is refused: a misspelt `"step": 50` should not silently draw something else.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Request {
    /// What to draw, in A1111's syntax.
    pub prompt: String,
    /// What to keep away from.
    pub negative: String,
    /// Names of [styles](crate::styles) that are put into both prompts, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<String>,
    /// Name or path of the model; `None` is the default model.
    pub model: Option<String>,
    /// Seed of the first image; `None` draws one at random.
    pub seed: Option<u64>,
    /// Number of sampling steps.
    pub steps: Option<u32>,
    /// How strongly the prompt guides (classifier-free guidance).
    pub cfg: Option<f32>,
    /// How much of guidance's growth in contrast is taken back, 0 to 1.
    pub cfg_rescale: f32,
    /// Name of the sampler, for example `Euler a`. A1111's older names that end in a schedule are fine too.
    pub sampler: Option<String>,
    /// Name of the noise schedule, for example `karras`.
    pub schedule: Option<String>,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// How many images. Image `i` (from 0) has the seed `seed + i`, so any of them can be made again alone.
    pub batch: u32,
    /// Where the noise comes from.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "cpu"))]
    pub noise: NoiseKind,
    /// Which layer of the text encoder is taken, from the last one on; 1 is the last.
    pub clip_skip: u32,
    /// What becomes of the weights of words.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "original"))]
    pub emphasis: Emphasis,
    /// What computes: `auto`, or the name of one ONNX Runtime provider.
    pub provider: String,
    /// A picture to begin from; `None` draws from noise alone.
    pub init: Option<Init>,
    /// A second drawing over the first, larger.
    pub hires: Option<Hires>,
    /// Whether large pictures go through the VAE in tiles; `None` is where they are larger than 2 megapixels.
    pub vae_tiling: Option<bool>,
    /// Name or path of a VAE in the place of the model's own; `None`, `automatic` and `none` are the model's own.
    pub vae: Option<String>,
    /// Name or path of a model that takes the last steps; of a second drawing's, if there is one.
    pub refiner: Option<String>,
    /// How much of the way the model itself goes before the refiner, 0 to 1.
    pub refiner_switch: f32,
    /// What makes pixels of latents.
    pub decoder: Decoder,
    /// The plugins to draw with, in the order in which they are applied. One may be there several times.
    pub plugins: Vec<PluginUse>,
    /// How much of the noise of each step is fresh, for samplers that have some; `None` is the sampler's own.
    pub eta: Option<f32>,
    /// How much noise Euler, Heun and DPM2 put on before their steps, over the whole run.
    pub s_churn: f32,
    /// Below this sigma there is no churn.
    pub s_tmin: f32,
    /// Above this sigma there is no churn; 0 is no such bound.
    pub s_tmax: f32,
    /// What samplers multiply fresh noise by.
    pub s_noise: f32,
    /// What is added to the seed for the noise of the steps (A1111's ENSD); 0 goes on with that of the start.
    pub eta_noise_seed_delta: u32,
    /// Another seed, some of whose noise is mixed into the picture's. Image `i` of a batch has this + `i`, and all have
    /// the same [`seed`](Self::seed) then.
    pub variation_seed: Option<u64>,
    /// How much of it, 0 to 1.
    pub variation_strength: f32,
    /// Width of a picture whose noise is to be in the middle of this one's, whatever its size is.
    pub seed_resize_width: Option<u32>,
    /// Its height.
    pub seed_resize_height: Option<u32>,
    /// The prompt guides only after this share of the steps; before, the negative prompt is not looked at.
    pub cfg_start: f32,
    /// The prompt guides only before this share of the steps.
    pub cfg_end: f32,
    /// Below this sigma the prompt guides every other time only.
    pub s_min_uncond: f32,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            prompt: String::new(),
            negative: String::new(),
            styles: Vec::new(),
            model: None,
            seed: None,
            steps: None,
            cfg: None,
            cfg_rescale: 0.0,
            sampler: None,
            schedule: None,
            width: None,
            height: None,
            batch: 1,
            noise: NoiseKind::default(),
            clip_skip: 1,
            emphasis: Emphasis::default(),
            provider: "auto".to_owned(),
            init: None,
            hires: None,
            vae_tiling: None,
            vae: None,
            refiner: None,
            refiner_switch: REFINER_SWITCH,
            decoder: Decoder::default(),
            plugins: Vec::new(),
            eta: None,
            s_churn: 0.0,
            s_tmin: 0.0,
            s_tmax: 0.0,
            s_noise: 1.0,
            eta_noise_seed_delta: 0,
            variation_seed: None,
            variation_strength: 0.0,
            seed_resize_width: None,
            seed_resize_height: None,
            cfg_start: 0.0,
            cfg_end: 1.0,
            s_min_uncond: 0.0,
        }
    }
}

impl Request {
    /// Checks everything that can be checked without knowing the model and the plugins.
    ///
    /// # Errors
    /// The first field that is wrong, what it was, and what it may be.
    pub fn validate(&self) -> Result<(), InvalidRequest> {
        text("prompt", &self.prompt)?;
        text("negative", &self.negative)?;
        if self.styles.len() > STYLES {
            return Err(InvalidRequest::TooManyStyles {
                given: self.styles.len(),
                max: STYLES,
            });
        }
        for style in &self.styles {
            named("styles", Some(style))?;
        }
        named("model", self.model.as_deref())?;
        named("vae", self.vae.as_deref())?;
        named("refiner", self.refiner.as_deref())?;
        within("refiner_switch", self.refiner_switch, &SHARE)?;
        named("sampler", self.sampler.as_deref())?;
        named("schedule", self.schedule.as_deref())?;
        named("provider", Some(&self.provider))?;
        within("batch", self.batch, &BATCH)?;
        if let Some(seed) = self.seed
            && seed.checked_add(u64::from(self.batch - 1)).is_none()
        {
            return Err(InvalidRequest::SeedTooLarge {
                given: seed,
                batch: self.batch,
            });
        }
        if let Some(steps) = self.steps {
            within("steps", steps, &STEPS)?;
        }
        if let Some(cfg) = self.cfg {
            within("cfg", cfg, &CFG)?;
        }
        within("cfg_rescale", self.cfg_rescale, &CFG_RESCALE)?;
        within("clip_skip", self.clip_skip, &CLIP_SKIP)?;
        for (field, side) in [("width", self.width), ("height", self.height)] {
            let Some(side) = side else { continue };
            within(field, side, &SIDE)?;
            if !side.is_multiple_of(SIDE_STEP) {
                return Err(InvalidRequest::NotMultiple {
                    field,
                    given: side,
                    of: SIDE_STEP,
                });
            }
        }
        if let Some(init) = &self.init {
            init.validate()?;
        }
        if let Some(hires) = &self.hires {
            hires.validate()?;
        }
        self.validate_sampling()?;
        if self.plugins.len() > PLUGINS {
            return Err(InvalidRequest::TooManyPlugins {
                given: self.plugins.len(),
                max: PLUGINS,
            });
        }
        for (index, plugin) in self.plugins.iter().enumerate() {
            plugin
                .plugin_id()
                .map_err(|error| InvalidRequest::PluginId { index, error })?;
        }
        Ok(())
    }
}

/// Not a number compares with nothing, so it is out of every range, as it should be.
fn within<T: PartialOrd + fmt::Display>(
    field: &'static str,
    given: T,
    range: &RangeInclusive<T>,
) -> Result<(), InvalidRequest> {
    if range.contains(&given) {
        return Ok(());
    }
    Err(InvalidRequest::OutOfRange {
        field,
        given: given.to_string(),
        min: range.start().to_string(),
        max: range.end().to_string(),
    })
}

fn text(field: &'static str, given: &str) -> Result<(), InvalidRequest> {
    if given.len() > PROMPT_BYTES {
        return Err(InvalidRequest::TooLong {
            field,
            given: given.len(),
            max: PROMPT_BYTES,
        });
    }
    Ok(())
}

fn named(field: &'static str, given: Option<&str>) -> Result<(), InvalidRequest> {
    match given {
        Some(name) if name.trim().is_empty() => Err(InvalidRequest::Empty { field }),
        _ => Ok(()),
    }
}

/// Why a [`Request`] cannot be drawn by any model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// A number is too small, too large or not a number.
    #[error("{field} is {given}, expected {min} to {max}")]
    OutOfRange {
        /// The field of the request.
        field: &'static str,
        /// What it was.
        given: String,
        /// The least it may be.
        min: String,
        /// The most it may be.
        max: String,
    },
    /// A size that latents cannot have.
    #[error("{field} is {given}, expected a multiple of {of}, such as {}", below(*.given, *.of))]
    NotMultiple {
        /// The field of the request.
        field: &'static str,
        /// What it was.
        given: u32,
        /// What it must be a multiple of.
        of: u32,
    },
    /// A text is too long.
    #[error("{field} has {given} bytes, expected at most {max}")]
    TooLong {
        /// The field of the request.
        field: &'static str,
        /// How many bytes of UTF-8 it has.
        given: usize,
        /// How many it may have.
        max: usize,
    },
    /// A name is there but has no characters.
    #[error("{field} is empty, expected a name, or nothing at all for the default")]
    Empty {
        /// The field of the request.
        field: &'static str,
    },
    /// The last image of the batch would have a seed beyond 64 bits.
    #[error("seed is {given}, expected at most {} for {batch} images", u64::MAX - u64::from(*.batch - 1))]
    SeedTooLarge {
        /// The seed of the first image.
        given: u64,
        /// How many images were asked for.
        batch: u32,
    },
    /// Something is not there that has to be, or does not go with the rest.
    #[error("{field}: expected {expected}")]
    Missing {
        /// The field of the request.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// A field that says nothing without another.
    #[error("{field} is {given}, expected {needs} with it")]
    Alone {
        /// The field of the request.
        field: &'static str,
        /// What it was.
        given: String,
        /// The field that is missing.
        needs: &'static str,
    },
    /// More styles than anyone can want.
    #[error("styles has {given} entries, expected at most {max}")]
    TooManyStyles {
        /// How many there are.
        given: usize,
        /// How many there may be.
        max: usize,
    },
    /// More plugins than anyone can want.
    #[error("plugins has {given} entries, expected at most {max}")]
    TooManyPlugins {
        /// How many there are.
        given: usize,
        /// How many there may be.
        max: usize,
    },
    /// A plugin's id is none.
    #[error("plugins[{index}]: {error}")]
    PluginId {
        /// Which of the plugins, from 0.
        index: usize,
        /// What is wrong with it.
        error: InvalidId,
    },
}

fn below(given: u32, of: u32) -> u32 {
    given - given % of
}

impl InvalidRequest {
    /// The field that is wrong, as it is called in JSON.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::OutOfRange { field, .. }
            | Self::NotMultiple { field, .. }
            | Self::TooLong { field, .. }
            | Self::Missing { field, .. }
            | Self::Empty { field }
            | Self::Alone { field, .. } => field,
            Self::SeedTooLarge { .. } => "seed",
            Self::TooManyStyles { .. } => "styles",
            Self::TooManyPlugins { .. } | Self::PluginId { .. } => "plugins",
        }
    }
}
