use aquatint_studio::Request;
use aquatint_studio::jobs::{Cancelled, Filter, JobId, Place, State as JobsState};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{JobView, QueueView, Submission, submit};
use crate::App;
use crate::http::{Body, Id, Params, Problem, Problems};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add, list))
        .routes(routes!(show, forget))
        .routes(routes!(cancel))
        .routes(routes!(retry))
        .routes(routes!(place))
        .routes(routes!(attempts))
        .merge(super::queue::routes())
}

/// A number of the path as a job's.
pub(crate) fn job_id(text: &str) -> Result<JobId, Problem> {
    text.parse().map_err(Problem::not_found)
}

/// A drawing to be queued.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewJobBody {
    /// What is drawn.
    request: Request,
    /// Higher ones come first; 0 is usual.
    #[serde(default)]
    priority: i32,
    /// How many seconds one attempt may take.
    #[serde(default)]
    #[schema(exclusive_minimum = 0)]
    deadline: Option<f64>,
    /// What its files are called, such as `[date]/[prompt_words]-[number]`.
    #[serde(default)]
    name: Option<String>,
    /// Compute everything anew, and keep nothing of it.
    #[serde(default)]
    no_cache: bool,
}

/// Queue a drawing
///
/// With an `Idempotency-Key` the same request again gives the same job.
#[utoipa::path(post, path = "/jobs", tag = "jobs", request_body = NewJobBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 190 bytes")),
    responses((status = 202, description = "It waits", body = JobView,
        headers(("Location" = String, description = "Where it is"))), Problems))]
async fn add(
    State(app): State<App>,
    headers: HeaderMap,
    Body(body): Body<NewJobBody>,
) -> Result<impl IntoResponse, Problem> {
    let key = idempotency_key(&headers)?;
    let job = app
        .blocking(move |app| {
            let jobs = submit(
                app,
                vec![Submission {
                    request: body.request,
                    priority: body.priority,
                    deadline: body.deadline,
                    pattern: body.name,
                    no_cache: body.no_cache,
                    key,
                    source: "api",
                    ..Submission::default()
                }],
            )?;
            jobs.into_iter()
                .next()
                .ok_or_else(|| Problem::internal("no job came of it"))
        })
        .await?;
    Ok(accepted(JobView::of(job)))
}

/// The answer to what was queued.
pub(crate) fn accepted(job: JobView) -> impl IntoResponse {
    let place = format!("/api/v1/jobs/{}", job.id());
    (StatusCode::ACCEPTED, [(header::LOCATION, place)], Json(job))
}

pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .ok()
        .filter(|text| (1..=190).contains(&text.len()));
    match text {
        Some(text) => Ok(Some(format!("http:{text}"))),
        None => Err(Problem::malformed(
            "Idempotency-Key: expected 1 to 190 visible letters of ASCII",
        )),
    }
}

/// Which jobs.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct JobsQuery {
    /// States, with commas between them: queued, running, done, failed, cancelled. All if there are none.
    #[param(example = "queued,running")]
    state: Option<String>,
    /// `generate`, `sweep` or `replay`.
    kind: Option<String>,
    /// Older than this job, which is the last of the page before.
    #[param(minimum = 1)]
    before: Option<i64>,
    /// Jobs that wait, in the order in which they will be done, instead of the newest first.
    #[serde(default)]
    waiting: bool,
    /// With `waiting`: without the first so many.
    #[serde(default)]
    #[param(format = "uint32")]
    skip: u32,
    /// At most so many.
    #[serde(default = "hundred")]
    #[param(minimum = 1, maximum = 1000)]
    limit: u32,
}

fn hundred() -> u32 {
    100
}

/// Some jobs.
#[derive(Serialize, ToSchema)]
struct JobsPage {
    /// The jobs.
    jobs: Vec<JobView>,
    /// The `before` of the next page; there is none if this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
    /// All there are.
    queue: QueueView,
}

/// List jobs, the newest first
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(JobsQuery),
    responses((status = 200, body = JobsPage), Problems))]
async fn list(
    State(app): State<App>,
    Params(query): Params<JobsQuery>,
) -> Result<Json<JobsPage>, Problem> {
    limit(query.limit)?;
    let states = states(query.state.as_deref())?;
    app.blocking(move |app| {
        let queue = app.queue();
        let most = query.limit as usize;
        let jobs = if query.waiting {
            queue.waiting(query.skip as usize, most)?
        } else {
            queue.list(&Filter {
                states,
                kind: query.kind,
                before: query.before.map(|id| job_id(&id.to_string())).transpose()?,
                limit: most,
            })?
        };
        let is_full = jobs.len() == most && !query.waiting;
        let next = jobs.last().filter(|_| is_full).map(|job| job.id.number());
        Ok(Json(JobsPage {
            jobs: jobs.into_iter().map(JobView::of).collect(),
            next,
            queue: QueueView::of(queue.counts()?, queue.is_paused()?),
        }))
    })
    .await
}

pub(crate) fn limit(given: u32) -> Result<(), Problem> {
    match given {
        1..=1000 => Ok(()),
        _ => Err(Problem::field(
            "limit",
            format_args!("limit is {given}, expected 1 to 1000"),
        )),
    }
}

fn states(text: Option<&str>) -> Result<Vec<JobsState>, Problem> {
    text.unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|error| Problem::field("state", error)))
        .collect()
}

/// Show a job
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, body = JobView), Problems))]
async fn show(State(app): State<App>, Id(id): Id<String>) -> Result<Json<JobView>, Problem> {
    let id = job_id(&id)?;
    app.blocking(move |app| Ok(Json(JobView::of(app.queue().get(id)?))))
        .await
}

/// Forget a job that has ended; its pictures stay
#[utoipa::path(delete, path = "/jobs/{id}", tag = "jobs", params(("id" = i64, Path, minimum = 1)),
    responses((status = 204, description = "It is forgotten"), Problems))]
async fn forget(State(app): State<App>, Id(id): Id<String>) -> Result<StatusCode, Problem> {
    let id = job_id(&id)?;
    app.blocking(move |app| {
        app.queue().remove(id)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Stop a job: one that waits at once, one that runs within a step
#[utoipa::path(post, path = "/jobs/{id}/cancel", tag = "jobs", params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, description = "It is stopped", body = JobView),
        (status = 202, description = "Its worker is told", body = JobView), Problems))]
async fn cancel(
    State(app): State<App>,
    Id(id): Id<String>,
) -> Result<(StatusCode, Json<JobView>), Problem> {
    let id = job_id(&id)?;
    app.blocking(move |app| {
        let status = match app.queue().cancel(id)? {
            Cancelled::AtOnce => StatusCode::OK,
            Cancelled::Asked => StatusCode::ACCEPTED,
        };
        Ok((status, Json(JobView::of(app.queue().get(id)?))))
    })
    .await
}

/// Queue a job again that failed or was cancelled
#[utoipa::path(post, path = "/jobs/{id}/retry", tag = "jobs", params(("id" = i64, Path, minimum = 1)),
    responses((status = 202, description = "It waits", body = JobView), Problems))]
async fn retry(
    State(app): State<App>,
    Id(id): Id<String>,
) -> Result<(StatusCode, Json<JobView>), Problem> {
    let id = job_id(&id)?;
    app.blocking(move |app| {
        let job = app.queue().retry(id)?;
        Ok((StatusCode::ACCEPTED, Json(JobView::of(job))))
    })
    .await
}

/// Where a job is to be in the queue.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum PlaceBody {
    /// Before all others (`true`).
    Top(bool),
    /// Behind all others (`true`).
    Bottom(bool),
    /// Right before this job.
    Before(i64),
    /// Right behind this job.
    After(i64),
    /// Among the jobs of this priority.
    Priority(i32),
}

/// Change when a job that waits is done
#[utoipa::path(post, path = "/jobs/{id}/move", tag = "jobs", params(("id" = i64, Path, minimum = 1)),
    request_body = PlaceBody, responses((status = 200, body = JobView), Problems))]
async fn place(
    State(app): State<App>,
    Id(id): Id<String>,
    Body(body): Body<PlaceBody>,
) -> Result<Json<JobView>, Problem> {
    let id = job_id(&id)?;
    app.blocking(move |app| {
        let queue = app.queue();
        let beside = |other: i64| job_id(&other.to_string());
        let place = match body {
            PlaceBody::Top(true) => Some(Place::Top),
            PlaceBody::Bottom(true) => Some(Place::Bottom),
            PlaceBody::Top(false) | PlaceBody::Bottom(false) => {
                return Err(Problem::invalid("expected true"));
            }
            PlaceBody::Before(other) => Some(Place::Before(beside(other)?)),
            PlaceBody::After(other) => Some(Place::After(beside(other)?)),
            PlaceBody::Priority(priority) => {
                queue.set_priority(id, priority)?;
                None
            }
        };
        if let Some(place) = place {
            queue.place(id, place)?;
        }
        Ok(Json(JobView::of(queue.get(id)?)))
    })
    .await
}

/// One time that a job was worked on.
#[derive(Serialize, ToSchema)]
struct AttemptView {
    /// Which one, from 1.
    number: u32,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// How: `done`, `failed`, `cancelled`, `stopped` or `interrupted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    result: Option<aquatint_studio::jobs::AttemptResult>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// Show every time that a job was worked on
#[utoipa::path(get, path = "/jobs/{id}/attempts", tag = "jobs", params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, body = Vec<AttemptView>), Problems))]
async fn attempts(
    State(app): State<App>,
    Id(id): Id<String>,
) -> Result<Json<Vec<AttemptView>>, Problem> {
    let id = job_id(&id)?;
    app.blocking(move |app| {
        let attempts = app.queue().attempts(id)?.into_iter();
        let view = attempts.map(|attempt| AttemptView {
            number: attempt.number,
            started_at: attempt.started_at,
            ended_at: attempt.ended_at,
            result: attempt.result,
            failure: attempt.failure.map(|failure| failure.message),
        });
        Ok(Json(view.collect()))
    })
    .await
}
