//! What needs a picture to begin with. There is nothing here yet that begins with one, and this says so.

use axum::Router;
use axum::routing::post;

use crate::App;
use crate::http::Problem;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/v1/images/edits", post(missing))
        .route("/v1/images/variations", post(missing))
}

async fn missing() -> Problem {
    Problem::not_implemented("this version draws from words alone: it has no edits yet")
}
