//! `/controlnet/…`: clients ask what there is. There are no models for it yet, and this says so.

use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::App;
use crate::http::{Body, Problem};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(
            "/controlnet/version",
            get(|| async { Json(json!({"version": 2})) }),
        )
        .route(
            "/controlnet/model_list",
            get(|| async { Json(json!({"model_list": []})) }),
        )
        .route(
            "/controlnet/module_list",
            get(|| async {
                Json(json!({
                    "module_list": ["none"],
                    "module_detail": {"none": {"model_free": false, "sliders": []}},
                }))
            }),
        )
        .route("/controlnet/detect", post(detect))
}

async fn detect(Body(_): Body<Value>) -> Problem {
    Problem::not_implemented("there are no preprocessors of ControlNet here yet")
}
