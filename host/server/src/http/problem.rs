use aquatint_sandbox::install::InstallError;
use aquatint_studio::database::DatabaseError;
use aquatint_studio::history::HistoryError;
use aquatint_studio::image_file::ImageFileError;
use aquatint_studio::jobs::QueueError;
use aquatint_studio::sweep::SweepError;
use aquatint_studio::{DrawError, InputError};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

/// Why a request was not answered as it wished (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What kind of problem it is: a name of ours behind `urn:aquatint:`.
    #[serde(rename = "type")]
    #[schema(example = "urn:aquatint:not-found")]
    kind: String,
    /// The same in words.
    title: String,
    /// The status of HTTP.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, what was found and what was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The field of the request that is wrong, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// Every route may answer with these.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "describes answers; is never made")]
pub(crate) enum Problems {
    /// The request is at fault.
    #[response(status = "4XX", content_type = "application/problem+json")]
    Request(#[to_schema] Problem),
    /// The server is.
    #[response(status = "5XX", content_type = "application/problem+json")]
    Server(#[to_schema] Problem),
}

impl Problem {
    fn new(status: StatusCode, kind: &str, detail: impl ToString) -> Self {
        Self {
            kind: format!("urn:aquatint:{kind}"),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: Some(detail.to_string()),
            field: None,
            retry_after: None,
        }
    }

    /// What was sent cannot be read.
    pub(crate) fn malformed(detail: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", detail)
    }

    /// What was sent can be read, and cannot be done.
    pub(crate) fn invalid(detail: impl ToString) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
    }

    /// A field is wrong.
    pub(crate) fn field(field: &str, detail: impl ToString) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::invalid(detail)
        }
    }

    pub(crate) fn not_found(detail: impl ToString) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", detail)
    }

    pub(crate) fn conflict(detail: impl ToString) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail)
    }

    pub(crate) fn unauthorized(detail: impl ToString) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    pub(crate) fn forbidden(detail: impl ToString) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    pub(crate) fn misdirected(detail: impl ToString) -> Self {
        Self::new(StatusCode::MISDIRECTED_REQUEST, "wrong-host", detail)
    }

    pub(crate) fn too_large(detail: impl ToString) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail)
    }

    pub(crate) fn media_type(detail: impl ToString) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", detail)
    }

    pub(crate) fn method(detail: impl ToString) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", detail)
    }

    pub(crate) fn too_many(detail: impl ToString, retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", detail)
        }
    }

    pub(crate) fn late(detail: impl ToString) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "timeout", detail)
    }

    /// There is no such thing here yet.
    pub(crate) fn not_implemented(detail: impl ToString) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "not-implemented", detail)
    }

    pub(crate) fn unavailable(detail: impl ToString) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
    }

    /// An error of ours or of the machine. What it says goes into the log too.
    pub(crate) fn internal(detail: impl ToString) -> Self {
        let detail = detail.to_string();
        tracing::error!(error = ?detail, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What is wrong, in words.
    pub(crate) fn detail(&self) -> &str {
        self.detail.as_deref().unwrap_or(&self.title)
    }

    /// The name of its kind.
    pub(crate) fn kind(&self) -> &str {
        self.kind.rsplit(':').next().unwrap_or_default()
    }

    pub(crate) fn wrong_field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"aquatint\", charset=\"UTF-8\""),
            );
        }
        // Whoever writes errors in another way takes it from here.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        match error.may_pass() {
            true => Self::unavailable(error),
            false => Self::internal(error),
        }
    }
}

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Database(error) => error.into(),
            QueueError::NotFound { .. } => Self::not_found(error),
            QueueError::State { .. } | QueueError::KeyTaken { .. } => Self::conflict(error),
            QueueError::Request(error) => Self::field(error.field(), error),
            QueueError::Field { field, .. } => Self::field(field, error),
            QueueError::Itself { .. } | QueueError::Json(_) => Self::invalid(error),
            _ => Self::internal(error),
        }
    }
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Database(error) => error.into(),
            HistoryError::NotFound { .. } => Self::not_found(error),
            error if error.is_usage() => Self::invalid(error),
            error => Self::internal(error),
        }
    }
}

impl From<DrawError> for Problem {
    fn from(error: DrawError) -> Self {
        match error {
            DrawError::Request(error) => Self::field(error.field(), error),
            DrawError::Model(error) => Self::field("model", error),
            error @ (DrawError::UnknownVae(_) | DrawError::Vae(_)) => Self::field("vae", error),
            DrawError::Origin(error) => Self::field("init", error),
            DrawError::Sampler(error) => Self::field("sampler", error),
            DrawError::Schedule(error) => Self::field("schedule", error),
            DrawError::Plugin(error) if error.is_usage() => Self::field("plugins", error),
            error if error.is_usage() => Self::invalid(error),
            error => Self::internal(error),
        }
    }
}

impl From<InputError> for Problem {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Picture(error) => error.into(),
            InputError::Missing { .. } => Self::not_found(error),
            error => Self::internal(error),
        }
    }
}

impl From<ImageFileError> for Problem {
    fn from(error: ImageFileError) -> Self {
        match &error {
            ImageFileError::Read { .. } => Self::internal(error),
            ImageFileError::TooLarge { .. }
            | ImageFileError::TooLong { .. }
            | ImageFileError::Memory { .. } => Self::too_large(error),
            ImageFileError::NotPicture { .. }
            | ImageFileError::OtherKind { .. }
            | ImageFileError::Empty { .. } => Self::media_type(error),
            _ => Self::invalid(error),
        }
    }
}

impl From<SweepError> for Problem {
    fn from(error: SweepError) -> Self {
        match &error {
            SweepError::Request(request) => Self::field(request.field(), error),
            _ => Self::field("axes", error),
        }
    }
}

impl From<InstallError> for Problem {
    fn from(error: InstallError) -> Self {
        use aquatint_sandbox::lock::LockError;
        match &error {
            InstallError::Lock(LockError::NotInstalled { .. }) => Self::not_found(error),
            InstallError::Lock(_) | InstallError::Moved(_) => Self::conflict(error),
            InstallError::Document(_) | InstallError::Io { .. } => Self::internal(error),
            _ => Self::invalid(error),
        }
    }
}
