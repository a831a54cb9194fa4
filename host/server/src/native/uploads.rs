//! Pictures that requests name: kept by their content, as long as there is room.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aquatint_sandbox::document::{Readers, replace};
use aquatint_studio::image_file::{self, FileKind, ImageFile, ImageLimits};
use aquatint_studio::stages::Budgets;
use aquatint_studio::{InputId, Inputs};
use axum::Json;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::http::extract::{bytes, in_time};
use crate::http::file::{Sent, send};
use crate::http::{Id, Problem, Problems};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add))
        .routes(routes!(get, delete))
}

/// Uploaded pictures: those that drawings begin from, of this data folder.
#[derive(Debug)]
pub(crate) struct Uploads {
    inputs: Inputs,
    limits: ImageLimits,
    /// One is decoded at a time: a picture may take much memory for that.
    decoding: Mutex<()>,
}

/// A picture that was uploaded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Upload {
    /// What names it: `b3:` and the BLAKE3 of its bytes, in hexadecimal. The same picture has the same.
    pub(crate) id: String,
    /// Width in pixels.
    pub(crate) width: u32,
    /// Height in pixels.
    pub(crate) height: u32,
    /// Size in bytes.
    pub(crate) bytes: u64,
}

impl Uploads {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            inputs: Inputs::of_data(data),
            limits: ImageLimits::default(),
            decoding: Mutex::default(),
        }
    }

    /// Does what may take much memory, while nothing else of the kind is done.
    pub(crate) fn alone<T>(&self, work: impl FnOnce() -> T) -> T {
        let _one = self.decoding.lock().unwrap_or_else(PoisonError::into_inner);
        work()
    }

    /// A picture that came with a request, as pixels. Its size is read before anything is decoded.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<ImageFile, Problem> {
        Ok(self.alone(|| image_file::decode(bytes, &self.limits))?)
    }

    /// Keeps a picture.
    pub(crate) fn keep(&self, bytes: &[u8]) -> Result<InputId, Problem> {
        Ok(self.alone(|| self.inputs.keep(bytes))?)
    }

    fn add(&self, bytes: &[u8]) -> Result<Upload, Problem> {
        let ImageFile { width, height, .. } = self.decode(bytes)?;
        Ok(Upload {
            id: self.keep(bytes)?.to_string(),
            width,
            height,
            bytes: bytes.len() as u64,
        })
    }

    fn id(text: &str) -> Option<InputId> {
        let text = text.to_ascii_lowercase();
        match text.starts_with("b3:") {
            true => text.parse().ok(),
            false => format!("b3:{text}").parse().ok(),
        }
    }

    /// The file of an upload; `None` if there is none of this id.
    pub(crate) fn file(&self, id: &str) -> Option<PathBuf> {
        let path = self.inputs.path(Self::id(id)?);
        path.is_file().then_some(path)
    }

    /// The same as PNG: that is what plugins are given.
    pub(crate) fn png(&self, text: &str) -> Result<Option<PathBuf>, Problem> {
        let Some((id, file)) = Self::id(text).zip(self.file(text)) else {
            return Ok(None);
        };
        let bytes = self.inputs.bytes(id)?;
        if FileKind::of(&bytes) == Some(FileKind::Png) {
            return Ok(Some(file));
        }
        let path = self.inputs.converted(id);
        if !path.is_file() {
            let picture = self.decode(&bytes)?;
            let png = super::encode(picture.width, picture.height, &picture.over_white())?;
            replace(&path, &png, Readers::Maker).map_err(Problem::internal)?;
        }
        Ok(Some(path))
    }

    /// Forgets an upload. Whether there was one.
    fn remove(&self, text: &str) -> Result<bool, Problem> {
        let Some((id, file)) = Self::id(text).zip(self.file(text)) else {
            return Ok(false);
        };
        fs::remove_file(file).map_err(Problem::internal)?;
        // Most have none.
        let _ = fs::remove_file(self.inputs.converted(id));
        Ok(true)
    }

    /// What all take on disk.
    pub(crate) fn bytes(&self) -> u64 {
        self.inputs.kept().bytes
    }

    /// Throws away what there is no room for.
    pub(crate) fn tidy(&self, app: &App) {
        let budgets = Budgets::read(&super::settings::budgets(app)).unwrap_or_default();
        match self
            .inputs
            .make_room(budgets.inputs.0, app.queue().database())
        {
            Ok(removed) if removed.pictures > 0 => {
                let (pictures, bytes) = (removed.pictures, removed.bytes);
                tracing::info!(pictures, bytes, "pictures to begin from were thrown away");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "pictures to begin from"),
        }
    }
}

/// The type of a file, by its first bytes.
fn kind(file: &Path) -> &'static str {
    use std::io::Read as _;
    let mut start = [0; 16];
    let read = fs::File::open(file).and_then(|mut file| file.read(&mut start));
    match read.ok().and_then(|_| FileKind::of(&start)) {
        Some(FileKind::Png) => "image/png",
        Some(FileKind::Jpeg) => "image/jpeg",
        Some(FileKind::WebP) => "image/webp",
        Some(FileKind::Gif) => "image/gif",
        Some(FileKind::Bmp) => "image/bmp",
        _ => "application/octet-stream",
    }
}

/// Upload a picture
///
/// The body is the picture itself, or a form with one file. What requests and plugins name is the id that comes back.
#[utoipa::path(post, path = "/uploads", tag = "uploads",
    request_body(content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"), (UploadForm = "multipart/form-data"))),
    responses((status = 201, description = "It is kept", body = Upload,
        headers(("Location" = String, description = "Where it is"))), Problems))]
async fn add(State(app): State<App>, request: Request) -> Result<impl IntoResponse, Problem> {
    let bytes = if is_form(request.headers()) {
        in_time(one_file(request)).await??
    } else {
        bytes(request, &app).await?
    };
    let upload = app.blocking(move |app| app.uploads().add(&bytes)).await?;
    let place = format!("/api/v1/uploads/{}", upload.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        Json(upload),
    ))
}

/// A form with a picture.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a form; is never made")]
struct UploadForm {
    /// The picture.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

async fn one_file(request: Request) -> Result<bytes::Bytes, Problem> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|error| Problem::malformed(error.body_text()))?;
    let wrong = |error: axum::extract::multipart::MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::too_large("the body is larger than the server takes (setting `max_body`)")
        }
        _ => Problem::malformed(error.body_text()),
    };
    while let Some(field) = form.next_field().await.map_err(wrong)? {
        if field.file_name().is_some() || field.name() == Some("file") {
            return field.bytes().await.map_err(wrong);
        }
    }
    Err(Problem::malformed("the form has no file"))
}

/// Get an uploaded picture
#[utoipa::path(get, path = "/uploads/{id}", tag = "uploads", params(("id" = String, Path)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>),
        (status = 206, description = "What of it was asked for", content_type = "image/png", body = Vec<u8>),
        (status = 304, description = "The client has it"), Problems))]
async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    Id(id): Id<String>,
) -> Result<Response, Problem> {
    let tag = id.chars().filter(char::is_ascii_hexdigit).collect();
    let (file, kind) = app
        .blocking(move |app| {
            let file = app.uploads().file(&id).ok_or_else(missing)?;
            let kind = kind(&file);
            Ok((file, kind))
        })
        .await?;
    let sent = Sent {
        kind,
        tag,
        name: None,
    };
    send(&file, &sent, &headers).await
}

fn missing() -> Problem {
    Problem::not_found("there is no upload of this id")
}

/// Delete an uploaded picture
#[utoipa::path(delete, path = "/uploads/{id}", tag = "uploads", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone"), Problems))]
async fn delete(State(app): State<App>, Id(id): Id<String>) -> Result<StatusCode, Problem> {
    app.blocking(move |app| match app.uploads().remove(&id)? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(missing()),
    })
    .await
}
