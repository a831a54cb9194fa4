//! What plugins wrote.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::routes::{one, plugin_id};
use crate::App;
use crate::http::{Id, Params, Problem, Problems};
use crate::work::PluginLine;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(log))
}

/// Which lines.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PluginLogQuery {
    /// Behind this one, which is the last that is known.
    #[serde(default)]
    after: u64,
}

/// Some lines of a plugin's log.
#[derive(Serialize, ToSchema)]
struct PluginLogPage {
    /// The lines, in order.
    lines: Vec<PluginLine>,
}

/// Show what a plugin wrote, and what became of it
///
/// Of each plugin the last 200 lines are kept, since the server started.
#[utoipa::path(get, path = "/plugins/{id}/log", tag = "plugins", params(PluginLogQuery, ("id" = String, Path)),
    responses((status = 200, body = PluginLogPage), Problems))]
async fn log(
    State(app): State<App>,
    Id(id): Id<String>,
    Params(query): Params<PluginLogQuery>,
) -> Result<Json<PluginLogPage>, Problem> {
    let id = plugin_id(&id)?;
    app.blocking(move |app| {
        let lines = app.studios().plugin_log().of(id.as_str(), query.after);
        if lines.is_empty() {
            // One that wrote nothing is another thing than one that there is not.
            let Json(_) = one(app, &id)?;
        }
        Ok(Json(PluginLogPage { lines }))
    })
    .await
}
