//! `/v1/images` and `/v1/models`, as OpenAI has them.

use axum::Router;

use crate::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
}
