//! What becomes of plugins' files, as it happens.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::http::{Problem, Problems};
use crate::work::Told;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Hear what becomes of plugins
///
/// Events are called `loaded`, `reloaded`, `rejected`, `needs_consent`, `quarantined`, `released` and `removed`.
#[utoipa::path(get, path = "/plugin-events", tag = "plugins",
    responses((status = 200, content_type = "text/event-stream", body = Told), Problems))]
async fn events(State(app): State<App>) -> Result<Response, Problem> {
    let mut stopping = app.stopping();
    let counted = app.metrics().stream();
    let told = stream::unfold(
        (app.plugins().listen(), counted),
        |(mut told, counted)| async {
            let event = match told.recv().await {
                Ok(it) => sse::Event::default()
                    .id(it.id.to_string())
                    .event(it.what)
                    .data(serde_json::to_string(&it).unwrap_or_default()),
                Err(RecvError::Lagged(count)) => sse::Event::default()
                    .event("missed")
                    .data(json!({"count": count}).to_string()),
                Err(RecvError::Closed) => return None,
            };
            Some((Ok::<_, Infallible>(event), (told, counted)))
        },
    );
    let stop = async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let alive = KeepAlive::new().interval(Duration::from_secs(15));
    Ok(Sse::new(told.take_until(stop))
        .keep_alive(alive)
        .into_response())
}
