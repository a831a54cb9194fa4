//! Pictures that requests name: kept by their content, the oldest thrown away where there is no room.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use aquatint_sandbox::document::{Readers, replace};
use aquatint_studio::{PictureFile, png_file};
use axum::Json;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::http::extract::bytes;
use crate::http::file::{Sent, send};
use crate::http::{Id, Problem, Problems};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add))
        .routes(routes!(get, delete))
}

/// Uploaded pictures.
#[derive(Debug)]
pub(crate) struct Uploads {
    folder: PathBuf,
    /// The most bytes of all together.
    most: u64,
    most_pixels: u64,
    /// One tidies at a time.
    tidying: Mutex<()>,
}

/// A picture that was uploaded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Upload {
    /// What names it: BLAKE3 of its bytes, in hexadecimal. The same picture has the same.
    pub(crate) id: String,
    /// Width in pixels.
    pub(crate) width: u32,
    /// Height in pixels.
    pub(crate) height: u32,
    /// Size in bytes.
    pub(crate) bytes: u64,
}

impl Uploads {
    pub(crate) fn new(data: &Path, most: u64, most_pixels: u64) -> Self {
        Self {
            folder: data.join("uploads"),
            most,
            most_pixels,
            tidying: Mutex::default(),
        }
    }

    /// Keeps a picture. Its size is read before anything is decoded.
    pub(crate) fn add(&self, bytes: &[u8]) -> Result<Upload, Problem> {
        let (width, height) = self.look(bytes)?;
        let id = blake3::hash(bytes).to_hex().to_string();
        let path = self.folder.join(format!("{id}.png"));
        // The time is what tells the oldest.
        let is_there = fs::File::options()
            .append(true)
            .open(&path)
            .and_then(|file| file.set_modified(SystemTime::now()))
            .is_ok();
        if !is_there {
            replace(&path, bytes, Readers::Maker).map_err(Problem::internal)?;
        }
        Ok(Upload {
            id,
            width,
            height,
            bytes: bytes.len() as u64,
        })
    }

    /// The width and height of a picture that may be kept.
    pub(crate) fn look(&self, bytes: &[u8]) -> Result<(u32, u32), Problem> {
        let (width, height) = size(bytes)?;
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.most_pixels || pixels == 0 {
            return Err(Problem::too_large(format_args!(
                "the picture claims {width}x{height} pixels, expected at most {} (setting `max_pixels`)",
                self.most_pixels
            )));
        }
        Ok((width, height))
    }

    /// The file of an upload; `None` if there is none of this id.
    pub(crate) fn file(&self, id: &str) -> Option<PathBuf> {
        let id = id.strip_prefix("upload:").unwrap_or(id);
        let is_id = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let path = self.folder.join(format!("{}.png", id.to_ascii_lowercase()));
        (is_id && path.is_file()).then_some(path)
    }

    /// What all take on disk.
    pub(crate) fn bytes(&self) -> u64 {
        self.all().iter().map(|(_, _, bytes)| bytes).sum()
    }

    /// Throws the oldest away where there are too many.
    pub(crate) fn tidy(&self) {
        let Ok(_one) = self.tidying.try_lock() else {
            return;
        };
        let mut all = self.all();
        all.sort_unstable();
        let mut bytes: u64 = all.iter().map(|(_, _, bytes)| bytes).sum();
        for (_, path, length) in all {
            if bytes <= self.most {
                break;
            }
            if fs::remove_file(path).is_ok() {
                bytes -= length;
            }
        }
    }

    fn all(&self) -> Vec<(SystemTime, PathBuf, u64)> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| {
                let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((metadata.modified().ok()?, entry.path(), metadata.len()))
            })
            .collect()
    }
}

/// The size that a picture claims.
fn size(bytes: &[u8]) -> Result<(u32, u32), Problem> {
    let decoder = png::Decoder::new(Cursor::new(bytes));
    let header = decoder
        .read_info()
        .map_err(|_| Problem::media_type("expected a PNG picture: other kinds are not read yet"))?;
    Ok(header.info().size())
}

/// A picture that came with a request, as pixels.
pub(crate) fn decode(app: &App, bytes: &[u8]) -> Result<PictureFile, Problem> {
    app.uploads().look(bytes)?;
    png_file::decode(Cursor::new(bytes), Path::new("the picture"))
        .map_err(|error| Problem::invalid(error.to_string()))
}

/// Upload a picture
///
/// The body is the picture itself, or a form with one file. What requests and plugins name is the id that comes back.
#[utoipa::path(post, path = "/uploads", tag = "uploads",
    request_body(content((Vec<u8> = "image/png"), (UploadForm = "multipart/form-data"))),
    responses((status = 201, description = "It is kept", body = Upload,
        headers(("Location" = String, description = "Where it is"))), Problems))]
async fn add(State(app): State<App>, request: Request) -> Result<impl IntoResponse, Problem> {
    let bytes = if is_form(request.headers()) {
        one_file(request).await?
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
    let wanted = id.clone();
    let file = app
        .blocking(move |app| app.uploads().file(&wanted).ok_or_else(missing))
        .await?;
    let sent = Sent {
        kind: "image/png",
        tag: id.chars().filter(char::is_ascii_hexdigit).collect(),
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
    app.blocking(move |app| {
        let file = app.uploads().file(&id).ok_or_else(missing)?;
        fs::remove_file(file).map_err(Problem::internal)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
