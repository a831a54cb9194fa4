//! Bodies, queries and paths. What is wrong with them is a [`Problem`].

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::Problem;

/// How long a body may take to come, however large it is.
const BODY: Duration = Duration::from_secs(120);

/// A body of JSON.
pub(crate) struct Body<T>(pub(crate) T);

/// What stands behind the question mark.
pub(crate) struct Params<T>(pub(crate) T);

/// What stands in the path.
pub(crate) struct Id<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        // A form of another page may send text/plain without asking first. JSON it may not.
        if !is_json(request.headers()) {
            return Err(Problem::media_type(
                "expected a body of JSON, with Content-Type: application/json",
            ));
        }
        let bytes = bytes(request, state).await?;
        read_json(&bytes).map(Self)
    }
}

/// The body, whatever it is.
pub(crate) async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    in_time(Bytes::from_request(request, state))
        .await?
        .map_err(|rejection| match rejection {
            BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
                Problem::too_large("the body is larger than the server takes (setting `max_body`)")
            }
            other => Problem::malformed(format_args!("the body cannot be read: {other}")),
        })
}

/// What a client sends, as long as it sends it in time.
pub(crate) async fn in_time<T>(sent: impl Future<Output = T>) -> Result<T, Problem> {
    tokio::time::timeout(BODY, sent)
        .await
        .map_err(|_| Problem::late("the body takes too long to come"))
}

/// Reads JSON. The message says where it is wrong.
pub(crate) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Every body here is an object; a list would be taken for one whose fields are in order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::invalid("the body is a list, expected an object"));
    }
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            Problem::invalid(aquatint_studio::harmless(&error.to_string()))
        }
        _ => Problem::malformed(format_args!("the body is no JSON: {error}")),
    })
}

pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json")
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(params)| Self(params))
            .map_err(|rejection| {
                Problem::invalid(aquatint_studio::harmless(&rejection.body_text()))
            })
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Path::from_request_parts(parts, state)
            .await
            .map(|Path(id)| Self(id))
            .map_err(|rejection| {
                Problem::not_found(aquatint_studio::harmless(&rejection.body_text()))
            })
    }
}
