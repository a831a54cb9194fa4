//! What the server wrote into its log.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::limit;
use crate::App;
use crate::http::{Params, Problem, Problems};
use crate::logs::{LogView, recent};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(log))
}

/// Which lines.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct LogQuery {
    /// Behind this one, which is the last that is known.
    #[serde(default)]
    #[param(format = "uint64")]
    after: u64,
    /// Those that matter at least so much.
    #[serde(default)]
    #[param(inline)]
    level: LevelName,
    /// The last so many.
    #[serde(default = "two_hundred")]
    #[param(minimum = 1, maximum = 1000)]
    limit: u32,
}

fn two_hundred() -> u32 {
    200
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum LevelName {
    /// Something is broken.
    Error,
    /// Something is not as it should be.
    Warn,
    /// What people want to know.
    #[default]
    Info,
    /// What helps to find errors.
    Debug,
    /// Everything.
    Trace,
}

/// Some lines of the log.
#[derive(Serialize, ToSchema)]
struct LogPage {
    /// The lines, in order.
    lines: Vec<LogView>,
}

/// Show the last lines of the log
///
/// The server keeps a thousand; how much it logs at all says the setting `log_level`. Needs the scope `admin`.
#[utoipa::path(get, path = "/log", tag = "server", params(LogQuery),
    responses((status = 200, body = LogPage), Problems))]
async fn log(Params(query): Params<LogQuery>) -> Result<Json<LogPage>, Problem> {
    limit(query.limit)?;
    let least = match query.level {
        LevelName::Error => tracing::Level::ERROR,
        LevelName::Warn => tracing::Level::WARN,
        LevelName::Info => tracing::Level::INFO,
        LevelName::Debug => tracing::Level::DEBUG,
        LevelName::Trace => tracing::Level::TRACE,
    };
    Ok(Json(LogPage {
        lines: recent(query.after, least, query.limit as usize),
    }))
}
