//! How far drawing is, and stopping it. What A1111 knows as one job is here the request of one client: what is stopped
//! is what runs, and of the same request what follows; other requests are left alone.

use aquatint_studio::jobs::{JobId, Preview, State as JobState};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::generate::from_job;
use super::images::encode;
use crate::App;
use crate::http::{Body, Params, Problem};
use crate::work::Now;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sdapi/v1/progress", get(progress))
        .route("/sdapi/v1/interrupt", post(interrupt))
        .route("/sdapi/v1/skip", post(skip))
        .route("/internal/progress", post(internal))
        .route("/internal/pending-tasks", get(pending))
}

#[derive(Deserialize)]
struct ProgressQuery {
    #[serde(default)]
    skip_current_image: Option<String>,
}

/// Where the job stands among those of its request, from 0, and how many those are.
fn place(app: &App, job: JobId) -> (usize, usize) {
    match app.tasks().of_job(job) {
        Some(task) => {
            let at = task.jobs.iter().position(|other| *other == job);
            (at.unwrap_or(0), task.jobs.len())
        }
        None => (0, 1),
    }
}

/// From 0.01 on once something runs, as there.
fn share(app: &App, now: &Now) -> f64 {
    let (at, count) = place(app, now.job);
    let own = match now.total {
        0 => 0.0,
        total => now.done as f64 / total as f64,
    };
    ((at as f64 + own) / count as f64).clamp(0.01, 1.0)
}

async fn progress(
    State(app): State<App>,
    Params(query): Params<ProgressQuery>,
) -> Result<Json<Value>, Problem> {
    let skips = matches!(
        query.skip_current_image.as_deref(),
        Some("true" | "True" | "1")
    );
    let now = match skips {
        true => app.live().now(),
        false => app.live().now_with_preview(),
    };
    let Some(now) = now else {
        return Ok(Json(json!({
            "progress": 0.0,
            "eta_relative": 0.0,
            "state": state("", 0, 0, "0", 0, 0),
            "current_image": null,
            "textinfo": null,
        })));
    };
    let (at, count) = place(&app, now.job);
    let task = app.tasks().of_job(now.job).map(|task| task.id);
    let began = now.since.strftime("%Y%m%d%H%M%S").to_string();
    let name = task.unwrap_or_else(|| format!("job({})", now.job));
    let image = now.preview.as_ref().filter(|_| !skips);
    Ok(Json(json!({
        "progress": share(&app, &now),
        "eta_relative": now.eta.unwrap_or(0.0),
        "state": state(&name, count, at, &began, now.done, now.total),
        "current_image": image.map(|it| encode(&it.png)),
        "textinfo": now.stage,
    })))
}

fn state(job: &str, count: usize, at: usize, began: &str, done: u64, total: u64) -> Value {
    json!({
        "skipped": false,
        "interrupted": false,
        "stopping_generation": false,
        "job": job,
        "job_count": count,
        "job_timestamp": began,
        "job_no": at,
        "sampling_step": done,
        "sampling_steps": total,
    })
}

/// Stops what runs, and what follows of the same request, if that came from here: other jobs are others' business.
async fn interrupt(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.blocking(|app| {
        if let Some(now) = app.live().now()
            && let Some(task) = app.tasks().of_job(now.job)
        {
            // From the last to the first, so that none begins meanwhile.
            for job in from_job(&task.jobs, now.job).into_iter().rev() {
                cancel(app, job)?;
            }
        }
        Ok(Json(json!({})))
    })
    .await
}

/// Stops what runs, if it came from here. What follows is drawn.
async fn skip(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.blocking(|app| {
        if let Some(now) = app.live().now()
            && app.tasks().of_job(now.job).is_some()
        {
            cancel(app, now.job)?;
        }
        Ok(Json(Value::Null))
    })
    .await
}

/// One that has ended meanwhile needs nothing.
fn cancel(app: &App, job: JobId) -> Result<(), Problem> {
    use aquatint_studio::jobs::QueueError;
    match app.queue().cancel(job) {
        Ok(_) | Err(QueueError::State { .. } | QueueError::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct InternalBody {
    #[serde(default)]
    id_task: Option<String>,
    #[serde(default)]
    id_live_preview: Option<i64>,
    #[serde(default)]
    live_preview: Option<bool>,
}

/// How far one request is, by the name that its client gave it.
async fn internal(
    State(app): State<App>,
    Body(body): Body<InternalBody>,
) -> Result<Json<Value>, Problem> {
    let id = body.id_task.unwrap_or_default();
    let task = app.tasks().get(&id);
    let now = match body.live_preview {
        Some(false) => app.live().now(),
        _ => app.live().now_with_preview(),
    };
    let now = now.filter(|now| task.as_ref().is_some_and(|it| it.jobs.contains(&now.job)));
    let completed = task.as_ref().is_some_and(|task| task.done);
    let active = now.is_some();
    let queued = task.is_some() && !completed && !active;
    let seen = body.id_live_preview.unwrap_or(-1);
    let preview = now
        .as_ref()
        .filter(|now| i64::try_from(now.preview_id).is_ok_and(|id| id != seen))
        .and_then(|now| {
            now.preview
                .as_ref()
                .map(|preview| (now.preview_id, preview))
        });
    Ok(Json(json!({
        "active": active,
        "queued": queued,
        "completed": completed,
        "progress": now.as_ref().map(|now| share(&app, now)),
        "eta": now.as_ref().and_then(|now| now.eta),
        "live_preview": preview.map(|(_, preview)| data_url(preview)),
        "id_live_preview": preview.map_or(seen, |(id, _)| id.cast_signed()),
        "textinfo": match (&now, queued) {
            (Some(now), _) => now.stage.clone(),
            (None, true) => Some(waiting(&app, task.as_ref().map_or(&[], |it| &it.jobs)).await?),
            (None, false) => None,
        },
    })))
}

fn data_url(preview: &Preview) -> String {
    format!("data:image/png;base64,{}", encode(&preview.png))
}

async fn waiting(app: &App, jobs: &[JobId]) -> Result<String, Problem> {
    let first = jobs.first().copied();
    app.blocking(move |app| {
        let is_over = match first {
            Some(id) => app
                .queue()
                .get(id)
                .is_ok_and(|job| job.state != JobState::Queued),
            None => true,
        };
        Ok(match is_over {
            true => "Waiting...".to_owned(),
            false => {
                let queued = app.recent_counts()?.queued;
                format!("In queue: {queued}")
            }
        })
    })
    .await
}

async fn pending(State(app): State<App>) -> Json<Value> {
    let tasks: Vec<String> = app.tasks().pending().into_iter().map(|it| it.id).collect();
    Json(json!({"size": tasks.len(), "tasks": tasks}))
}
