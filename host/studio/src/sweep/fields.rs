//! The fields of a request that can be axes, and how early each takes part in a picture.

use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::prompt::Emphasis;
use aquatint_diffusion::runtime::ProviderChoice;
use aquatint_diffusion::sampler::SamplerKind;
use aquatint_diffusion::sigmas::Schedule;
use aquatint_sandbox::contract::Hook;

use crate::request::{Decoder, Fill, Resize, Upscaler};
use crate::vaes::is_own_vae;

/// How early something takes part in a picture: what comes before it is the same for all its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Which model is loaded, and where.
    Model,
    /// What the texts are encoded from.
    Text,
    /// The noise that a picture starts from.
    Noise,
    /// What is made of it.
    Denoise,
    /// What is done with the finished picture.
    After,
}

impl Level {
    /// All of them, the earliest first.
    pub const ALL: [Self; 5] = [
        Self::Model,
        Self::Text,
        Self::Noise,
        Self::Denoise,
        Self::After,
    ];

    /// Where a plugin with these hooks first takes part. A script asks for pictures of its own, which mostly do not
    /// depend on its settings, so it counts as the last.
    #[must_use]
    pub fn of_hooks(hooks: &[Hook]) -> Self {
        let level = |hook: &Hook| match hook {
            Hook::PreProcess => Self::Text,
            Hook::Denoise => Self::Denoise,
            _ => Self::After,
        };
        hooks.iter().map(level).min().unwrap_or(Self::After)
    }
}

/// What the values of a field are.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Int,
    Number,
    Seed,
    Text,
    /// A name, and how it is checked: gives one writing for all names of the same thing.
    Name(fn(&str) -> Result<String, String>),
    /// A field that cannot be an axis, and what to do instead.
    Refused(&'static str),
}

/// A field of a request.
pub(super) struct Field {
    /// As JSON has it, and `Request::apply_params` takes it.
    pub(super) key: &'static str,
    /// What people read.
    pub(super) label: &'static str,
    /// Other names, such as A1111's; case, spaces and hyphens do not matter.
    aliases: &'static [&'static str],
    pub(super) takes: Takes,
    pub(super) level: Level,
}

/// To add a field: a row here, once `Request::to_params` has it.
const FIELDS: [Field; 47] = {
    use Level::{After, Denoise, Model, Noise, Text};
    [
        row(
            "model",
            "Model",
            &["checkpoint", "checkpoint name"],
            Takes::Name(any),
            Model,
        ),
        row("provider", "Provider", &[], Takes::Name(provider), Model),
        row("prompt", "Prompt", &[], Takes::Text, Text),
        row(
            "negative",
            "Negative prompt",
            &["negative prompt"],
            Takes::Text,
            Text,
        ),
        row(
            "clip_skip",
            "Clip skip",
            &["clip stop at last layers"],
            Takes::Int,
            Text,
        ),
        row(
            "emphasis",
            "Emphasis",
            &["emphasis mode"],
            Takes::Name(emphasis),
            Text,
        ),
        row("seed", "Seed", &[], Takes::Seed, Noise),
        row(
            "noise",
            "Noise",
            &["rng", "rng source"],
            Takes::Name(noise),
            Noise,
        ),
        row("width", "Width", &[], Takes::Int, Noise),
        row("height", "Height", &[], Takes::Int, Noise),
        row(
            "batch",
            "Batch",
            &["batch size"],
            Takes::Refused(NO_BATCH),
            Noise,
        ),
        row("steps", "Steps", &["sampling steps"], Takes::Int, Denoise),
        row(
            "cfg",
            "CFG scale",
            &["cfg scale", "guidance scale"],
            Takes::Number,
            Denoise,
        ),
        row(
            "cfg_rescale",
            "CFG rescale",
            &["guidance rescale"],
            Takes::Number,
            Denoise,
        ),
        row(
            "sampler",
            "Sampler",
            &["sampler name"],
            Takes::Name(sampler),
            Denoise,
        ),
        row(
            "schedule",
            "Schedule",
            &["schedule type", "scheduler"],
            Takes::Name(schedule),
            Denoise,
        ),
        row(
            "strength",
            "Denoising strength",
            &["denoising strength", "denoising"],
            Takes::Number,
            Denoise,
        ),
        row(
            "resize",
            "Resize mode",
            &["resize mode"],
            Takes::Name(resize),
            Noise,
        ),
        row("mask_blur", "Mask blur", &[], Takes::Number, Noise),
        row(
            "fill",
            "Masked content",
            &["masked content"],
            Takes::Name(fill),
            Noise,
        ),
        row(
            "hires_scale",
            "Hires upscale",
            &["hires upscale"],
            Takes::Number,
            Denoise,
        ),
        row(
            "hires_upscaler",
            "Hires upscaler",
            &[],
            Takes::Name(upscaler),
            Denoise,
        ),
        row("hires_steps", "Hires steps", &[], Takes::Int, Denoise),
        row(
            "hires_strength",
            "Hires denoising strength",
            &[],
            Takes::Number,
            Denoise,
        ),
        row(
            "hires_sampler",
            "Hires sampler",
            &[],
            Takes::Name(sampler),
            Denoise,
        ),
        row(
            "hires_schedule",
            "Hires schedule type",
            &["hires schedule type"],
            Takes::Name(schedule),
            Denoise,
        ),
        row("hires_prompt", "Hires prompt", &[], Takes::Text, Text),
        row(
            "hires_negative",
            "Hires negative prompt",
            &["hires negative prompt"],
            Takes::Text,
            Text,
        ),
        row(
            "hires_cfg",
            "Hires CFG scale",
            &["hires cfg scale"],
            Takes::Number,
            Denoise,
        ),
        row("vae_tiling", "VAE tiling", &[], Takes::Name(flag), After),
        row("vae", "VAE", &[], Takes::Name(vae), After),
        row(
            "refiner",
            "Refiner",
            &["refiner checkpoint"],
            Takes::Name(any),
            Denoise,
        ),
        row(
            "refiner_switch",
            "Refiner switch",
            &["refiner switch at"],
            Takes::Number,
            Denoise,
        ),
        row(
            "decoder",
            "VAE decoder",
            &["vae decoder"],
            Takes::Name(decoder),
            After,
        ),
        row("eta", "Eta", &[], Takes::Number, Denoise),
        row(
            "s_churn",
            "Sigma churn",
            &["sigma churn"],
            Takes::Number,
            Denoise,
        ),
        row(
            "s_tmin",
            "Sigma min",
            &["sigma min", "sigma tmin"],
            Takes::Number,
            Denoise,
        ),
        row(
            "s_tmax",
            "Sigma max",
            &["sigma max", "sigma tmax"],
            Takes::Number,
            Denoise,
        ),
        row(
            "s_noise",
            "Sigma noise",
            &["sigma noise"],
            Takes::Number,
            Denoise,
        ),
        row("eta_noise_seed_delta", "ENSD", &["ensd"], Takes::Int, Noise),
        row(
            "variation_seed",
            "Variation seed",
            &["var. seed", "subseed"],
            Takes::Seed,
            Noise,
        ),
        row(
            "variation_strength",
            "Variation strength",
            &[
                "var. strength",
                "variation seed strength",
                "subseed strength",
            ],
            Takes::Number,
            Noise,
        ),
        row(
            "seed_resize_width",
            "Resize seed from width",
            &[],
            Takes::Int,
            Noise,
        ),
        row(
            "seed_resize_height",
            "Resize seed from height",
            &[],
            Takes::Int,
            Noise,
        ),
        row(
            "cfg_start",
            "CFG start",
            &["skip early cfg"],
            Takes::Number,
            Denoise,
        ),
        row("cfg_end", "CFG end", &[], Takes::Number, Denoise),
        row(
            "s_min_uncond",
            "Negative guidance minimum sigma",
            &["negative guidance minimum sigma", "ngms"],
            Takes::Number,
            Denoise,
        ),
    ]
};

pub(super) const NO_BATCH: &str =
    "a cell of a sweep is one picture: use an axis of seeds, such as seed=1-4";

/// What is no field of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    /// Width and height.
    Size,
    /// One text in the prompts in place of another.
    Replace,
    /// Words of the prompt in every order.
    Order,
    /// More styles.
    Styles,
}

const SPECIALS: [(&str, &[&str], Special); 4] = [
    ("size", &[], Special::Size),
    (
        "replace",
        &[
            "prompt s/r",
            "search and replace",
            "prompt search and replace",
        ],
        Special::Replace,
    ),
    ("order", &["prompt order"], Special::Order),
    ("styles", &["style"], Special::Styles),
];

const fn row(
    key: &'static str,
    label: &'static str,
    aliases: &'static [&'static str],
    takes: Takes,
    level: Level,
) -> Field {
    Field {
        key,
        label,
        aliases,
        takes,
        level,
    }
}

/// What an axis is called, without the differences that people do not mean.
pub(super) fn plain(name: &str) -> String {
    let same = |c| if matches!(c, ' ' | '-') { '_' } else { c };
    name.trim().to_lowercase().chars().map(same).collect()
}

/// The field of this name.
pub(super) fn field(name: &str) -> Option<&'static Field> {
    let wanted = plain(name);
    FIELDS.iter().find(|field| {
        field.key == wanted || field.aliases.iter().any(|alias| plain(alias) == wanted)
    })
}

/// The field of exactly this key.
pub(super) fn of_key(key: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.key == key)
}

/// The thing of this name that is no field.
pub(super) fn special(name: &str) -> Option<Special> {
    let wanted = plain(name);
    SPECIALS
        .iter()
        .find(|(key, aliases, _)| {
            *key == wanted || aliases.iter().any(|alias| plain(alias) == wanted)
        })
        .map(|(_, _, special)| *special)
}

/// Every name that an axis may have by itself, for messages.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let fields = FIELDS
        .iter()
        .filter(|field| !matches!(field.takes, Takes::Refused(_)));
    fields
        .map(|field| field.key)
        .chain(SPECIALS.iter().map(|(key, _, _)| *key))
}

/// The same with the other names.
pub(super) fn all_names() -> impl Iterator<Item = &'static str> {
    let fields = FIELDS.iter().flat_map(|field| field.aliases);
    let specials = SPECIALS.iter().flat_map(|(_, aliases, _)| *aliases);
    names().chain(fields.chain(specials).copied())
}

/// Where a field takes part. One that has no row yet counts as early, which costs time and is never wrong.
pub(super) fn level(key: &str) -> Level {
    of_key(key).map_or(Level::Text, |field| field.level)
}

fn any(name: &str) -> Result<String, String> {
    Ok(name.to_owned())
}

fn sampler(name: &str) -> Result<String, String> {
    let (kind, schedule) = SamplerKind::parse(name).map_err(|error| error.to_string())?;
    Ok(match schedule {
        None => kind.label().to_owned(),
        Some(schedule) => format!("{} {}", kind.label(), schedule.label()),
    })
}

fn schedule(name: &str) -> Result<String, String> {
    let schedule: Schedule = name.parse().map_err(said)?;
    Ok(schedule.id().to_owned())
}

fn noise(name: &str) -> Result<String, String> {
    let kind: NoiseKind = name.parse().map_err(said)?;
    Ok(kind.name().to_owned())
}

fn emphasis(name: &str) -> Result<String, String> {
    let emphasis: Emphasis = name.parse().map_err(said)?;
    Ok(emphasis.id().to_owned())
}

fn provider(name: &str) -> Result<String, String> {
    let choice: ProviderChoice = name.parse().map_err(said)?;
    Ok(choice.to_string())
}

fn resize(name: &str) -> Result<String, String> {
    name.parse::<Resize>()
        .map(|it| it.to_string())
        .map_err(said)
}

fn fill(name: &str) -> Result<String, String> {
    name.parse::<Fill>().map(|it| it.to_string()).map_err(said)
}

/// All names of the model's own are one.
fn vae(name: &str) -> Result<String, String> {
    Ok(match is_own_vae(name) {
        true => "automatic".to_owned(),
        false => name.to_owned(),
    })
}

fn decoder(name: &str) -> Result<String, String> {
    name.parse::<Decoder>()
        .map(|it| it.to_string())
        .map_err(said)
}

fn upscaler(name: &str) -> Result<String, String> {
    Upscaler::parse(name).map(|it| it.to_string()).map_err(said)
}

fn flag(name: &str) -> Result<String, String> {
    match name.trim().to_lowercase().as_str() {
        "true" | "yes" | "on" => Ok("true".to_owned()),
        "false" | "no" | "off" => Ok("false".to_owned()),
        _ => Err(format!("`{name}` is neither true nor false")),
    }
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Request;

    #[test]
    fn every_field_of_a_request_has_a_row() {
        let params = Request::default().to_params();
        let mut keys: Vec<_> = params.iter().map(|(key, _)| key.as_str()).collect();
        let mut rows: Vec<_> = FIELDS.iter().map(|field| field.key).collect();
        keys.sort_unstable();
        rows.sort_unstable();
        assert_eq!(keys, rows);
    }

    #[test]
    fn no_name_means_two_things() {
        let mut names: Vec<_> = all_names().chain(["batch"]).map(plain).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn a1111s_labels_are_understood() {
        for (label, key) in [
            ("CFG Scale", "cfg"),
            ("Checkpoint name", "model"),
            ("Sampler", "sampler"),
            ("Schedule type", "schedule"),
            ("Seed", "seed"),
            ("STEPS", "steps"),
            ("cfg-rescale", "cfg_rescale"),
            ("RNG source", "noise"),
            ("Clip skip", "clip_skip"),
        ] {
            assert_eq!(field(label).map(|field| field.key), Some(key), "{label}");
        }
        for (label, expected) in [
            ("Prompt S/R", Special::Replace),
            ("Prompt order", Special::Order),
            ("Styles", Special::Styles),
            ("Size", Special::Size),
        ] {
            assert_eq!(special(label), Some(expected), "{label}");
        }
    }

    #[test]
    fn names_of_the_same_thing_are_one() {
        for (given, expected) in [
            ("k_euler", "Euler"),
            ("dpm++ 2m karras", "DPM++ 2M Karras"),
            ("DPM++ 2M", "DPM++ 2M"),
        ] {
            assert_eq!(sampler(given).as_deref(), Ok(expected));
        }
        assert_eq!(schedule("Automatic").as_deref(), Ok("model"));
        assert_eq!(noise("NV").as_deref(), Ok("philox"));
        assert_eq!(emphasis("No norm").as_deref(), Ok("no_norm"));
        assert_eq!(provider("CPU").as_deref(), Ok("cpu"));
        assert!(
            sampler("Eulr")
                .expect_err("a typing error")
                .contains("Euler")
        );
    }

    #[test]
    fn plugins_take_part_where_their_first_hook_does() {
        for (hooks, level) in [
            (&[Hook::PostProcess][..], Level::After),
            (&[Hook::PostProcess, Hook::Denoise], Level::Denoise),
            (&[Hook::Denoise, Hook::PreProcess], Level::Text),
            (&[Hook::Script], Level::After),
            (&[], Level::After),
        ] {
            assert_eq!(Level::of_hooks(hooks), level, "{hooks:?}");
        }
    }
}
