//! The fields of A1111's requests, and what becomes of each here.
//!
//! To honour a field: one row, and what it does.

use aquatint_studio::{Decoder, Fill, Request, Resize, Upscaler};
use serde_json::Value;

use super::asked::Asked;

/// What becomes of a field.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    /// It is put into the request.
    Drawn(fn(&mut Asked, &Value) -> Result<(), String>),
    /// Something else looks at it.
    Handled,
    /// It is not honoured. It is fine where it asks for nothing.
    Not(fn(&Value) -> bool),
}

use Fate::{Drawn, Handled, Not};

/// All fields, by their names: a row each.
#[rustfmt::skip]
pub(super) const FIELDS: &[(&str, Fate)] = &[
    ("prompt", Drawn(|asked, value| put(&mut asked.request.prompt, text(value)))),
    ("negative_prompt", Drawn(|asked, value| put(&mut asked.request.negative, text(value)))),
    ("seed", Drawn(|asked, value| put(&mut asked.seed, seed(value)))),
    ("steps", Drawn(|asked, value| some(&mut asked.request.steps, whole(value)))),
    ("cfg_scale", Drawn(|asked, value| some(&mut asked.request.cfg, number(value)))),
    ("width", Drawn(|asked, value| some(&mut asked.request.width, whole(value)))),
    ("height", Drawn(|asked, value| some(&mut asked.request.height, whole(value)))),
    ("batch_size", Drawn(|asked, value| put(&mut asked.request.batch, whole(value)))),
    ("n_iter", Drawn(|asked, value| put(&mut asked.iterations, whole(value)))),
    ("sampler_name", Drawn(|asked, value| some(&mut asked.request.sampler, text(value)))),
    ("sampler_index", Drawn(|asked, value| some(&mut asked.sampler_index, text(value)))),
    ("scheduler", Drawn(|asked, value| some(&mut asked.request.schedule, text(value)))),
    ("send_images", Drawn(|asked, value| put(&mut asked.send_images, flag(value)))),
    ("save_images", Drawn(|asked, value| put(&mut asked.save_images, flag(value)))),
    ("force_task_id", Drawn(|asked, value| some(&mut asked.task, text(value)))),
    ("override_settings", Handled),
    ("override_settings_restore_afterwards", Not(is_true)),
    ("script_name", Handled),
    ("script_args", Handled),
    ("alwayson_scripts", Handled),
    ("infotext", Handled),
    ("init_images", Handled),
    ("include_init_images", Handled),
    // Ours are always saved where `save_images` says so, and no grid is made.
    ("do_not_save_samples", Handled),
    ("do_not_save_grid", Handled),
    ("comments", Handled),
    ("styles", Drawn(|asked, value| put(&mut asked.request.styles, names(value)))),
    ("subseed", Drawn(|asked, value| put(&mut asked.subseed, seed(value)))),
    ("subseed_strength", Drawn(|asked, value| put(&mut asked.request.variation_strength, number(value)))),
    ("seed_resize_from_h", Drawn(|asked, value| put(&mut asked.request.seed_resize_height, side(value)))),
    ("seed_resize_from_w", Drawn(|asked, value| put(&mut asked.request.seed_resize_width, side(value)))),
    ("restore_faces", Not(is_false)),
    ("tiling", Not(is_false)),
    ("eta", Drawn(|asked, value| some(&mut asked.request.eta, number(value)))),
    ("s_min_uncond", Drawn(|asked, value| put(&mut asked.request.s_min_uncond, number(value)))),
    ("s_churn", Drawn(|asked, value| put(&mut asked.request.s_churn, number(value)))),
    ("s_tmax", Drawn(|asked, value| put(&mut asked.request.s_tmax, number(value)))),
    ("s_tmin", Drawn(|asked, value| put(&mut asked.request.s_tmin, number(value)))),
    ("s_noise", Drawn(|asked, value| put(&mut asked.request.s_noise, number(value)))),
    ("refiner_checkpoint", Drawn(|asked, value| put(&mut asked.request.refiner, refiner(value)))),
    // Clients send 0 where there is none.
    ("refiner_switch_at", Drawn(|asked, value| put(&mut asked.refiner_switch, number(value)))),
    ("disable_extra_networks", Not(is_false)),
    ("firstpass_image", Not(is_empty)),
    ("denoising_strength", Drawn(|asked, value| put(&mut asked.strength, number(value)))),
    ("enable_hr", Drawn(|asked, value| put(&mut asked.hires, flag(value)))),
    ("firstphase_width", Drawn(|asked, value| put(&mut asked.first_width, side(value)))),
    ("firstphase_height", Drawn(|asked, value| put(&mut asked.first_height, side(value)))),
    ("hr_scale", Drawn(|asked, value| put(&mut asked.second.scale, number(value)))),
    ("hr_upscaler", Drawn(|asked, value| put(&mut asked.second.upscaler, upscaler(value)))),
    ("hr_second_pass_steps", Drawn(|asked, value| put(&mut asked.second.steps, side(value)))),
    ("hr_resize_x", Drawn(|asked, value| put(&mut asked.second.width, side(value)))),
    ("hr_resize_y", Drawn(|asked, value| put(&mut asked.second.height, side(value)))),
    ("hr_checkpoint_name", Not(is_same)),
    ("hr_sampler_name", Drawn(|asked, value| put(&mut asked.second.sampler, other(value)))),
    ("hr_scheduler", Drawn(|asked, value| put(&mut asked.second.schedule, other(value)))),
    ("hr_prompt", Drawn(|asked, value| put(&mut asked.second.prompt, other(value)))),
    ("hr_negative_prompt", Drawn(|asked, value| put(&mut asked.second.negative, other(value)))),
    ("resize_mode", Drawn(|asked, value| put(&mut asked.resize, resize(value)))),
    ("image_cfg_scale", Not(is_any)),
    ("mask", Drawn(|asked, value| some(&mut asked.mask, text(value)))),
    ("mask_blur", Drawn(|asked, value| put(&mut asked.mask_use.blur, number(value)))),
    ("mask_blur_x", Drawn(|asked, value| some(&mut asked.blur_x, number(value)))),
    ("mask_blur_y", Drawn(|asked, value| some(&mut asked.blur_y, number(value)))),
    ("mask_round", Not(is_true)),
    ("inpainting_fill", Drawn(|asked, value| put(&mut asked.mask_use.fill, fill(value)))),
    ("inpaint_full_res", Drawn(|asked, value| put(&mut asked.mask_use.only_masked, truth(value)))),
    ("inpaint_full_res_padding", Drawn(|asked, value| put(&mut asked.mask_use.padding, whole(value)))),
    ("inpainting_mask_invert", Drawn(|asked, value| put(&mut asked.mask_use.invert, truth(value)))),
    ("initial_noise_multiplier", Not(|value| is_zero(value) || value.as_f64() == Some(1.0))),
    ("latent_mask", Not(is_empty)),
];

/// The settings that a request may override.
pub(super) const SETTINGS: &[(&str, Fate)] = &[
    (
        "sd_model_checkpoint",
        Drawn(|asked, value| some(&mut asked.request.model, text(value))),
    ),
    (
        "randn_source",
        Drawn(|asked, value| {
            let name = text(value)?;
            asked.request.noise = match name.as_str() {
                // A1111's own default. Nobody can draw the noise of a GPU without it; this is what its pictures look like
                // where it was set to CPU.
                "GPU" => Request::default().noise,
                name => name.parse().map_err(|error| format!("{error}"))?,
            };
            Ok(())
        }),
    ),
    (
        "sd_vae_decode_method",
        Drawn(|asked, value| {
            asked.request.decoder = decoder(value)?;
            Ok(())
        }),
    ),
    (
        "samples_format",
        Drawn(|asked, value| put(&mut asked.format, text(value))),
    ),
    (
        "jpeg_quality",
        Drawn(|asked, value| put(&mut asked.quality, whole(value))),
    ),
    (
        "eta_noise_seed_delta",
        Drawn(|asked, value| put(&mut asked.request.eta_noise_seed_delta, whole(value))),
    ),
    (
        "eta_ancestral",
        Drawn(|asked, value| some(&mut asked.request.eta, number(value))),
    ),
    (
        "CLIP_stop_at_last_layers",
        Drawn(|asked, value| put(&mut asked.request.clip_skip, whole(value))),
    ),
    (
        "emphasis",
        Drawn(|asked, value| {
            let name = text(value)?;
            asked.request.emphasis = name.parse().map_err(|error| format!("{error}"))?;
            Ok(())
        }),
    ),
    (
        "sd_vae",
        Drawn(|asked, value| some(&mut asked.request.vae, text(value))),
    ),
];

fn put<T>(place: &mut T, value: Result<T, String>) -> Result<(), String> {
    *place = value?;
    Ok(())
}

fn some<T>(place: &mut Option<T>, value: Result<T, String>) -> Result<(), String> {
    *place = Some(value?);
    Ok(())
}

pub(super) fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        _ => Err("expected a text".to_owned()),
    }
}

/// What makes pixels, as there.
pub(super) fn decoder(value: &Value) -> Result<Decoder, String> {
    match text(value)?.as_str() {
        "Full" => Ok(Decoder::Full),
        "TAESD" => Ok(Decoder::Tiny),
        _ => Err("expected Full or TAESD".to_owned()),
    }
}

/// Texts in a list.
fn names(value: &Value) -> Result<Vec<String>, String> {
    let expected = || "expected a list of texts".to_owned();
    let items = value.as_array().ok_or_else(expected)?.iter();
    items
        .map(|item| item.as_str().map(str::to_owned).ok_or_else(expected))
        .collect()
}

/// Numbers may come as texts, as they may there.
pub(super) fn whole(value: &Value) -> Result<u32, String> {
    let expected = || "expected a whole number from 0 to 4294967295".to_owned();
    let number = match value {
        Value::String(text) => text.trim().parse::<f64>().ok(),
        other => other.as_f64(),
    };
    let number = number
        .filter(|number| number.fract() == 0.0)
        .ok_or_else(expected)?;
    if (0.0..=f64::from(u32::MAX)).contains(&number) {
        Ok(number as u32)
    } else {
        Err(expected())
    }
}

fn number(value: &Value) -> Result<f32, String> {
    let number = match value {
        Value::String(text) => text.trim().parse::<f64>().ok(),
        other => other.as_f64(),
    };
    let number = number.filter(|number| number.is_finite());
    number
        .map(|number| number as f32)
        .ok_or_else(|| "expected a number".to_owned())
}

/// Below 0 is a random one.
fn seed(value: &Value) -> Result<Option<u64>, String> {
    match value {
        Value::String(text) => match text.trim().parse::<i128>() {
            Ok(number) if number < 0 => Ok(None),
            Ok(number) => u64::try_from(number)
                .map(Some)
                .map_err(|_| format!("expected at most {}", u64::MAX)),
            Err(_) => Err("expected a whole number".to_owned()),
        },
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            (Some(seed), _) => Ok(Some(seed)),
            (None, Some(float)) if float < 0.0 => Ok(None),
            _ => Err("expected a whole number".to_owned()),
        },
        _ => Err("expected a whole number, or -1 for a random one".to_owned()),
    }
}

fn flag(value: &Value) -> Result<bool, String> {
    value
        .as_bool()
        .ok_or_else(|| "expected true or false".to_owned())
}

/// 0 and less is none.
fn side(value: &Value) -> Result<Option<u32>, String> {
    if is_not_positive(value) {
        return Ok(None);
    }
    whole(value).map(Some)
}

/// True or false, or a number that is 0 or not.
fn truth(value: &Value) -> Result<bool, String> {
    match value.as_f64() {
        Some(number) => Ok(number != 0.0),
        None => flag(value),
    }
}

/// A name or a text of the second drawing; `None` is that of the first.
fn other(value: &Value) -> Result<Option<String>, String> {
    let text = text(value)?;
    let is_same = text.is_empty() || text.to_lowercase().starts_with("use same");
    Ok(Some(text).filter(|_| !is_same))
}

/// A model's name; `None` is no refiner.
fn refiner(value: &Value) -> Result<Option<String>, String> {
    let name = text(value)?;
    let is_none = name.is_empty() || name.eq_ignore_ascii_case("none");
    Ok(Some(name).filter(|_| !is_none))
}

fn is_same(value: &Value) -> bool {
    other(value).is_ok_and(|other| other.is_none())
}

fn upscaler(value: &Value) -> Result<Upscaler, String> {
    let name = text(value)?;
    match name.as_str() {
        "" | "None" => Ok(Upscaler::default()),
        name => Upscaler::parse(name).map_err(|error| error.to_string()),
    }
}

fn resize(value: &Value) -> Result<Resize, String> {
    match whole(value)? {
        0 => Ok(Resize::Stretch),
        1 => Ok(Resize::Crop),
        2 => Ok(Resize::Fill),
        3 => Ok(Resize::Latent),
        _ => Err("expected 0 (just resize), 1 (crop), 2 (fill) or 3 (latent)".to_owned()),
    }
}

fn fill(value: &Value) -> Result<Option<Fill>, String> {
    match whole(value)? {
        0 => Ok(Some(Fill::Fill)),
        1 => Ok(Some(Fill::Original)),
        2 => Ok(Some(Fill::Noise)),
        3 => Ok(Some(Fill::Nothing)),
        _ => Err(
            "expected 0 (fill), 1 (original), 2 (latent noise) or 3 (latent nothing)".to_owned(),
        ),
    }
}

fn is_any(_: &Value) -> bool {
    true
}

fn is_zero(value: &Value) -> bool {
    value.as_f64() == Some(0.0)
}

fn is_not_positive(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number <= 0.0)
}

fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true)
}

fn is_false(value: &Value) -> bool {
    matches!(value, Value::Bool(false))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        _ => false,
    }
}
