//! The description of the API: OpenAPI 3.1, from the code, and a page to read it.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, SecurityRequirement, Server,
};

static JSON: LazyLock<String> = LazyLock::new(openapi);

/// The description as JSON.
#[must_use]
pub fn openapi() -> String {
    let (_, description) = super::routes();
    // Only our own types are in it.
    description.to_pretty_json().unwrap_or_default()
}

pub(super) fn base() -> OpenApi {
    let mut components = Components::new();
    components.add_security_scheme(
        "key",
        SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
    );
    components.add_security_scheme(
        "basic",
        SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)),
    );
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Aquatint")
                .version("1")
                .description(Some(
                    "Pictures from words, on your own machine. Errors are problem details (RFC 9457). \
                     A server for its own machine alone needs no key until one is made.",
                ))
                .license(Some(
                    LicenseBuilder::new()
                        .name("MIT OR Apache-2.0")
                        .identifier(Some("MIT OR Apache-2.0"))
                        .build(),
                ))
                .build(),
        )
        .servers(Some([Server::new("/")]))
        .components(Some(components))
        .security(Some([
            SecurityRequirement::default(),
            SecurityRequirement::new("key", Vec::<String>::new()),
            SecurityRequirement::new("basic", Vec::<String>::new()),
        ]))
        .build()
}

pub(super) async fn json() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], JSON.as_str())
}

pub(super) async fn reader() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (kind, include_str!("description/reader.html"))
}

pub(super) async fn script() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, include_str!("description/reader.js"))
}
