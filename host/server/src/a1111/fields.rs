//! The fields of A1111's requests, and what becomes of each here.
//!
//! To honour a field: one row, and what it does.

use aquatint_studio::Request;
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

/// All fields, by their names.
pub(super) const FIELDS: &[(&str, Fate)] = &[
    (
        "prompt",
        Drawn(|asked, value| put(&mut asked.request.prompt, text(value))),
    ),
    (
        "negative_prompt",
        Drawn(|asked, value| put(&mut asked.request.negative, text(value))),
    ),
    (
        "seed",
        Drawn(|asked, value| put(&mut asked.seed, seed(value))),
    ),
    (
        "steps",
        Drawn(|asked, value| some(&mut asked.request.steps, whole(value))),
    ),
    (
        "cfg_scale",
        Drawn(|asked, value| some(&mut asked.request.cfg, number(value))),
    ),
    (
        "width",
        Drawn(|asked, value| some(&mut asked.request.width, whole(value))),
    ),
    (
        "height",
        Drawn(|asked, value| some(&mut asked.request.height, whole(value))),
    ),
    (
        "batch_size",
        Drawn(|asked, value| put(&mut asked.request.batch, whole(value))),
    ),
    (
        "n_iter",
        Drawn(|asked, value| put(&mut asked.iterations, whole(value))),
    ),
    (
        "sampler_name",
        Drawn(|asked, value| some(&mut asked.request.sampler, text(value))),
    ),
    (
        "sampler_index",
        Drawn(|asked, value| some(&mut asked.sampler_index, text(value))),
    ),
    (
        "scheduler",
        Drawn(|asked, value| some(&mut asked.request.schedule, text(value))),
    ),
    (
        "send_images",
        Drawn(|asked, value| put(&mut asked.send_images, flag(value))),
    ),
    (
        "save_images",
        Drawn(|asked, value| put(&mut asked.save_images, flag(value))),
    ),
    (
        "force_task_id",
        Drawn(|asked, value| some(&mut asked.task, text(value))),
    ),
    ("override_settings", Handled),
    ("override_settings_restore_afterwards", Handled),
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
    ("styles", Not(is_empty)),
    ("subseed", Not(is_any)),
    ("subseed_strength", Not(is_zero)),
    ("seed_resize_from_h", Not(is_not_positive)),
    ("seed_resize_from_w", Not(is_not_positive)),
    ("restore_faces", Not(is_false)),
    ("tiling", Not(is_false)),
    // What clients always send: 1 for ancestral samplers is what they do here.
    (
        "eta",
        Not(|value| is_zero(value) || value.as_f64() == Some(1.0)),
    ),
    ("s_min_uncond", Not(is_zero)),
    ("s_churn", Not(is_zero)),
    ("s_tmax", Not(is_zero)),
    ("s_tmin", Not(is_zero)),
    (
        "s_noise",
        Not(|value| is_zero(value) || value.as_f64() == Some(1.0)),
    ),
    ("refiner_checkpoint", Not(is_empty)),
    ("refiner_switch_at", Not(is_zero)),
    ("disable_extra_networks", Not(is_false)),
    ("firstpass_image", Not(is_empty)),
    ("enable_hr", Not(is_false)),
    // They mean something with `enable_hr` alone, which is named then.
    ("denoising_strength", Not(is_any)),
    ("firstphase_width", Not(is_any)),
    ("firstphase_height", Not(is_any)),
    ("hr_scale", Not(is_any)),
    ("hr_upscaler", Not(is_any)),
    ("hr_second_pass_steps", Not(is_any)),
    ("hr_resize_x", Not(is_any)),
    ("hr_resize_y", Not(is_any)),
    ("hr_checkpoint_name", Not(is_any)),
    ("hr_sampler_name", Not(is_any)),
    ("hr_scheduler", Not(is_any)),
    ("hr_prompt", Not(is_any)),
    ("hr_negative_prompt", Not(is_any)),
    ("resize_mode", Not(is_any)),
    ("image_cfg_scale", Not(is_any)),
    ("mask", Not(is_empty)),
    ("mask_blur", Not(is_any)),
    ("mask_blur_x", Not(is_any)),
    ("mask_blur_y", Not(is_any)),
    ("mask_round", Not(is_any)),
    ("inpainting_fill", Not(is_any)),
    ("inpaint_full_res", Not(is_any)),
    ("inpaint_full_res_padding", Not(is_any)),
    ("inpainting_mask_invert", Not(is_any)),
    (
        "initial_noise_multiplier",
        Not(|value| is_zero(value) || value.as_f64() == Some(1.0)),
    ),
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
        "samples_format",
        Not(|value| is_empty(value) || value.as_str() == Some("png")),
    ),
    (
        "CLIP_stop_at_last_layers",
        Not(|value| value.as_f64() == Some(1.0)),
    ),
    (
        "sd_vae",
        Not(|value| matches!(value.as_str(), Some("Automatic" | "None" | ""))),
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

/// Numbers may come as texts, as they may there.
fn whole(value: &Value) -> Result<u32, String> {
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

fn is_any(_: &Value) -> bool {
    true
}

fn is_zero(value: &Value) -> bool {
    value.as_f64() == Some(0.0)
}

fn is_not_positive(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number <= 0.0)
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
