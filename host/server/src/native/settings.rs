//! The server itself: what it is, what its bounds are, what may be changed while it runs.

use aquatint_diffusion::runtime::{self, Flavor};
use aquatint_sandbox::units::Bytes;
use aquatint_studio::stages::Budgets;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::QueueView;
use crate::App;
use crate::http::listener::Secure;
use crate::http::{Body, Problem, Problems};
use crate::security::{Caller, Scope, session_cookie};
use crate::work::doctor;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(server))
        .routes(routes!(session, begin, end))
        .routes(routes!(settings, change))
        .routes(routes!(runtimes))
        .routes(routes!(examine))
}

/// The server.
#[derive(Serialize, ToSchema)]
struct ServerView {
    /// The version of the program.
    version: &'static str,
    /// Seconds since it started.
    uptime: f64,
    /// The model in memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// The job that runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<RunningView>,
    /// How many jobs there are.
    queue: QueueView,
    /// What requests may ask for.
    limits: LimitsView,
}

/// The job that runs.
#[derive(Serialize, ToSchema)]
struct RunningView {
    /// Its number.
    job: i64,
    /// What is being done.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    /// Steps or cells that are done.
    done: u64,
    /// All of them; 0 if not known yet.
    total: u64,
    /// Seconds left.
    #[serde(skip_serializing_if = "Option::is_none")]
    eta: Option<f64>,
}

/// What requests may ask for.
#[derive(Serialize, ToSchema)]
struct LimitsView {
    /// The most bytes of a body.
    body: u64,
    /// The most pixels of a picture.
    pixels: u64,
    /// The most steps.
    steps: u32,
    /// The most pictures of a request.
    batch: u32,
    /// The most cells of a sweep.
    cells: u64,
    /// The most jobs that may wait.
    queue: u64,
}

/// Say what the server is and does
#[utoipa::path(get, path = "/server", tag = "server", responses((status = 200, body = ServerView), Problems))]
async fn server(State(app): State<App>) -> Result<Json<ServerView>, Problem> {
    app.blocking(|app| {
        let config = app.config();
        let queue = app.queue();
        Ok(Json(ServerView {
            version: env!("CARGO_PKG_VERSION"),
            uptime: app.uptime().as_secs_f64(),
            model: app.studios().loaded(),
            running: app.live().now().map(|now| RunningView {
                job: now.job.number(),
                stage: now.stage,
                done: now.done,
                total: now.total,
                eta: now.eta,
            }),
            queue: QueueView::of(queue.counts()?, queue.is_paused()?),
            limits: LimitsView {
                body: config.max_body,
                pixels: config.max_pixels,
                steps: config.max_steps,
                batch: config.max_batch,
                cells: config.max_cells,
                queue: config.max_queue,
            },
        }))
    })
    .await
}

/// Who asks.
#[derive(Serialize, ToSchema)]
struct SessionView {
    /// Whether a key is needed.
    needs_key: bool,
    /// What the key is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What may be done; nothing without a key where one is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Scope>,
}

/// Say what may be done
#[utoipa::path(get, path = "/session", tag = "server", responses((status = 200, body = SessionView), Problems))]
async fn session(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
) -> Json<SessionView> {
    let needs_key = !app.keys().current().is_empty();
    Json(SessionView {
        needs_key,
        scope: (caller.key.is_some() || !needs_key).then_some(caller.scope),
        name: caller.key.map(|key| key.name),
    })
}

/// A key, to be kept by a browser.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SessionBody {
    /// The key.
    key: String,
}

/// Keep a key in a cookie that no script can read
#[utoipa::path(post, path = "/session", tag = "server", request_body = SessionBody,
    responses((status = 204, description = "It is kept"), Problems))]
async fn begin(
    State(app): State<App>,
    Extension(Secure(secure)): Extension<Secure>,
    Body(body): Body<SessionBody>,
) -> Result<impl IntoResponse, Problem> {
    let mut headers = HeaderMap::new();
    let value = format!("Bearer {}", body.key)
        .parse()
        .map_err(|_| Problem::unauthorized("the key is not known"))?;
    headers.insert(header::AUTHORIZATION, value);
    // The one way that keys are checked.
    let known = crate::security::credentials(&headers).and_then(|key| app.keys().find(&key));
    match known {
        Some(key) if !key.is_expired(jiff::Timestamp::now()) => {}
        _ => {
            return Err(Problem::unauthorized(
                "the key is not known, or has expired",
            ));
        }
    }
    let cookie = session_cookie(Some(&body.key), secure);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]))
}

/// Forget the key
#[utoipa::path(delete, path = "/session", tag = "server",
    responses((status = 204, description = "It is forgotten"), Problems))]
async fn end(Extension(Secure(secure)): Extension<Secure>) -> impl IntoResponse {
    let cookie = session_cookie(None, secure);
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)])
}

/// What may be changed while the server runs.
#[derive(Serialize, ToSchema)]
struct SettingsView {
    /// How many bytes of results of stages are kept on disk.
    cache_disk: u64,
    /// How many are kept in memory.
    cache_memory: u64,
    /// How many bytes of pictures that drawings begin from are kept.
    inputs: u64,
}

/// What is to be changed; the rest stays.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettingsBody {
    /// How many bytes of results of stages are kept on disk.
    #[serde(default)]
    cache_disk: Option<u64>,
    /// How many are kept in memory.
    #[serde(default)]
    cache_memory: Option<u64>,
    /// How many bytes of pictures that drawings begin from are kept. What jobs wait for stays in any case.
    #[serde(default)]
    inputs: Option<u64>,
}

pub(super) fn budgets(app: &App) -> std::path::PathBuf {
    app.data().join("cache").join("stages.toml")
}

impl From<Budgets> for SettingsView {
    fn from(budgets: Budgets) -> Self {
        Self {
            cache_disk: budgets.disk.0,
            cache_memory: budgets.memory.0,
            inputs: budgets.inputs.0,
        }
    }
}

/// Say how the server is set up
#[utoipa::path(get, path = "/settings", tag = "server", responses((status = 200, body = SettingsView), Problems))]
async fn settings(State(app): State<App>) -> Result<Json<SettingsView>, Problem> {
    app.blocking(|app| {
        let budgets = Budgets::read(&budgets(app)).map_err(Problem::internal)?;
        Ok(Json(budgets.into()))
    })
    .await
}

/// Change how the server is set up; models are loaded anew for it
#[utoipa::path(patch, path = "/settings", tag = "server", request_body = SettingsBody,
    responses((status = 200, body = SettingsView), Problems))]
async fn change(
    State(app): State<App>,
    Body(body): Body<SettingsBody>,
) -> Result<Json<SettingsView>, Problem> {
    // TOML has no larger numbers.
    for (field, value) in [
        ("cache_disk", body.cache_disk),
        ("cache_memory", body.cache_memory),
        ("inputs", body.inputs),
    ] {
        if value.is_some_and(|value| i64::try_from(value).is_err()) {
            return Err(Problem::field(
                field,
                "expected at most 9223372036854775807",
            ));
        }
    }
    app.blocking(move |app| {
        let budgets = Budgets::update(&budgets(app), |budgets| {
            budgets.disk = body.cache_disk.map_or(budgets.disk, Bytes);
            budgets.memory = body.cache_memory.map_or(budgets.memory, Bytes);
            budgets.inputs = body.inputs.map_or(budgets.inputs, Bytes);
        })
        .map_err(Problem::internal)?;
        app.uploads().tidy(app);
        if body.cache_disk.is_some() || body.cache_memory.is_some() {
            app.studios().reopen();
        }
        Ok(Json(budgets.into()))
    })
    .await
}

/// A build of ONNX Runtime.
#[derive(Serialize, ToSchema)]
struct RuntimeView {
    /// Its name.
    name: &'static str,
    /// What it is for.
    about: &'static str,
    /// The version that can be installed on this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<String>,
    /// The versions that are installed.
    installed: Vec<String>,
}

/// List the builds of what computes
#[utoipa::path(get, path = "/runtime", tag = "server", responses((status = 200, body = Vec<RuntimeView>), Problems))]
async fn runtimes(State(app): State<App>) -> Result<Json<Vec<RuntimeView>>, Problem> {
    app.blocking(|app| {
        let installed = runtime::installed(app.data());
        let view = Flavor::ALL.into_iter().map(|flavor| RuntimeView {
            name: flavor.name(),
            about: flavor.about(),
            available: flavor.build().map(|build| build.version.to_string()),
            installed: installed
                .iter()
                .filter(|it| it.flavor == flavor && it.damage.is_none())
                .map(|it| it.version.to_string())
                .collect(),
        });
        Ok(Json(view.collect()))
    })
    .await
}

/// Try everything that may compute
///
/// This takes seconds: each is tried in a process of its own. Needs the scope `admin`.
#[utoipa::path(get, path = "/runtime/doctor", tag = "server",
    responses((status = 200, body = Vec<Object>), Problems))]
async fn examine(State(app): State<App>) -> Result<Json<serde_json::Value>, Problem> {
    let found = doctor(app.data()).await;
    found.map(Json).map_err(Problem::unavailable)
}
