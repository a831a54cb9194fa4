//! What is done for every request: an id, a line in the log, counters, a deadline, headers that browsers obey.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use super::{Problem, family};
use crate::App;
use crate::http::listener::{Peer, Secure};
use crate::security::scope;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a page of ours may do: nothing that is not from here. Pictures may also be made by its own scripts.
const CONTENT_SECURITY: &str = "default-src 'self'; img-src 'self' blob: data:; \
    style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The middleware around everything else.
pub(crate) async fn observe(
    State(app): State<App>,
    matched: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let id = request_id(request.headers(), &app);
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert(&REQUEST_ID, value);
    }
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = matched.map_or_else(|| "other".to_owned(), |it| it.as_str().to_owned());
    let peer = request.extensions().get::<Peer>().copied();
    let secure = request
        .extensions()
        .get::<Secure>()
        .is_some_and(|secure| secure.0);
    // What comes from outside is written as a literal: it cannot begin a line of its own.
    let span = tracing::info_span!("request", id, method = %method, path = ?path);
    let is_long = is_long(&path);
    let answer = next.run(request).instrument(span.clone());
    let mut response = if is_long {
        answer.await
    } else {
        match tokio::time::timeout(app.config().patience(), answer).await {
            Ok(response) => response,
            Err(_) => family::answer(
                &path,
                Problem::late("the request took longer than the setting `timeout` allows"),
            ),
        }
    };
    let took = start.elapsed();
    app.metrics()
        .request(&method, &route, response.status(), took);
    let status = response.status().as_u16();
    let peer = peer.map(|Peer(address)| address.ip());
    let _entered = span.enter();
    let milliseconds = took.as_millis() as u64;
    match status {
        500.. => tracing::warn!(status, ?peer, milliseconds, "answered"),
        // What machines ask for all the time would drown what people look for.
        _ if matches!(path.as_str(), "/healthz" | "/readyz" | "/metrics") => {
            tracing::debug!(status, ?peer, milliseconds, "answered");
        }
        _ => tracing::info!(status, ?peer, milliseconds, "answered"),
    }
    headers(response.headers_mut(), &id, &path, secure);
    response
}

/// Those that wait for a drawing, take part in one, or fetch something large.
fn is_long(path: &str) -> bool {
    const LONG: [&str; 13] = [
        "/sdapi/v1/txt2img",
        "/sdapi/v1/img2img",
        "/sdapi/v1/extra-",
        "/v1/images/",
        "/api/v1/events",
        "/api/v1/socket",
        "/api/v1/plugins",
        "/api/v1/proposals",
        "/api/v1/pictures",
        "/api/v1/runtime",
        "/api/v1/uploads",
        "/api/v1/sweeps",
        "/api/v1/plugin-events",
    ];
    LONG.iter().any(|prefix| path.starts_with(prefix))
        || (path.starts_with("/api/v1/jobs/") && path.ends_with("/events"))
}

/// That of the client, if it is harmless and short, or a new one.
fn request_id(headers: &HeaderMap, app: &App) -> String {
    let given = headers.get(&REQUEST_ID).and_then(|id| id.to_str().ok());
    let is_fine = |id: &&str| {
        (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    match given.filter(is_fine) {
        Some(id) => id.to_owned(),
        None => app.new_request_id(),
    }
}

fn headers(headers: &mut HeaderMap, id: &str, path: &str, secure: bool) {
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.entry(name).or_insert(value);
        }
    };
    put(REQUEST_ID.clone(), id);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::REFERRER_POLICY, "no-referrer");
    put(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY);
    put(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    put(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    put(
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=()",
    );
    if secure {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if scope::is_api(path) {
        put(header::CACHE_CONTROL, "no-store");
    }
}
