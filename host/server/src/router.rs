//! Everything that is served, with what is done around it.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::http::Problem;
use crate::http::family;
use crate::http::observe::observe;
use crate::security::{guard, scope};
use crate::{App, a1111, health, metrics, native, openai, page};

/// The whole server.
pub(crate) fn router(app: &App) -> Router {
    let body = usize::try_from(app.config().max_body).unwrap_or(usize::MAX);
    let (native, _) = native::routes();
    Router::new()
        .merge(health::routes())
        .merge(metrics::routes())
        .merge(native)
        .merge(a1111::routes())
        .merge(openai::routes())
        .merge(page::routes())
        .fallback(missing)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(body))
        // What panics is an error of ours, and of one request.
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(family::families))
        .layer(from_fn_with_state(app.clone(), guard))
        .layer(cors(app))
        .layer(from_fn_with_state(app.clone(), observe))
        .with_state(app.clone())
}

fn cors(app: &App) -> CorsLayer {
    let origins: Vec<HeaderValue> = app
        .config()
        .origins
        .iter()
        .filter_map(|origin| origin.parse().ok())
        .collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            header::RANGE,
            HeaderName::from_static("x-api-key"),
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            HeaderName::from_static("x-request-id"),
        ])
}

async fn missing(request: Request) -> Response {
    let path = request.uri().path();
    if *request.method() == Method::GET && !scope::is_api(path) {
        return page::page(request.headers().clone(), request).await;
    }
    let path = aquatint_sandbox::names::shown(path);
    Problem::not_found(format_args!("there is nothing at {path}")).into_response()
}

async fn wrong_method(request: Request) -> Problem {
    Problem::method(format_args!(
        "{} is not what can be done with {}",
        aquatint_sandbox::names::shown(request.method().as_str()),
        aquatint_sandbox::names::shown(request.uri().path())
    ))
}

fn panicked(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it does not say why");
    // What it says is for the log: it may hold anything.
    tracing::error!(?message, "a handler panicked");
    Problem::internal("an error in aquatint itself: the log says more").into_response()
}
