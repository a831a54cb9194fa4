//! `/api/v1`: our own API. One file a family of routes; the description as OpenAPI is made from them.
//!
//! | module | routes |
//! |---|---|
//! | `jobs` | `/jobs`, `/queue`: drawings that wait, run and have ended |
//! | `events` | `/events`, `/jobs/{id}/events`, `/socket`: what happens, as it happens |
//! | `pictures` | `/pictures`: what was drawn, with files, thumbnails and recipes |
//! | `uploads` | `/uploads`: pictures that requests name |
//! | `parameters` | `/parameters`: what a picture or a text says of how to draw |
//! | `models` | `/models` |
//! | `lists` | `/samplers`, `/schedules`, `/providers`, `/styles`, `/embeddings` |
//! | `plugins` | `/plugins`, `/plugin-order`, `/proposals` |
//! | `sweeps` | `/sweeps` |
//! | `tokens` | `/tokens`: how long a prompt is |
//! | `settings` | `/settings`, `/runtime`, `/server`, `/session` |
//! | `log` | `/log` |

mod description;
mod events;
mod jobs;
mod lists;
mod log;
mod models;
mod parameters;
mod pictures;
mod plugins;
mod settings;
mod socket;
mod sweeps;
#[cfg(test)]
mod tests;
mod tokens;
mod uploads;

use axum::Router;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;

use crate::App;

pub use description::openapi;
pub(crate) use jobs::{Awaited, Submission, submit};
pub(crate) use pictures::{Thumbnails, encode};
pub(crate) use plugins::{PluginOrder, Proposals};
pub(crate) use sweeps::cell_files;
pub(crate) use uploads::{Uploads, is_form};

/// The routes, and their description.
pub(crate) fn routes() -> (Router<App>, utoipa::openapi::OpenApi) {
    let api = OpenApiRouter::new()
        .merge(jobs::routes())
        .merge(events::routes())
        .merge(socket::routes())
        .merge(pictures::routes())
        .merge(uploads::routes())
        .merge(parameters::routes())
        .merge(models::routes())
        .merge(lists::routes())
        .merge(plugins::routes())
        .merge(sweeps::routes())
        .merge(tokens::routes())
        .merge(settings::routes())
        .merge(log::routes());
    let (router, paths) = OpenApiRouter::with_openapi(description::base())
        .nest("/api/v1", api)
        .split_for_parts();
    let router = router
        .route("/api/v1/openapi.json", get(description::json))
        .route("/api/v1/docs", get(description::reader))
        .route("/api/v1/docs/reader.js", get(description::script));
    (router, paths)
}

/// Throws away what nobody will ask for any more.
pub(crate) fn tidy(app: &App) {
    app.proposals().tidy();
    app.uploads().tidy(app);
    crate::a1111::tidy(app);
}
