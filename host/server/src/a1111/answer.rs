//! What drawings are answered with: `images`, `parameters`, and `info`, which is JSON in a text.

use std::path::PathBuf;

use aquatint_studio::jobs::{Job, State};
use aquatint_studio::{Infotext, Recipe, picture_file};
use jiff::ZonedDateTime;
use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::generate::check;
use super::images::encode;
use crate::http::Problem;

/// Longest text of a script's arguments that is sent back.
const LONGEST: usize = 1000;

/// A picture that was drawn.
pub(super) struct Drawn {
    pub(super) png: Vec<u8>,
    pub(super) recipe: Option<Recipe>,
}

/// The pictures of jobs, in order.
pub(super) fn read(files: impl Iterator<Item = PathBuf>) -> Result<Vec<Drawn>, Problem> {
    files
        .map(|file| {
            let png = std::fs::read(&file).map_err(|error| {
                Problem::internal(format_args!("a picture cannot be read: {error}"))
            })?;
            let recipe = picture_file::read_texts(&file)
                .ok()
                .and_then(|it| it.recipe().ok().flatten());
            Ok(Drawn { png, recipe })
        })
        .collect()
}

/// The answer of `txt2img` and `img2img`.
pub(super) fn answer(
    asked: &Asked,
    body: &Map<String, Value>,
    jobs: &[Job],
) -> Result<Value, Problem> {
    check(jobs)?;
    let files = jobs
        .iter()
        .flat_map(|job| &job.outcome)
        .flat_map(|it| it.files.clone());
    let drawn = read(files)?;
    let interrupted = jobs.iter().any(|job| job.state == State::Cancelled);
    Ok(json!({
        "images": images(asked, &drawn),
        "parameters": echo(body),
        "info": info(asked, &drawn, interrupted).to_string(),
    }))
}

pub(super) fn images(asked: &Asked, drawn: &[Drawn]) -> Vec<String> {
    match asked.send_images {
        true => drawn.iter().map(|it| encode(&it.png)).collect(),
        false => Vec::new(),
    }
}

/// What was sent, without what is large.
pub(super) fn echo(body: &Map<String, Value>) -> Value {
    let mut echo = body.clone();
    let is_wanted = body.get("include_init_images") == Some(&Value::Bool(true));
    for name in ["init_images", "mask", "latent_mask", "firstpass_image"] {
        if let Some(value) = echo.get_mut(name).filter(|_| !is_wanted) {
            *value = Value::Null;
        }
    }
    for name in ["script_args", "alwayson_scripts"] {
        if let Some(value) = echo.get_mut(name) {
            shorten(value);
        }
    }
    Value::Object(echo)
}

fn shorten(value: &mut Value) {
    match value {
        Value::String(text) if text.len() >= LONGEST => {
            *value = format!("<str {}>", text.len()).into();
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(items) => items.values_mut().for_each(shorten),
        _ => {}
    }
}

pub(super) fn info(asked: &Asked, drawn: &[Drawn], interrupted: bool) -> Value {
    let request = &asked.request;
    let recipes = || drawn.iter().filter_map(|it| it.recipe.as_ref());
    let first = recipes().next();
    let seeds: Vec<u64> = recipes().map(|it| it.seed).collect();
    let prompts: Vec<&str> = recipes().map(|it| it.prompt.as_str()).collect();
    let negatives: Vec<&str> = recipes().map(|it| it.negative.as_str()).collect();
    let infotexts: Vec<String> = recipes().map(|it| Infotext::from(it).to_string()).collect();
    let text = first.map(Infotext::from);
    let label = |names: &[&str]| {
        text.as_ref()
            .and_then(|it| it.get(names))
            .map(str::to_owned)
    };
    let hash = first
        .and_then(|it| it.model.sha256.as_deref())
        .and_then(|hash| hash.get(..10));
    let vae = first.and_then(|it| it.vae.as_ref());
    let seed = seeds.first().copied();
    let first_subseed = request.variation_seed.unwrap_or(0);
    let each = u64::from(asked.is_varied());
    let subseeds: Vec<u64> = (0..seeds.len() as u64)
        .map(|index| first_subseed.wrapping_add(index * each))
        .collect();
    let strength = match (&request.init, &request.hires) {
        (Some(init), _) => Some(init.strength),
        (None, Some(hires)) => Some(hires.strength),
        (None, None) => None,
    };
    let mut info = json!({
        "prompt": prompts.first().copied().unwrap_or(&request.prompt),
        "all_prompts": prompts,
        "negative_prompt": negatives.first().copied().unwrap_or(&request.negative),
        "all_negative_prompts": negatives,
        "seed": seed.or(asked.seed),
        "all_seeds": seeds,
        "subseed": first_subseed,
        "all_subseeds": subseeds,
        "subseed_strength": request.variation_strength,
        "width": first.map_or(request.width, |it| Some(it.width)),
        "height": first.map_or(request.height, |it| Some(it.height)),
        "sampler_name": label(&["Sampler"]).or_else(|| request.sampler.clone()),
        "cfg_scale": first.map_or(request.cfg, |it| Some(it.cfg)),
        "steps": first.map_or(request.steps, |it| Some(it.steps)),
        "batch_size": request.batch,
        "restore_faces": false,
        "face_restoration_model": null,
        "sd_model_name": first.map(|it| it.model.name.as_str()),
        "sd_model_hash": hash,
        "sd_vae_name": vae.map(|it| it.name.as_str()),
        "sd_vae_hash": vae.and_then(|it| it.sha256.as_deref()?.get(..10)),
        "seed_resize_from_w": request.seed_resize_width.map_or(-1, i64::from),
        "seed_resize_from_h": request.seed_resize_height.map_or(-1, i64::from),
        "denoising_strength": strength,
        "extra_generation_params": {
            "Schedule type": label(&["Schedule type"]),
        },
        "index_of_first_image": 0,
        "infotexts": infotexts,
        "styles": request.styles,
        "job_timestamp": ZonedDateTime::now().strftime("%Y%m%d%H%M%S").to_string(),
        "clip_skip": first.map_or(request.clip_skip, |it| it.clip_skip),
        "is_using_inpainting_conditioning": false,
        "version": format!("aquatint {}", env!("CARGO_PKG_VERSION")),
    });
    // Ours: what is not honoured is never dropped without a word.
    info["ignored"] = json!(asked.ignored);
    if interrupted {
        info["interrupted"] = true.into();
    }
    info
}
