//! From a text to a request, and what gets lost on the way.

use std::str::FromStr;

use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::sampler::SamplerKind;
use aquatint_diffusion::sigmas::Schedule;

use super::written::TAESD;
use super::{Infotext, Note, Origin, fields, marks, pictures};
use crate::recipe::Sampling;
use crate::vaes::is_own_vae;
use crate::{Decoder, Request};

/// The request that a text describes.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// What is to be drawn. What the text does not say, or not so that it makes sense, is left to the model.
    pub request: Request,
    /// The first ten digits of the SHA-256 of the checkpoint's file, where the text has them. Old texts have eight
    /// digits of another kind.
    pub model_hash: Option<String>,
    /// The first ten digits of the SHA-256 of the VAE's file, where the text has them.
    pub vae_hash: Option<String>,
    /// What wrote the text.
    pub origin: Origin,
    /// What the request does not say.
    pub notes: Vec<Note>,
}

impl Infotext {
    /// The request that this text describes, with a note for everything in it that the request does not say.
    ///
    /// Names of models, samplers and schedules that nobody knows stay as they are: drawing with them fails and says so,
    /// while drawing with others would not be the picture of this text. Numbers may be out of range, and sizes may be
    /// some that no model can draw: [`Request::validate`] says so.
    #[must_use]
    pub fn import(&self) -> Import {
        let origin = Origin::of(self);
        let mut reader = Reader {
            text: self,
            notes: Vec::new(),
        };
        let default = Request::default();
        let (width, height) = reader
            .read(&["Size"], "a size such as 512x768", size)
            .unzip();
        let (sampler, schedule) = reader.sampler(origin);
        let sampling = reader.sampling();
        let request = Request {
            prompt: self.prompt.clone(),
            negative: self.negative.clone(),
            model: self.name(&["Model"]).map(str::to_owned),
            seed: reader.seed(),
            steps: reader.read(&["Steps"], "a whole number", whole),
            cfg: reader.read(&["CFG scale"], "a number", number),
            cfg_rescale: reader
                .read(&["CFG rescale"], "a number", number)
                .unwrap_or(default.cfg_rescale),
            sampler,
            schedule,
            width,
            height,
            noise: reader.noise(origin),
            hires: pictures::read(&mut reader),
            clip_skip: reader
                .read(&["Clip skip", "CLiP-skip"], "a whole number", whole)
                .unwrap_or(default.clip_skip),
            emphasis: reader
                .read(&["Emphasis"], "Original, No norm, Ignore or None", |name| {
                    name.parse().ok()
                })
                .unwrap_or(default.emphasis),
            refiner: self
                .name(&["Refiner"])
                .filter(|name| !name.eq_ignore_ascii_case("none"))
                .map(str::to_owned),
            refiner_switch: reader
                .read(&["Refiner switch at"], "a number", number)
                .unwrap_or(default.refiner_switch),
            // SD.Next's word for the model's own is another.
            vae: self
                .name(&["VAE"])
                .filter(|name| !is_own_vae(name) && !name.eq_ignore_ascii_case("default"))
                .map(str::to_owned),
            decoder: match self.name(&["VAE Decoder"]) {
                Some(name) if name.eq_ignore_ascii_case(TAESD) => Decoder::Tiny,
                _ => default.decoder,
            },
            ..sampling.over(default)
        };
        let mut notes = reader.notes;
        if origin != Origin::Aquatint && !self.fields.is_empty() {
            for prompt in [&self.prompt, &self.negative] {
                notes.extend(marks::notes(prompt));
            }
        }
        notes.extend(fields::notes(self, origin));
        Import {
            request,
            model_hash: self.name(&["Model hash"]).map(str::to_owned),
            vae_hash: self.name(&["VAE hash"]).map(str::to_owned),
            origin,
            notes,
        }
    }

    /// The request of [`Infotext::import`] alone.
    #[must_use]
    pub fn to_request(&self) -> Request {
        self.import().request
    }

    /// A field's value that is a name.
    fn name(&self, names: &[&str]) -> Option<&str> {
        self.get(names)
            .map(str::trim)
            .filter(|name| !name.is_empty())
    }
}

pub(super) struct Reader<'a> {
    pub(super) text: &'a Infotext,
    notes: Vec<Note>,
}

impl Reader<'_> {
    /// The value of a field, or a note about what it should have been.
    pub(super) fn read<T>(
        &mut self,
        names: &[&str],
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.text.name(names)?;
        let read = parse(value);
        if read.is_none() {
            self.notes.push(Note::Unread {
                key: (*names.first()?).to_owned(),
                value: value.to_owned(),
                expected,
            });
        }
        read
    }

    fn sampling(&mut self) -> Sampling {
        let none = Sampling::default();
        let mut number = |key, none| self.read(&[key], "a number", number).unwrap_or(none);
        let strength = number("Variation seed strength", none.variation_strength);
        let mut sampling = Sampling {
            s_churn: number("Sigma churn", none.s_churn),
            s_tmin: number("Sigma tmin", none.s_tmin),
            s_tmax: number("Sigma tmax", none.s_tmax),
            s_noise: number("Sigma noise", none.s_noise),
            s_min_uncond: number("NGMS", none.s_min_uncond),
            cfg_start: number("Skip Early CFG", none.cfg_start),
            cfg_end: number("CFG end", none.cfg_end),
            ..none
        };
        sampling.eta = self.read(&["Eta", "Eta DDIM"], "a number", self::number);
        let delta = self.read(&["ENSD"], "a whole number", whole);
        sampling.eta_noise_seed_delta = delta.unwrap_or_default();
        if strength > 0.0 {
            sampling.variation_seed = self.read(&["Variation seed"], "a whole number", whole);
            // Without its seed it is lost, and the note says why.
            sampling.variation_strength = sampling.variation_seed.map_or(0.0, |_| strength);
        }
        let none = ["-1x-1", "0x0"];
        if !none
            .iter()
            .any(|none| self.text.name(&["Seed resize from"]) == Some(none))
        {
            let from = self.read(&["Seed resize from"], "a size such as 512x768", size);
            (sampling.seed_resize_width, sampling.seed_resize_height) = from.unzip();
        }
        sampling
    }

    /// -1 is what people type for "random".
    fn seed(&mut self) -> Option<u64> {
        if self.text.name(&["Seed"]) == Some("-1") {
            return None;
        }
        self.read(&["Seed"], "a whole number", whole)
    }

    fn sampler(&mut self, origin: Origin) -> (Option<String>, Option<String>) {
        let label = self
            .text
            .name(&["Sampler"])
            .filter(|name| !(origin == Origin::SdNext && name.eq_ignore_ascii_case("default")));
        let asked = self.schedule_type(origin);
        let Some(label) = label else {
            return (None, asked.map(|asked| asked.name().to_owned()));
        };
        let Ok((kind, suffix)) = SamplerKind::parse(label) else {
            return (
                Some(label.to_owned()),
                asked.map(|asked| asked.name().to_owned()),
            );
        };
        let schedule = match (asked, suffix) {
            (Some(Asked::Named(name)), _) => Some(name),
            // Once the schedule was part of the sampler's name.
            (_, Some(suffix)) => Some(suffix.id().to_owned()),
            (asked, None) => default_schedule(origin, kind, asked.is_some()).map(str::to_owned),
        };
        (Some(kind.id().to_owned()), schedule)
    }

    fn schedule_type(&mut self, origin: Origin) -> Option<Asked> {
        let asked = |name: &str| match name.parse() {
            Ok(Schedule::Model) => Asked::Automatic,
            Ok(known) => Asked::Named(known.id().to_owned()),
            Err(_) => Asked::Named(name.to_owned()),
        };
        if let Some(name) = self.text.name(&["Schedule type"]) {
            return Some(asked(name));
        }
        if origin != Origin::SdNext {
            return None;
        }
        // Its samplers take the schedule as an option, in the words of diffusers.
        for key in ["Sampler sigma", "Sampler spacing"] {
            let Some(value) = self.text.name(&[key]) else {
                continue;
            };
            match value {
                "default" => {}
                "betas" => return Some(asked("beta")),
                value if value.parse::<Schedule>().is_ok() => return Some(asked(value)),
                _ => self.notes.push(Note::Ignored {
                    key: key.to_owned(),
                    value: value.to_owned(),
                }),
            }
        }
        None
    }

    /// A1111 writes `RNG` only when it is not the GPU's generator, so a picture without it came from Philox. ComfyUI
    /// draws its noise on the CPU.
    fn noise(&mut self, origin: Origin) -> NoiseKind {
        let none = match origin {
            _ if self.text.fields.is_empty() => NoiseKind::default(),
            Origin::ComfyUi | Origin::Aquatint => NoiseKind::Cpu,
            _ => NoiseKind::Philox,
        };
        self.read(&["RNG"], "CPU, GPU or NV", |name| {
            Some(match name.to_ascii_lowercase().as_str() {
                "cpu" => NoiseKind::Cpu,
                "gpu" | "nv" => NoiseKind::Philox,
                _ => return None,
            })
        })
        .unwrap_or(none)
    }
}

/// What a text says of the schedule.
enum Asked {
    /// What belongs to the sampler.
    Automatic,
    /// This one: our name of it, or one that nobody knows.
    Named(String),
}

impl Asked {
    fn name(&self) -> &str {
        match self {
            Self::Automatic => Schedule::Model.id(),
            Self::Named(name) => name,
        }
    }
}

/// The schedule of a text that names none, or "Automatic". `None` is the model's own.
///
/// A1111's samplers of k-diffusion have nothing to do with the checkpoint's scheduler config: equal steps in the
/// timestep, unless the name said otherwise. Since schedules are a choice of their own (1.9) some samplers have a better
/// one for "Automatic".
fn default_schedule(origin: Origin, kind: SamplerKind, automatic: bool) -> Option<&'static str> {
    let schedule = match origin {
        Origin::Aquatint => return automatic.then_some(Schedule::Model.id()),
        Origin::SdNext | Origin::ComfyUi => return None,
        Origin::A1111 | Origin::Forge => match (kind, kind.automatic_schedule()) {
            (_, Some(schedule)) if automatic => schedule,
            (_, Some(_)) => Schedule::Normal,
            (SamplerKind::Ddim | SamplerKind::DdimCfgPp | SamplerKind::Pndm, _) => {
                Schedule::Leading
            }
            _ => return None,
        },
    };
    Some(schedule.id())
}

pub(super) fn size(value: &str) -> Option<(u32, u32)> {
    let (width, height) = value.split_once('x')?;
    Some((width.trim().parse().ok()?, height.trim().parse().ok()?))
}

pub(super) fn number(value: &str) -> Option<f32> {
    value.parse().ok()
}

/// A whole number; some programs write `20.0`.
pub(super) fn whole<T: FromStr>(value: &str) -> Option<T> {
    let digits = match value.split_once('.') {
        Some((digits, zeros)) if zeros.bytes().all(|digit| digit == b'0') => digits,
        _ => value,
    };
    digits.parse().ok()
}
