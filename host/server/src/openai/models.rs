//! The models there are.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::App;
use crate::http::{Id, Problem};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/v1/models", get(list))
        .route("/v1/models/{id}", get(show))
}

fn model(name: &str) -> Value {
    json!({"id": name, "object": "model", "created": 0, "owned_by": "aquatint"})
}

async fn list(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.blocking(|app| {
        let names = app.checks().models();
        let data: Vec<Value> = names.iter().map(|name| model(name)).collect();
        Ok(Json(json!({"object": "list", "data": data})))
    })
    .await
}

async fn show(State(app): State<App>, Id(id): Id<String>) -> Result<Json<Value>, Problem> {
    app.blocking(move |app| match app.checks().models().contains(&id) {
        true => Ok(Json(model(&id))),
        false => {
            let id = aquatint_sandbox::names::shown(&id);
            Err(Problem::not_found(format_args!(
                "The model `{id}` does not exist"
            )))
        }
    })
    .await
}
