//! The `parameters` text: what A1111 writes into its pictures, and everything around it reads.
//!
//! ```text
//! a red apple
//! Negative prompt: blurry
//! Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 1, Size: 512x512, Model: starter
//! ```
//!
//! The format cannot hold everything. Readers strip every line, so spaces at the ends of a line go; and a line of the
//! prompt that starts with `Negative prompt:` begins the negative prompt. The recipe holds those exactly.
//!
//! Where plugins took part there is one field more, for people: `Plugins: "film-grain 1.2.0 {amount: 0.3}"`. It is kept
//! when it is read, and no request is made of it: other programs change texts, and plugins are what a recipe can tell.

mod grammar;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::sampler::SamplerKind;
use aquatint_diffusion::sigmas::Schedule;

use crate::{Recipe, Request};

/// A `parameters` text, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Infotext {
    /// The prompt, lines and all.
    pub prompt: String,
    /// The negative prompt; empty when there is none.
    pub negative: String,
    /// The `Key: value` pairs in their order, without quotes.
    pub fields: Vec<(String, String)>,
}

impl Infotext {
    /// Reads what A1111, Forge, SD.Next or Aquatint wrote. Every text is some prompt, so this cannot fail.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        grammar::parse(text)
    }

    /// The value of the first field that has one of these names.
    #[must_use]
    pub fn get(&self, names: &[&str]) -> Option<&str> {
        let is_named =
            |(key, _): &&(String, String)| names.iter().any(|name| name.eq_ignore_ascii_case(key));
        self.fields
            .iter()
            .find(is_named)
            .map(|(_, value)| value.as_str())
    }

    /// The request that this text describes, as far as it goes: what is missing or makes no sense is left to the
    /// model's defaults.
    #[must_use]
    pub fn to_request(&self) -> Request {
        let default = Request::default();
        let (width, height) = self.get(&["Size"]).and_then(size).unzip();
        // Seed -1 is what people type for "random"; it does not parse, and None means the same.
        Request {
            prompt: self.prompt.clone(),
            negative: self.negative.clone(),
            model: self
                .get(&["Model"])
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            seed: self.number(&["Seed"]),
            steps: self.number(&["Steps"]),
            cfg: self.number(&["CFG scale"]),
            cfg_rescale: self.number(&["CFG rescale"]).unwrap_or(default.cfg_rescale),
            sampler: self.get(&["Sampler"]).and_then(sampler_named),
            schedule: self.get(&["Schedule type"]).and_then(schedule_named),
            width,
            height,
            noise: self.noise(),
            ..default
        }
    }

    fn number<T: FromStr>(&self, names: &[&str]) -> Option<T> {
        self.get(names)?.trim().parse().ok()
    }

    /// A1111 writes `RNG` only when it is not the GPU's generator, so a picture without it came from Philox.
    fn noise(&self) -> NoiseKind {
        match self.get(&["RNG"]) {
            Some(name) if name.eq_ignore_ascii_case("cpu") => NoiseKind::Cpu,
            Some(_) => NoiseKind::Philox,
            None if self.fields.is_empty() => NoiseKind::default(),
            None => NoiseKind::Philox,
        }
    }
}

impl From<&Recipe> for Infotext {
    /// The fields in A1111's order.
    fn from(recipe: &Recipe) -> Self {
        let mut fields = Vec::new();
        let mut put = |key: &str, value: String| fields.push((key.to_owned(), value));
        put("Steps", recipe.steps.to_string());
        put("Sampler", sampler_label(&recipe.sampler).to_owned());
        put("Schedule type", schedule_label(&recipe.schedule).to_owned());
        put("CFG scale", recipe.cfg.to_string());
        put("Seed", recipe.seed.to_string());
        put("Size", format!("{}x{}", recipe.width, recipe.height));
        if let Some(hash) = recipe
            .model
            .sha256
            .as_deref()
            .and_then(|hash| hash.get(..10))
        {
            put("Model hash", hash.to_owned());
        }
        put("Model", recipe.model.name.clone());
        put(
            "RNG",
            match recipe.noise {
                NoiseKind::Cpu => "CPU",
                NoiseKind::Philox => "NV",
            }
            .to_owned(),
        );
        // A1111 has no such field; this is the name SD.Next gives it.
        if recipe.cfg_rescale != 0.0 {
            put("CFG rescale", recipe.cfg_rescale.to_string());
        }
        if !recipe.plugins.is_empty() {
            let plugins: Vec<String> = recipe.plugins.iter().map(ToString::to_string).collect();
            put("Plugins", plugins.join(", "));
        }
        // With the name in front: A1111 takes a bare number for its own version, and old ones change what it does.
        put("Version", format!("aquatint {}", recipe.app_version));
        Self {
            prompt: recipe.prompt.clone(),
            negative: recipe.negative.clone(),
            fields,
        }
    }
}

impl fmt::Display for Infotext {
    /// Writes the text as A1111 does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grammar::write(self))
    }
}

fn size(value: &str) -> Option<(u32, u32)> {
    let (width, height) = value.trim().split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

/// A1111's name of a sampler. One that nobody knows stays as it is.
fn sampler_label(name: &str) -> &str {
    match name.parse::<SamplerKind>() {
        Ok(sampler) => sampler.label(),
        Err(_) => name,
    }
}

/// Our name of a sampler. One that nobody knows stays as it is: drawing with it fails and says so, while drawing with
/// another one would not be the picture of this text. So does one with a schedule behind it, which is read later.
fn sampler_named(label: &str) -> Option<String> {
    named(label, SamplerKind::id)
}

/// A1111's name of a schedule.
fn schedule_label(name: &str) -> &str {
    match name.parse() {
        Ok(Schedule::Model) => "Automatic",
        Ok(schedule) => schedule.label(),
        Err(_) => name,
    }
}

/// Our name of a schedule, with the same care.
fn schedule_named(label: &str) -> Option<String> {
    named(label, Schedule::id)
}

fn named<T: FromStr>(label: &str, id: impl FnOnce(T) -> &'static str) -> Option<String> {
    let label = label.trim();
    if label.is_empty() {
        return None;
    }
    Some(match label.parse() {
        Ok(known) => id(known).to_owned(),
        Err(_) => label.to_owned(),
    })
}
