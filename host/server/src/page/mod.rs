//! The web page: what `host/ui` builds is in the program; where it was not built, a page says how.

use std::borrow::Cow;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use crate::App;
use crate::http::Problem;
use crate::http::file::{Sent, send_bytes};

/// The built page. The folder may be empty.
#[derive(RustEmbed)]
#[folder = "../ui/dist"]
#[allow_missing = true]
struct Built;

const MISSING: &str = include_str!("missing.html");

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(page))
        .route("/assets/{*path}", get(page))
        .route("/favicon.ico", get(page))
}

/// A file of the page, or the page itself: which paths it has is known to its script alone.
pub(crate) async fn page(headers: HeaderMap, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.');
    let name = if is_page { "index.html" } else { path };
    let Some(file) = Built::get(name) else {
        if is_page {
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            return (StatusCode::OK, kind, MISSING).into_response();
        }
        return Problem::not_found("the page has no such file").into_response();
    };
    let sent = Sent {
        kind: kind(name),
        tag: crate::security::hex(&file.metadata.sha256_hash()[..16]),
        name: None,
    };
    let bytes = match file.data {
        Cow::Borrowed(bytes) => bytes.to_vec(),
        Cow::Owned(bytes) => bytes,
    };
    let mut response = send_bytes(bytes, &sent, &headers);
    // Their names have their digests in them.
    if name.starts_with("assets/")
        && let Ok(value) = "public, max-age=31536000, immutable".parse()
    {
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
