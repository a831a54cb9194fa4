//! From a recipe to a text.

use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::prompt::Emphasis;
use aquatint_diffusion::sampler::SamplerKind;
use aquatint_diffusion::sigmas::Schedule;
use serde_json::Value;

use super::Infotext;
use crate::recipe::{Embedding, Plugin, Sampling};
use crate::{Recipe, harmless};

/// A1111's name of the tiny VAE.
pub(super) const TAESD: &str = "TAESD";

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
        if let Some(vae) = &recipe.vae {
            if let Some(hash) = vae.sha256.as_deref().and_then(|hash| hash.get(..10)) {
                put("VAE hash", hash.to_owned());
            }
            put("VAE", vae.name.clone());
        }
        if recipe.clip_skip > 1 {
            put("Clip skip", recipe.clip_skip.to_string());
        }
        put(
            "RNG",
            match recipe.noise {
                NoiseKind::Cpu => "CPU",
                NoiseKind::Philox => "NV",
            }
            .to_owned(),
        );
        if !recipe.embeddings.is_empty() {
            let hashes: Vec<String> = recipe.embeddings.iter().map(embedding).collect();
            put("TI hashes", hashes.join(", "));
        }
        // A1111 writes it where the prompt has brackets; without any it says nothing.
        if recipe.emphasis != Emphasis::default() {
            put("Emphasis", recipe.emphasis.label().to_owned());
        }
        fields.extend(sampling(recipe));
        let mut put = |key: &str, value: String| fields.push((key.to_owned(), value));
        // A1111 has no such field; this is the name SD.Next gives it.
        if recipe.cfg_rescale != 0.0 {
            put("CFG rescale", recipe.cfg_rescale.to_string());
        }
        if let Some(refiner) = &recipe.refiner {
            let hash = refiner.model.sha256.as_deref();
            let hash = hash.and_then(|hash| hash.get(..10));
            let hash = hash.map_or_else(String::new, |hash| format!(" [{hash}]"));
            put("Refiner", format!("{}{hash}", refiner.model.name));
            put("Refiner switch at", refiner.switch_at.to_string());
        }
        super::pictures::written(recipe, &mut put);
        if recipe.tiny_vae.is_some() {
            put("VAE Decoder", TAESD.to_owned());
        }
        if !recipe.plugins.is_empty() {
            let plugins: Vec<String> = recipe.plugins.iter().map(plugin).collect();
            put("Plugins", plugins.join(" + "));
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

/// What was chosen beside what every picture has, by A1111's names; the end of guidance has SD.Next's.
fn sampling(recipe: &Recipe) -> Vec<(String, String)> {
    let sampling = &recipe.sampling;
    let common = Sampling::default();
    let mut fields = Vec::new();
    let mut put = |key: &str, value: String| fields.push((key.to_owned(), value));
    if let Some(seed) = sampling
        .variation_seed
        .filter(|_| sampling.variation_strength > 0.0)
    {
        put("Variation seed", seed.to_string());
        put(
            "Variation seed strength",
            sampling.variation_strength.to_string(),
        );
    }
    if let (Some(width), Some(height)) = (sampling.seed_resize_width, sampling.seed_resize_height) {
        put("Seed resize from", format!("{width}x{height}"));
    }
    if sampling.eta_noise_seed_delta != common.eta_noise_seed_delta {
        put("ENSD", sampling.eta_noise_seed_delta.to_string());
    }
    if let Some(eta) = sampling.eta {
        let is_ddim = matches!(
            recipe.sampler.parse(),
            Ok(SamplerKind::Ddim | SamplerKind::DdimCfgPp)
        );
        put(if is_ddim { "Eta DDIM" } else { "Eta" }, eta.to_string());
    }
    for (key, value, common) in [
        ("Sigma churn", sampling.s_churn, common.s_churn),
        ("Sigma tmin", sampling.s_tmin, common.s_tmin),
        ("Sigma tmax", sampling.s_tmax, common.s_tmax),
        ("Sigma noise", sampling.s_noise, common.s_noise),
        ("NGMS", sampling.s_min_uncond, common.s_min_uncond),
        ("Skip Early CFG", sampling.cfg_start, common.cfg_start),
        ("CFG end", sampling.cfg_end, common.cfg_end),
    ] {
        if value != common {
            put(key, value.to_string());
        }
    }
    fields
}

/// `name: 0123456789ab`, as A1111 shortens both.
fn embedding(embedding: &Embedding) -> String {
    let name = harmless(&embedding.name).replace([':', ','], "");
    let hash = embedding.sha256.get(..12).unwrap_or(&embedding.sha256);
    format!("{name}: {hash}")
}

/// A1111's name of a sampler. One that nobody knows stays as it is.
pub(super) fn sampler_label(name: &str) -> &str {
    match name.parse::<SamplerKind>() {
        Ok(sampler) => sampler.label(),
        Err(_) => name,
    }
}

/// A1111's name of a schedule.
pub(super) fn schedule_label(name: &str) -> &str {
    match name.parse() {
        Ok(Schedule::Model) => "Automatic",
        Ok(schedule) => schedule.label(),
        Err(_) => name,
    }
}

/// `film-grain 1.2.0 (amount=0.3 mode="soft")`. Without commas and colons: many readers know nothing of quotes, and would
/// take what follows them for fields. In texts they are written as JSON may write them.
fn plugin(plugin: &Plugin) -> String {
    let mut text = format!("{} {}", plugin.id, plugin.version);
    let settings: Vec<String> = plugin
        .settings
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| format!("{key}={}", setting(value)))
        .collect();
    if !settings.is_empty() {
        text += &format!(" ({})", settings.join(" "));
    }
    if plugin.skipped.is_some() {
        text += " (skipped)";
    }
    harmless(&text)
        .replace(',', "\\u002c")
        .replace(':', "\\u003a")
}

/// Lists have spaces between their values.
fn setting(value: &Value) -> String {
    match value {
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(setting).collect();
            format!("[{}]", values.join(" "))
        }
        other => other.to_string(),
    }
}
