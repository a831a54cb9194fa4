//! Errors as each API writes them: clients of A1111 and of OpenAI read their own.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Problem;

/// Writes a problem as the family of this path has it.
pub(crate) fn answer(path: &str, problem: Problem) -> Response {
    rewrite(path, problem.into_response())
}

/// The middleware: whatever answers with a [`Problem`] is rewritten for the family that was asked.
pub(crate) async fn families(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    rewrite(&path, next.run(request).await)
}

fn rewrite(path: &str, response: Response) -> Response {
    let body = match response.extensions().get::<Problem>() {
        Some(problem) if is_a1111(path) => json!({
            "error": name(problem),
            "detail": problem.detail(),
            "body": "",
            "errors": problem.detail(),
        }),
        Some(problem) if path.starts_with("/v1/") => json!({"error": {
            "message": problem.detail(),
            "type": if problem.status().is_server_error() { "server_error" } else { "invalid_request_error" },
            "param": problem.wrong_field(),
            "code": problem.kind().replace('-', "_"),
        }}),
        _ => return response,
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    Response::from_parts(parts, body.to_string().into())
}

fn is_a1111(path: &str) -> bool {
    ["/sdapi/", "/internal/", "/controlnet/"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

/// What A1111 calls errors of this kind.
fn name(problem: &Problem) -> &'static str {
    match problem.status().as_u16() {
        422 => "RequestValidationError",
        500.. => "ServerError",
        _ => "HTTPException",
    }
}
