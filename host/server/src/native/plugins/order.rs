//! In which order plugins come where a request does not say it.

use std::path::{Path, PathBuf};

use aquatint_sandbox::document::{self, DocumentError};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::routes::plugin_id;
use crate::App;
use crate::http::{Body, Problem, Problems};

/// How many plugins may be ordered.
const MOST: usize = 1000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, change))
}

/// Plugins in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PluginOrder {
    /// The ids of plugins, at most 1000 and each once. Those that are not among them come behind them, by their ids.
    #[serde(default)]
    #[schema(max_items = 1000)]
    ids: Vec<String>,
}

fn path(data: &Path) -> PathBuf {
    data.join("plugin-order.toml")
}

impl PluginOrder {
    /// The order of a data folder.
    pub(crate) fn of(app: &App) -> Self {
        document::read(&path(app.data())).unwrap_or_else(|error: DocumentError| {
            tracing::warn!(%error, "the order of plugins");
            Self::default()
        })
    }

    /// What plugins are sorted by.
    pub(crate) fn key(&self, id: &str) -> (usize, String) {
        let at = self.ids.iter().position(|other| other == id);
        (at.unwrap_or(self.ids.len()), id.to_owned())
    }
}

/// Say in which order plugins come
///
/// They are listed in it, and A1111's always-on scripts, which come without an order, are applied in it. The plugins of a
/// request of our own come in the order that it has.
#[utoipa::path(get, path = "/plugin-order", tag = "plugins",
    responses((status = 200, body = PluginOrder), Problems))]
async fn show(State(app): State<App>) -> Result<Json<PluginOrder>, Problem> {
    app.blocking(|app| Ok(Json(PluginOrder::of(app)))).await
}

/// Put plugins in order
#[utoipa::path(put, path = "/plugin-order", tag = "plugins", request_body = PluginOrder,
    responses((status = 200, body = PluginOrder), Problems))]
async fn change(
    State(app): State<App>,
    Body(body): Body<PluginOrder>,
) -> Result<Json<PluginOrder>, Problem> {
    if body.ids.len() > MOST {
        let given = body.ids.len();
        return Err(Problem::field(
            "ids",
            format_args!("ids has {given} entries, expected at most {MOST}"),
        ));
    }
    for (index, id) in body.ids.iter().enumerate() {
        plugin_id(id).map_err(|problem| Problem::field("ids", problem.detail()))?;
        if body.ids[..index].contains(id) {
            return Err(Problem::field("ids", format_args!("`{id}` is there twice")));
        }
    }
    app.blocking(move |app| {
        let head = "# In which order plugins come where a request does not say it.";
        document::update(&path(app.data()), head, |order: &mut PluginOrder| {
            order.clone_from(&body);
            Ok::<_, DocumentError>(())
        })
        .map_err(Problem::internal)?;
        Ok(Json(body))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_order_comes_behind_it_by_its_id() {
        let order = PluginOrder {
            ids: vec!["zebra".to_owned(), "ant".to_owned()],
        };
        let mut ids = ["ant", "bee", "zebra", "cat"];
        ids.sort_by_key(|id| order.key(id));
        assert_eq!(ids, ["zebra", "ant", "bee", "cat"]);
    }
}
