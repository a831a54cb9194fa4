//! Everything that is listed.

use aquatint_diffusion::sampler::SamplerKind;
use aquatint_diffusion::sigmas::Schedule;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use crate::App;
use crate::http::Problem;

/// Ways to enlarge a picture, and their names.
pub(super) const UPSCALERS: [&str; 3] = ["None", "Lanczos", "Nearest"];

pub(super) fn routes() -> Router<App> {
    let nothing = || get(|| async { Json(json!([])) });
    let done = || post(|| async { Json(Value::Null) });
    Router::new()
        .route("/sdapi/v1/samplers", get(samplers))
        .route("/sdapi/v1/schedulers", get(schedulers))
        .route("/sdapi/v1/upscalers", get(upscalers))
        .route("/sdapi/v1/latent-upscale-modes", get(latent_modes))
        .route("/sdapi/v1/sd-models", get(models))
        .route("/sdapi/v1/sd-vae", get(vaes))
        .route("/sdapi/v1/hypernetworks", nothing())
        .route("/sdapi/v1/face-restorers", nothing())
        .route("/sdapi/v1/realesrgan-models", nothing())
        .route("/sdapi/v1/prompt-styles", get(styles))
        .route("/sdapi/v1/extensions", nothing())
        .route("/sdapi/v1/loras", nothing())
        // Older clients still ask.
        .route("/sdapi/v1/artist-categories", nothing())
        .route("/sdapi/v1/artists", nothing())
        .route("/sdapi/v1/embeddings", get(embeddings))
        .route("/sdapi/v1/memory", get(memory))
        .route("/sdapi/v1/refresh-checkpoints", done())
        .route("/sdapi/v1/refresh-vae", done())
        .route("/sdapi/v1/refresh-loras", done())
        .route("/sdapi/v1/refresh-embeddings", done())
        .route("/sdapi/v1/unload-checkpoint", post(unload))
        // What is drawn next loads what it needs.
        .route(
            "/sdapi/v1/reload-checkpoint",
            post(|| async { Json(json!({})) }),
        )
}

async fn samplers() -> Json<Value> {
    let list = SamplerKind::ALL
        .into_iter()
        .map(|kind| json!({"name": kind.label(), "aliases": kind.aliases(), "options": {}}));
    Json(list.collect())
}

async fn schedulers() -> Json<Value> {
    let list = Schedule::ALL.into_iter().map(|schedule| {
        // The model's own is what is automatic there.
        let (name, label) = match schedule {
            Schedule::Model => ("automatic", "Automatic"),
            other => (other.id(), other.label()),
        };
        let rho = matches!(name, "karras").then_some(7.0);
        json!({
            "name": name,
            "label": label,
            "aliases": schedule.aliases(),
            "default_rho": rho.unwrap_or(-1.0),
            "need_inner_model": false,
        })
    });
    Json(list.collect())
}

async fn upscalers() -> Json<Value> {
    let list = UPSCALERS.into_iter().map(|name| {
        json!({"name": name, "model_name": null, "model_path": null, "model_url": null, "scale": 4.0})
    });
    Json(list.collect())
}

async fn latent_modes() -> Json<Value> {
    let names = [
        "Latent",
        "Latent (antialiased)",
        "Latent (bicubic)",
        "Latent (bicubic antialiased)",
        "Latent (nearest)",
        "Latent (nearest-exact)",
    ];
    Json(
        names
            .into_iter()
            .map(|name| json!({"name": name}))
            .collect(),
    )
}

async fn styles(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.blocking(|app| {
        let styles = app.checks().styles()?.into_iter();
        let list = styles.map(|style| {
            json!({
                "name": style.name,
                "prompt": style.prompt,
                "negative_prompt": style.negative,
            })
        });
        Ok(Json(list.collect()))
    })
    .await
}

/// Those that are for the model that is drawn with where none is named, and those that are not.
async fn embeddings(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.blocking(|app| {
        let model = app.options().get().model;
        let (mut loaded, mut skipped) = (Map::new(), Map::new());
        for embedding in app.checks().embeddings(model.as_deref())? {
            let to = match embedding.problem {
                None => &mut loaded,
                Some(_) => &mut skipped,
            };
            let (vectors, shape) = embedding.size.unzip();
            let shown = json!({
                "step": null,
                "sd_checkpoint": null,
                "sd_checkpoint_name": null,
                "shape": shape,
                "vectors": vectors,
            });
            to.insert(embedding.name, shown);
        }
        Ok(Json(json!({"loaded": loaded, "skipped": skipped})))
    })
    .await
}

/// Names, and no path of this machine.
async fn models(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.blocking(|app| {
        let names = app.checks().models().into_iter();
        let list = names.map(|name| {
            json!({
                "title": name,
                "model_name": name,
                "hash": null,
                "sha256": null,
                "filename": name,
                "config": null,
            })
        });
        Ok(Json(list.collect()))
    })
    .await
}

/// The same for VAEs.
async fn vaes(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.blocking(|app| {
        let names = app.checks().vaes().into_iter();
        let list = names.map(|name| json!({"model_name": name, "filename": name}));
        Ok(Json(list.collect()))
    })
    .await
}

async fn unload(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.blocking(|app| {
        app.studios().unload();
        Ok(Json(json!({})))
    })
    .await
}

async fn memory(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.blocking(|_| {
        let ram = match read_memory() {
            Some((total, free)) => {
                json!({"free": free, "used": total.saturating_sub(free), "total": total})
            }
            None => json!({"error": "not known on this system"}),
        };
        Ok(Json(json!({"ram": ram, "cuda": {"error": "unavailable"}})))
    })
    .await
}

/// All memory and what is free of it, in bytes, where the system has it as Linux does.
fn read_memory() -> Option<(u64, u64)> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let of = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kibibytes * 1024)
    };
    Some((of("MemTotal:")?, of("MemAvailable:")?))
}
