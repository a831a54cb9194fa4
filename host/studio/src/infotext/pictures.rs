//! The fields about a picture that a drawing began from, and about a second drawing over the first.

use aquatint_diffusion::sampler::SamplerKind;

use super::Infotext;
use super::import::{Reader, number, size, whole};
use super::written::{sampler_label, schedule_label};
use crate::Recipe;
use crate::request::{Fill, Hires, Init, Upscaler};

/// What A1111 writes of them.
pub(super) fn written(recipe: &Recipe, put: &mut dyn FnMut(&str, String)) {
    if let Some(init) = &recipe.init {
        of_init(init, put);
    }
    let Some(hires) = &recipe.hires else {
        return;
    };
    // A1111 has one strength, as it does not do both.
    let strength = match recipe.init {
        None => "Denoising strength",
        Some(_) => "Hires denoising strength",
    };
    put(strength, hires.strength.to_string());
    match (hires.width, hires.height) {
        (None, None) => put("Hires upscale", hires.scale.to_string()),
        (wide, high) => {
            let side = |side: Option<u32>| side.unwrap_or(0);
            put("Hires resize", format!("{}x{}", side(wide), side(high)));
        }
    }
    if let Some(steps) = hires.steps {
        put("Hires steps", steps.to_string());
    }
    put("Hires upscaler", hires.upscaler.label().to_owned());
    if let Some(sampler) = &hires.sampler {
        put("Hires sampler", sampler_label(sampler).to_owned());
    }
    if let Some(schedule) = &hires.schedule {
        put("Hires schedule type", schedule_label(schedule).to_owned());
    }
    if let Some(prompt) = &hires.prompt {
        put("Hires prompt", prompt.clone());
    }
    if let Some(negative) = &hires.negative {
        put("Hires negative prompt", negative.clone());
    }
    if let Some(cfg) = hires.cfg {
        put("Hires CFG Scale", cfg.to_string());
    }
}

fn of_init(init: &Init, put: &mut dyn FnMut(&str, String)) {
    put("Denoising strength", init.strength.to_string());
    let Some(mask) = init.mask() else {
        return;
    };
    put("Mask blur", mask.blur.to_string());
    if mask.invert {
        put("Mask mode", "Inpaint not masked".to_owned());
    }
    let fill = match mask.fill {
        None | Some(Fill::Original) => None,
        Some(Fill::Fill) => Some("fill"),
        Some(Fill::Noise) => Some("latent noise"),
        Some(Fill::Nothing) => Some("latent nothing"),
    };
    if let Some(fill) = fill {
        put("Masked content", fill.to_owned());
    }
    if mask.only_masked {
        put("Inpaint area", "Only masked".to_owned());
        put("Masked area padding", mask.padding.to_string());
    }
}

/// The names of the fields that [`read`] takes.
pub(super) const READ: [&str; 10] = [
    "Hires upscale",
    "Hires resize",
    "Hires upscaler",
    "Hires steps",
    "Hires sampler",
    "Hires schedule type",
    "Hires prompt",
    "Hires negative prompt",
    "Hires CFG Scale",
    "Hires denoising strength",
];

/// Whether a text is of a picture that was drawn twice.
pub(super) fn has_second(text: &Infotext) -> bool {
    ["Hires upscale", "Hires resize", "Hires upscaler"]
        .iter()
        .any(|key| {
            text.get(&[key])
                .is_some_and(|value| !value.trim().is_empty())
        })
}

/// The second drawing that a text has, if there is one.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Hires> {
    let text = reader.text;
    if !has_second(text) {
        return None;
    }
    let name = |key| {
        let name = text.get(&[key])?.trim();
        // A1111's words for "as in the first".
        let is_first = [
            "",
            "use same sampler",
            "use same scheduler",
            "use same checkpoint",
        ]
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word));
        (!is_first).then(|| name.to_owned())
    };
    let default = Hires::default();
    let strength = match text.get(&["Hires denoising strength"]) {
        Some(_) => "Hires denoising strength",
        None => "Denoising strength",
    };
    let (width, height) = reader
        .read(&["Hires resize"], "a size such as 1024x768", size)
        .unzip();
    let side = |side: Option<u32>| side.filter(|side| *side > 0);
    Some(Hires {
        scale: reader
            .read(&["Hires upscale"], "a number", number)
            .unwrap_or(default.scale),
        width: side(width),
        height: side(height),
        // The others are models or programs that are not here, and a note says so.
        upscaler: name("Hires upscaler")
            .and_then(|name| Upscaler::parse(&name).ok())
            .unwrap_or(default.upscaler),
        // 0 is as many as the first.
        steps: reader
            .read(&["Hires steps"], "a whole number", whole)
            .filter(|steps| *steps > 0),
        strength: reader
            .read(&[strength], "a number", number)
            .unwrap_or(default.strength),
        steps_rule: None,
        sampler: name("Hires sampler").map(|name| match SamplerKind::parse(&name) {
            Ok((kind, None)) => kind.id().to_owned(),
            _ => name,
        }),
        schedule: name("Hires schedule type"),
        prompt: name("Hires prompt"),
        negative: name("Hires negative prompt"),
        cfg: reader.read(&["Hires CFG Scale"], "a number", number),
    })
}

/// Whether an upscaler is one of ours. The others are models or programs that are not here.
pub(super) fn knows_upscaler(name: &str) -> bool {
    Upscaler::parse(name).is_ok()
}
