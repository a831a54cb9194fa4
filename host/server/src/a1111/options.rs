//! A1111's settings: those that mean something here are kept, others are named.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::prompt::Emphasis;
use aquatint_sandbox::document::{Readers, replace};
use aquatint_studio::{Decoder, Encoding};
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::asked::model_named;
use super::fields::{decoder, whole};
use crate::App;
use crate::http::{Body, Problem};

/// Settings that are read and mean nothing else than what they already are.
const FIXED: [(&str, &str); 1] = [("grid_format", "png")];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sdapi/v1/options", get(show).post(change))
        .route("/sdapi/v1/cmd-flags", get(flags))
}

/// The settings that are kept.
#[derive(Debug)]
pub(crate) struct Options {
    path: PathBuf,
    values: Mutex<Values>,
}

/// What is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Values {
    /// The model that is drawn with where none is named.
    pub(super) model: Option<String>,
    /// The VAE in the place of models' own, where none is named.
    pub(super) vae: Option<String>,
    /// Where noise comes from.
    pub(super) noise: NoiseKind,
    /// Which layer of the text encoder is taken, from the last one on.
    pub(super) clip_skip: u32,
    /// What becomes of the weights of words.
    pub(super) emphasis: Emphasis,
    /// What is added to the seed for the noise of the steps.
    pub(super) eta_noise_seed_delta: u32,
    /// What makes pixels.
    pub(super) decoder: Decoder,
    /// How pictures are encoded: `png`, `jpg` or `webp`.
    pub(super) format: String,
    /// How well, 1 to 100, where something is lost.
    pub(super) quality: u32,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            model: None,
            vae: None,
            noise: NoiseKind::default(),
            clip_skip: 1,
            emphasis: Emphasis::default(),
            eta_noise_seed_delta: 0,
            decoder: Decoder::default(),
            format: "png".to_owned(),
            quality: 80,
        }
    }
}

impl Options {
    pub(crate) fn open(data: &Path) -> Self {
        let path = data.join("a1111-options.json");
        let read = std::fs::read(&path).ok();
        let values = read.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self {
            path,
            values: Mutex::new(values.unwrap_or_default()),
        }
    }

    pub(super) fn get(&self) -> Values {
        self.lock().clone()
    }

    fn set(&self, values: Values) -> Result<(), Problem> {
        let bytes = serde_json::to_vec_pretty(&values).map_err(Problem::internal)?;
        let mut kept = self.lock();
        replace(&self.path, &bytes, Readers::Maker).map_err(Problem::internal)?;
        *kept = values;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Values> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn show(State(app): State<App>) -> Json<Value> {
    let values = app.options().get();
    let model = values
        .model
        .unwrap_or_else(|| aquatint_studio::STARTER.to_owned());
    let mut shown = json!({
        "sd_model_checkpoint": model,
        "sd_checkpoint_hash": "",
        "sd_vae": values.vae.as_deref().unwrap_or("Automatic"),
        "randn_source": match values.noise {
            NoiseKind::Philox => "NV",
            _ => "CPU",
        },
        "CLIP_stop_at_last_layers": values.clip_skip,
        "emphasis": values.emphasis.label(),
        "eta_noise_seed_delta": values.eta_noise_seed_delta,
        "sd_vae_decode_method": match values.decoder {
            Decoder::Full => "Full",
            Decoder::Tiny => "TAESD",
        },
        "jpeg_quality": values.quality,
        "samples_format": values.format,
        "samples_save": true,
        "grid_save": false,
        "return_grid": false,
        "enable_pnginfo": true,
        "live_previews_enable": true,
        "show_progress_every_n_steps": 1,
    });
    for (key, value) in FIXED {
        shown[key] = value.into();
    }
    Json(shown)
}

/// A1111 answers `null`. What is not honoured is named, where there is any.
async fn change(
    State(app): State<App>,
    Body(body): Body<Map<String, Value>>,
) -> Result<Json<Value>, Problem> {
    app.blocking(move |app| {
        let mut values = app.options().get();
        let mut ignored = Vec::new();
        for (key, value) in &body {
            let text = value.as_str().unwrap_or_default();
            match key.as_str() {
                "sd_model_checkpoint" if !text.is_empty() => {
                    values.model = Some(model_named(app, text)?);
                }
                "sd_vae" if value.is_string() => values.vae = app.checks().vae_named(text)?,
                "randn_source" => {
                    values.noise = match text {
                        "GPU" => NoiseKind::default(),
                        text => text
                            .parse()
                            .map_err(|error| Problem::field("randn_source", error))?,
                    };
                }
                "samples_format" => {
                    Encoding::new(text, None, false)
                        .map_err(|error| Problem::field("samples_format", error))?;
                    text.clone_into(&mut values.format);
                }
                "jpeg_quality" => {
                    let quality = value.as_u64().filter(|it| (1..=100).contains(it));
                    let quality = quality.and_then(|it| u32::try_from(it).ok());
                    values.quality = quality
                        .ok_or_else(|| Problem::field("jpeg_quality", "expected 1 to 100"))?;
                }
                "CLIP_stop_at_last_layers" => {
                    values.clip_skip = whole(value)
                        .ok()
                        .filter(|layer| (1..=12).contains(layer))
                        .ok_or_else(|| Problem::field(key, "expected 1 to 12"))?;
                }
                "emphasis" => {
                    values.emphasis = text
                        .parse()
                        .map_err(|error| Problem::field("emphasis", error))?;
                }
                "eta_noise_seed_delta" => {
                    values.eta_noise_seed_delta =
                        whole(value).map_err(|why| Problem::field(key, why))?;
                }
                "sd_vae_decode_method" => {
                    values.decoder = decoder(value).map_err(|why| Problem::field(key, why))?;
                }
                key if FIXED.contains(&(key, text)) => {}
                key => ignored.push(aquatint_sandbox::names::shown(key)),
            }
        }
        app.options().set(values)?;
        Ok(Json(match ignored.is_empty() {
            true => Value::Null,
            false => json!({"ignored": ignored}),
        }))
    })
    .await
}

/// No path and no secret.
async fn flags(State(app): State<App>) -> Json<Value> {
    let config = app.config();
    Json(json!({
        "api": true,
        "nowebui": false,
        "listen": !config.is_local(),
        "port": config.port,
        "server_name": null,
        "api_auth": null,
        "gradio_auth": null,
        "tls_certfile": null,
        "tls_keyfile": null,
        "api_server_stop": false,
        "ckpt_dir": null,
        "data_path": "",
    }))
}
