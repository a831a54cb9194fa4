//! What is done to the queue as a whole.

use aquatint_studio::jobs::State as JobsState;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::QueueView;
use super::view::JobState;
use crate::App;
use crate::http::{Body, Problem, Problems};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(queue))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(cancel_waiting))
        .routes(routes!(clear))
}

/// Count jobs
#[utoipa::path(get, path = "/queue", tag = "jobs", responses((status = 200, body = QueueView), Problems))]
async fn queue(State(app): State<App>) -> Result<Json<QueueView>, Problem> {
    app.blocking(look).await
}

fn look(app: &App) -> Result<Json<QueueView>, Problem> {
    let queue = app.queue();
    Ok(Json(QueueView::of(queue.counts()?, queue.is_paused()?)))
}

/// Begin no further job; what runs runs on
#[utoipa::path(post, path = "/queue/pause", tag = "jobs", responses((status = 200, body = QueueView), Problems))]
async fn pause(State(app): State<App>) -> Result<Json<QueueView>, Problem> {
    app.blocking(|app| {
        app.queue().pause()?;
        look(app)
    })
    .await
}

/// Go on after a pause
#[utoipa::path(post, path = "/queue/resume", tag = "jobs", responses((status = 200, body = QueueView), Problems))]
async fn resume(State(app): State<App>) -> Result<Json<QueueView>, Problem> {
    app.blocking(|app| {
        app.queue().resume()?;
        look(app)
    })
    .await
}

/// What came of something that was done to many jobs.
#[derive(Serialize, ToSchema)]
struct CountView {
    /// To how many it was done.
    count: u64,
}

/// Cancel every job that waits; what runs runs on
#[utoipa::path(post, path = "/queue/cancel", tag = "jobs", responses((status = 200, body = CountView), Problems))]
async fn cancel_waiting(State(app): State<App>) -> Result<Json<CountView>, Problem> {
    app.blocking(|app| {
        let count = app.queue().cancel_waiting()?.len() as u64;
        Ok(Json(CountView { count }))
    })
    .await
}

/// Which jobs are forgotten.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClearBody {
    /// Those in these states; all that have ended if there are none.
    #[serde(default)]
    states: Vec<JobState>,
}

/// Forget jobs that have ended; their pictures stay
#[utoipa::path(post, path = "/queue/clear", tag = "jobs", request_body = ClearBody,
    responses((status = 200, body = CountView), Problems))]
async fn clear(
    State(app): State<App>,
    Body(body): Body<ClearBody>,
) -> Result<Json<CountView>, Problem> {
    app.blocking(move |app| {
        let all = JobsState::ENDED.into_iter();
        let wanted =
            |state: &JobsState| body.states.is_empty() || body.states.contains(&(*state).into());
        let states: Vec<_> = all.filter(wanted).collect();
        let count = app.queue().clear(&states)? as u64;
        Ok(Json(CountView { count }))
    })
    .await
}
