use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use aquatint_diffusion::pipeline::StepRule;
use serde::{Deserialize, Serialize};

use super::init::{UnknownWord, names};
use super::{CFG, InvalidRequest, SIDE, SIDE_STEP, STEPS, named, text, within};

const SCALE: RangeInclusive<f32> = 1.0..=8.0;
const STRENGTH: RangeInclusive<f32> = 0.0..=1.0;

/// A second drawing over a first one that was made larger (A1111's "Hires. fix").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Hires {
    /// How much larger, where no size is given. What comes out is rounded down to what the model can draw.
    pub scale: f32,
    /// Width in pixels; with only one side given the other follows.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// What makes it larger.
    pub upscaler: Upscaler,
    /// Steps of the second drawing; `None` is as many as the first.
    pub steps: Option<u32>,
    /// How much of the first is drawn anew, 0 to 1.
    pub strength: f32,
    /// How many steps that is; `None` is exactly as many as asked for, as in A1111.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "a1111"))]
    pub steps_rule: Option<StepRule>,
    /// Its sampler; `None` is the first's.
    pub sampler: Option<String>,
    /// Its schedule; `None` is the first's, unless the sampler is another.
    pub schedule: Option<String>,
    /// Its prompt; `None` is the first's.
    pub prompt: Option<String>,
    /// Its negative prompt; `None` is the first's.
    pub negative: Option<String>,
    /// Its guidance scale; `None` is the first's.
    pub cfg: Option<f32>,
}

impl Default for Hires {
    fn default() -> Self {
        Self {
            scale: 2.0,
            width: None,
            height: None,
            upscaler: Upscaler::Latent,
            steps: None,
            strength: 0.7,
            steps_rule: None,
            sampler: None,
            schedule: None,
            prompt: None,
            negative: None,
            cfg: None,
        }
    }
}

/// What makes a drawing larger: of latents, which costs nothing and softens, or of pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Upscaler {
    /// Latents, linearly.
    #[default]
    Latent,
    /// The same, with what is finer than the result taken out first: matters only where a side shrinks.
    LatentAntialiased,
    /// Latents, by a cubic.
    LatentBicubic,
    /// The same, antialiased.
    LatentBicubicAntialiased,
    /// Latents, the nearest of them.
    LatentNearest,
    /// The nearest by the middle of each.
    LatentNearestExact,
    /// Pixels, the nearest of them.
    Nearest,
    /// Pixels, by a windowed sinc.
    Lanczos,
}

names!(Upscaler, "upscaler",
    "latent" => Latent,
    "latent-antialiased" => LatentAntialiased,
    "latent-bicubic" => LatentBicubic,
    "latent-bicubic-antialiased" => LatentBicubicAntialiased,
    "latent-nearest" => LatentNearest,
    "latent-nearest-exact" => LatentNearestExact,
    "nearest" => Nearest,
    "lanczos" => Lanczos
);

impl Upscaler {
    /// A1111's name.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Latent => "Latent",
            Self::LatentAntialiased => "Latent (antialiased)",
            Self::LatentBicubic => "Latent (bicubic)",
            Self::LatentBicubicAntialiased => "Latent (bicubic antialiased)",
            Self::LatentNearest => "Latent (nearest)",
            Self::LatentNearestExact => "Latent (nearest-exact)",
            Self::Nearest => "Nearest",
            Self::Lanczos => "Lanczos",
        }
    }

    /// By its own name or A1111's.
    ///
    /// # Errors
    /// For a name that no upscaler has.
    pub fn parse(name: &str) -> Result<Self, UnknownWord> {
        let labelled = Self::ALL
            .iter()
            .find(|it| it.label().eq_ignore_ascii_case(name.trim()));
        labelled.map_or_else(|| name.parse(), |it| Ok(*it))
    }
}

impl Hires {
    /// Width and height of the second drawing, over a first of this size.
    #[must_use]
    pub fn size(&self, width: usize, height: usize) -> (usize, usize) {
        let follow = |given: u32, own: usize, other: usize| {
            (own as u64 * u64::from(given) / other.max(1) as u64) as usize
        };
        let scaled = |side: usize| (side as f64 * f64::from(self.scale)) as usize;
        let (wide, high) = match (self.width, self.height) {
            (None, None) => (scaled(width), scaled(height)),
            (Some(wide), None) => (wide as usize, follow(wide, height, width)),
            (None, Some(high)) => (follow(high, width, height), high as usize),
            (Some(wide), Some(high)) => (wide as usize, high as usize),
        };
        let step = SIDE_STEP as usize;
        let rounded = |side: usize| (side - side % step).max(step);
        (rounded(wide), rounded(high))
    }

    pub(super) fn validate(&self) -> Result<(), InvalidRequest> {
        within("hires_scale", self.scale, &SCALE)?;
        within("hires_strength", self.strength, &STRENGTH)?;
        for (field, side) in [("hires_width", self.width), ("hires_height", self.height)] {
            if let Some(side) = side {
                within(field, side, &SIDE)?;
            }
        }
        if let Some(steps) = self.steps {
            within("hires_steps", steps, &STEPS)?;
        }
        if let Some(cfg) = self.cfg {
            within("hires_cfg", cfg, &CFG)?;
        }
        named("hires_sampler", self.sampler.as_deref())?;
        named("hires_schedule", self.schedule.as_deref())?;
        text("hires_prompt", self.prompt.as_deref().unwrap_or_default())?;
        text(
            "hires_negative",
            self.negative.as_deref().unwrap_or_default(),
        )
    }
}
