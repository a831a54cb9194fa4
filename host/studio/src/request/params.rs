//! A request as plugins see it: the `param` list of `wit/job.wit`.
//!
//! | key | value | `auto` |
//! |---|---|---|
//! | `prompt`, `negative` | text | empty |
//! | `model` | text | the default model |
//! | `seed` | seed | a random one |
//! | `steps`, `width`, `height` | int | left to the model |
//! | `batch` | int | 1 |
//! | `cfg` | number | left to the model |
//! | `cfg_rescale` | number | 0 |
//! | `sampler`, `schedule` | choice | left to the model |
//! | `noise` | choice | `cpu` |
//! | `clip_skip` | int | 1 |
//! | `emphasis` | choice | `original` |
//! | `provider` | choice | `auto` |
//! | `strength`, `mask_blur` | number | 0.75, 4 |
//! | `resize`, `fill` | choice | left to the rest |
//! | `hires_scale`, `hires_strength`, `hires_cfg` | number | 2, 0.7, the first drawing's |
//! | `hires_upscaler`, `hires_sampler`, `hires_schedule` | choice | `latent`, the first drawing's |
//! | `hires_steps` | int | the first drawing's |
//! | `hires_prompt`, `hires_negative` | text | the first drawing's |
//! | `vae_tiling` | flag | by size |
//! | `vae` | text | the model's own |
//! | `refiner` | text | none |
//! | `refiner_switch` | number | 0.8 |
//! | `decoder` | choice | `full` |
//! | `eta` | number | left to the sampler |
//! | `s_churn`, `s_tmin`, `s_tmax`, `s_min_uncond` | number | 0 |
//! | `s_noise` | number | 1 |
//! | `eta_noise_seed_delta` | int | 0 |
//! | `variation_seed` | seed | none |
//! | `variation_strength` | number | 0 |
//! | `seed_resize_width`, `seed_resize_height` | int | none |
//! | `cfg_start`, `cfg_end` | number | 0 and 1 |
//!
//! Those from `strength` to `fill` are `auto` where drawing begins from nothing, and those of `hires` where there is no
//! second drawing; any of these set to something else asks for one. `init` and `mask` (picture) can be set, and are not
//! told: a plugin would have to hold them.
//!
//! So `auto` is whatever a request without that field has. Where nothing can be lost more is taken: a text for a choice
//! and the other way round, an int for a number or a seed.
//!
//! Styles are no field here: they are in the prompts before any plugin sees them.
//!
//! Plugins are no field here: a plugin sees and changes what is drawn, not what else draws it.

mod pictures;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use aquatint_diffusion::noise::{NoiseKind, UnknownNoise};
use aquatint_diffusion::prompt::{Emphasis, UnknownEmphasis};
use aquatint_sandbox::names::{did_you_mean, nearest};
use aquatint_sandbox::settings::Value;

use pictures::{HIRES_KEYS, INIT_KEYS};

use super::{BATCH, CLIP_SKIP, InvalidRequest, Request, SIDE, STEPS, UnknownWord};
use crate::harmless;
use crate::inputs::InvalidInputId;

const KEYS: [&str; 47] = [
    "prompt",
    "negative",
    "model",
    "seed",
    "steps",
    "cfg",
    "cfg_rescale",
    "sampler",
    "schedule",
    "width",
    "height",
    "batch",
    "noise",
    "clip_skip",
    "emphasis",
    "provider",
    "strength",
    "resize",
    "mask_blur",
    "fill",
    "hires_scale",
    "hires_upscaler",
    "hires_steps",
    "hires_strength",
    "hires_sampler",
    "hires_schedule",
    "hires_prompt",
    "hires_negative",
    "hires_cfg",
    "vae_tiling",
    "vae",
    "refiner",
    "refiner_switch",
    "decoder",
    "eta",
    "s_churn",
    "s_tmin",
    "s_tmax",
    "s_noise",
    "eta_noise_seed_delta",
    "variation_seed",
    "variation_strength",
    "seed_resize_width",
    "seed_resize_height",
    "cfg_start",
    "cfg_end",
    "s_min_uncond",
];
/// Pictures: they can be set, and are not told.
const PICTURES: [&str; 2] = ["init", "mask"];

/// Which fields [`Request::apply_params`] may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changeable {
    /// All: for scripts and sweeps.
    All,
    /// All but `seed` and `batch`, which may be named only with the values that they have: for the hook `pre-process`,
    /// which is asked about one picture of a batch.
    AllButSeedAndBatch,
}

impl Request {
    /// Every field, as plugins see it.
    #[must_use]
    pub fn to_params(&self) -> Vec<(String, Value)> {
        fn or_auto<T>(field: Option<T>, value: impl FnOnce(T) -> Value) -> Value {
            field.map_or(Value::Auto, value)
        }
        let int = |int: u32| Value::Int(int.into());
        let value = |key| match key {
            "prompt" => Value::Text(self.prompt.clone()),
            "negative" => Value::Text(self.negative.clone()),
            "model" => or_auto(self.model.clone(), Value::Text),
            "seed" => or_auto(self.seed, Value::Seed),
            "steps" => or_auto(self.steps, int),
            "cfg" => or_auto(self.cfg, |cfg| Value::Number(widened(cfg))),
            "cfg_rescale" => Value::Number(widened(self.cfg_rescale)),
            "sampler" => or_auto(self.sampler.clone(), Value::Choice),
            "schedule" => or_auto(self.schedule.clone(), Value::Choice),
            "width" => or_auto(self.width, int),
            "height" => or_auto(self.height, int),
            "batch" => int(self.batch),
            "noise" => Value::Choice(self.noise.name().to_owned()),
            "clip_skip" => int(self.clip_skip),
            "emphasis" => Value::Choice(self.emphasis.id().to_owned()),
            "provider" => Value::Choice(self.provider.clone()),
            "vae_tiling" => or_auto(self.vae_tiling, Value::Flag),
            "vae" => or_auto(self.vae.clone(), Value::Text),
            "refiner" => or_auto(self.refiner.clone(), Value::Text),
            "refiner_switch" => Value::Number(widened(self.refiner_switch)),
            "decoder" => Value::Choice(self.decoder.name().to_owned()),
            "eta" => or_auto(self.eta, |eta| Value::Number(widened(eta))),
            "s_churn" => Value::Number(widened(self.s_churn)),
            "s_tmin" => Value::Number(widened(self.s_tmin)),
            "s_tmax" => Value::Number(widened(self.s_tmax)),
            "s_noise" => Value::Number(widened(self.s_noise)),
            "eta_noise_seed_delta" => int(self.eta_noise_seed_delta),
            "variation_seed" => or_auto(self.variation_seed, Value::Seed),
            "variation_strength" => Value::Number(widened(self.variation_strength)),
            "seed_resize_width" => or_auto(self.seed_resize_width, int),
            "seed_resize_height" => or_auto(self.seed_resize_height, int),
            "cfg_start" => Value::Number(widened(self.cfg_start)),
            "cfg_end" => Value::Number(widened(self.cfg_end)),
            "s_min_uncond" => Value::Number(widened(self.s_min_uncond)),
            key => or_auto(self.picture_param(key), |value| value),
        };
        KEYS.map(|key| (key.to_owned(), value(key))).into()
    }

    /// This request with some fields changed; those that are not named stay. The result is [valid](Request::validate).
    ///
    /// # Errors
    /// The first change that is wrong: a key that is not known, is there twice or may not change, a value of another
    /// type or out of range. Names of models, samplers and schedules are looked up later, as in any request.
    pub fn apply_params(
        &self,
        changes: &[(String, Value)],
        may: Changeable,
    ) -> Result<Self, InvalidParam> {
        let mut changed = self.clone();
        for (index, (key, value)) in changes.iter().enumerate() {
            if changes[..index].iter().any(|(other, _)| other == key) {
                return Err(InvalidParam::Twice { key: shown(key) });
            }
            changed.set(key, value)?;
        }
        if may == Changeable::AllButSeedAndBatch {
            let stays = [
                ("seed", changed.seed == self.seed),
                ("batch", changed.batch == self.batch),
            ];
            if let Some((key, _)) = stays.into_iter().find(|(_, same)| !same) {
                return Err(InvalidParam::Fixed { key });
            }
        }
        changed.validate()?;
        Ok(changed)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), InvalidParam> {
        if let Some(key) = PICTURES.into_iter().find(|known| *known == key) {
            return self.set_picture(key, value);
        }
        let default = Self::default();
        let Some(key) = KEYS.into_iter().find(|known| *known == key) else {
            return Err(unknown(key));
        };
        let given = Given { key, value };
        match key {
            "prompt" => self.prompt = given.text()?.unwrap_or(default.prompt),
            "negative" => self.negative = given.text()?.unwrap_or(default.negative),
            "model" => self.model = given.name()?,
            "seed" => self.seed = given.seed()?,
            "steps" => self.steps = given.int(&STEPS)?,
            "cfg" => self.cfg = given.number()?,
            "cfg_rescale" => self.cfg_rescale = given.number()?.unwrap_or(default.cfg_rescale),
            "sampler" => self.sampler = given.name()?,
            "schedule" => self.schedule = given.name()?,
            "width" => self.width = given.int(&SIDE)?,
            "height" => self.height = given.int(&SIDE)?,
            "batch" => self.batch = given.int(&BATCH)?.unwrap_or(default.batch),
            "noise" => {
                self.noise = match given.name()? {
                    Some(name) => name.parse::<NoiseKind>()?,
                    None => default.noise,
                }
            }
            "clip_skip" => {
                self.clip_skip = given.int(&CLIP_SKIP)?.unwrap_or(default.clip_skip);
            }
            "emphasis" => {
                self.emphasis = match given.name()? {
                    Some(name) => name.parse::<Emphasis>()?,
                    None => default.emphasis,
                }
            }
            "provider" => self.provider = given.name()?.unwrap_or(default.provider),
            "vae_tiling" => self.vae_tiling = given.flag()?,
            "vae" => self.vae = given.name()?,
            "refiner" => self.refiner = given.name()?,
            "refiner_switch" => {
                self.refiner_switch = given.number()?.unwrap_or(default.refiner_switch);
            }
            "decoder" => self.decoder = given.word()?.unwrap_or(default.decoder),
            "eta" => self.eta = given.number()?,
            "s_churn" => self.s_churn = given.number()?.unwrap_or(default.s_churn),
            "s_tmin" => self.s_tmin = given.number()?.unwrap_or(default.s_tmin),
            "s_tmax" => self.s_tmax = given.number()?.unwrap_or(default.s_tmax),
            "s_noise" => self.s_noise = given.number()?.unwrap_or(default.s_noise),
            "eta_noise_seed_delta" => {
                let delta = given.int(&(0..=u32::MAX))?;
                self.eta_noise_seed_delta = delta.unwrap_or(default.eta_noise_seed_delta);
            }
            "variation_seed" => self.variation_seed = given.seed()?,
            "variation_strength" => {
                let strength = given.number()?;
                self.variation_strength = strength.unwrap_or(default.variation_strength);
            }
            "seed_resize_width" => self.seed_resize_width = given.int(&SIDE)?,
            "seed_resize_height" => self.seed_resize_height = given.int(&SIDE)?,
            "cfg_start" => self.cfg_start = given.number()?.unwrap_or(default.cfg_start),
            "cfg_end" => self.cfg_end = given.number()?.unwrap_or(default.cfg_end),
            "s_min_uncond" => {
                self.s_min_uncond = given.number()?.unwrap_or(default.s_min_uncond);
            }
            key if INIT_KEYS.contains(&key) => self.set_of_init(&given)?,
            key if HIRES_KEYS.contains(&key) => self.set_of_hires(&given)?,
            _ => return Err(unknown(key)),
        }
        Ok(())
    }
}

/// A value for a known field. `None` is `auto`.
struct Given<'a> {
    key: &'static str,
    value: &'a Value,
}

impl Given<'_> {
    fn text(&self) -> Result<Option<String>, InvalidParam> {
        match self.value {
            Value::Auto => Ok(None),
            Value::Text(text) => Ok(Some(text.clone())),
            _ => self.wrong("a text"),
        }
    }

    fn name(&self) -> Result<Option<String>, InvalidParam> {
        match self.value {
            Value::Auto => Ok(None),
            Value::Text(name) | Value::Choice(name) => Ok(Some(name.clone())),
            _ => self.wrong("a text or a choice"),
        }
    }

    fn flag(&self) -> Result<Option<bool>, InvalidParam> {
        match self.value {
            Value::Auto => Ok(None),
            Value::Flag(flag) => Ok(Some(*flag)),
            Value::Text(word) | Value::Choice(word) if word == "true" => Ok(Some(true)),
            Value::Text(word) | Value::Choice(word) if word == "false" => Ok(Some(false)),
            _ => self.wrong("a flag"),
        }
    }

    /// One of the words that a field may be.
    fn word<T: FromStr<Err = UnknownWord>>(&self) -> Result<Option<T>, InvalidParam> {
        match self.name()? {
            Some(name) => Ok(Some(name.parse()?)),
            None => Ok(None),
        }
    }

    fn seed(&self) -> Result<Option<u64>, InvalidParam> {
        let int = match self.value {
            Value::Auto => return Ok(None),
            Value::Seed(seed) => return Ok(Some(*seed)),
            Value::Int(int) => int,
            _ => return self.wrong("a seed"),
        };
        match u64::try_from(*int) {
            Ok(seed) => Ok(Some(seed)),
            Err(_) => Err(self.out_of_range(int, 0, u64::MAX)),
        }
    }

    fn int(&self, range: &RangeInclusive<u32>) -> Result<Option<u32>, InvalidParam> {
        match self.value {
            Value::Auto => Ok(None),
            Value::Int(int) => match u32::try_from(*int) {
                Ok(int) => Ok(Some(int)),
                Err(_) => Err(self.out_of_range(int, range.start(), range.end())),
            },
            _ => self.wrong("an int"),
        }
    }

    /// Numbers that are too large become infinite, which no range has.
    fn number(&self) -> Result<Option<f32>, InvalidParam> {
        match self.value {
            Value::Auto => Ok(None),
            Value::Number(number) => Ok(Some(*number as f32)),
            Value::Int(int) => Ok(Some(*int as f32)),
            _ => self.wrong("a number"),
        }
    }

    fn wrong<T>(&self, expected: &'static str) -> Result<T, InvalidParam> {
        Err(InvalidParam::Type {
            key: self.key,
            given: type_of(self.value),
            expected,
        })
    }

    fn out_of_range(
        &self,
        given: impl fmt::Display,
        min: impl fmt::Display,
        max: impl fmt::Display,
    ) -> InvalidParam {
        InvalidParam::Request(InvalidRequest::OutOfRange {
            field: self.key,
            given: given.to_string(),
            min: min.to_string(),
            max: max.to_string(),
        })
    }
}

/// The number that people wrote, 7.1 rather than 7.099999904632568, if it leads back.
fn widened(number: f32) -> f64 {
    let written = number.to_string().parse().ok();
    written
        .filter(|written| *written as f32 == number)
        .unwrap_or_else(|| number.into())
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Auto => "auto",
        Value::Flag(_) => "a flag",
        Value::Int(_) => "an int",
        Value::Number(_) => "a number",
        Value::Text(_) => "a text",
        Value::Choice(_) => "a choice",
        Value::Color(_) => "a color",
        Value::Picture(_) => "a picture",
        Value::Seed(_) => "a seed",
        Value::Texts(_) => "a list of texts",
        Value::Ints(_) => "a list of ints",
        Value::Numbers(_) => "a list of numbers",
    }
}

fn unknown(key: &str) -> InvalidParam {
    InvalidParam::Unknown {
        key: shown(key),
        nearest: nearest(key, KEYS),
    }
}

/// A key that a plugin made up, short enough for one line.
fn shown(key: &str) -> String {
    const LONGEST: usize = 40;
    match key.char_indices().nth(LONGEST) {
        Some((end, _)) => harmless(&key[..end]) + "…",
        None => harmless(key),
    }
}

/// Why a request cannot be changed as a plugin wants to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidParam {
    /// Requests have no such field.
    #[error("unknown field `{key}`{}: the fields are {}", did_you_mean(.nearest.as_deref()), KEYS.join(", "))]
    Unknown {
        /// What was given.
        key: String,
        /// The field nearest to it, when one is near.
        nearest: Option<String>,
    },
    /// A word that is none of those that a field may be.
    #[error(transparent)]
    Word(#[from] UnknownWord),
    /// A picture that nobody named.
    #[error(transparent)]
    Picture(#[from] InvalidInputId),
    /// A field is there twice.
    #[error("`{key}` is there twice, expected once")]
    Twice {
        /// The field.
        key: String,
    },
    /// A value is of another type.
    #[error("`{key}` is {given}, expected {expected}")]
    Type {
        /// The field.
        key: &'static str,
        /// The type that it was.
        given: &'static str,
        /// The type that it may be.
        expected: &'static str,
    },
    /// A field that has to stay as it is.
    #[error("`{key}` cannot be changed here")]
    Fixed {
        /// The field.
        key: &'static str,
    },
    /// A generator of noise that nobody knows.
    #[error(transparent)]
    Noise(#[from] UnknownNoise),
    /// A name that no emphasis has.
    #[error(transparent)]
    Emphasis(#[from] UnknownEmphasis),
    /// The request would be one that no model can draw.
    #[error(transparent)]
    Request(#[from] InvalidRequest),
}
