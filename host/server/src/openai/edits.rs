//! What begins with a picture: edits, where a mask may say what changes, and variations.

use aquatint_studio::image_file::ImageFile;
use aquatint_studio::{Init, MaskUse};
use axum::Router;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::asked::Asked;
use super::generations::draw;
use crate::App;
use crate::http::Problem;
use crate::http::extract::in_time;
use crate::native::{encode, is_form};

/// Longest text of a form, in bytes.
const LONGEST: usize = 64 * 1024;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/v1/images/edits", post(edit))
        .route("/v1/images/variations", post(vary))
}

/// A form, taken apart.
#[derive(Default)]
struct Form {
    image: Option<Bytes>,
    mask: Option<Bytes>,
    fields: Map<String, Value>,
}

async fn edit(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    begin(app, request, true).await
}

async fn vary(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    begin(app, request, false).await
}

async fn begin(app: App, request: Request, is_edit: bool) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    if !is_form(&headers) {
        return Err(Problem::media_type("expected multipart/form-data"));
    }
    let form = in_time(read(request)).await??;
    let (asked, init) = app
        .blocking(move |app| {
            let asked: Asked = serde_json::from_value(Value::Object(form.fields))
                .map_err(|error| Problem::invalid(aquatint_studio::harmless(&error.to_string())))?;
            if is_edit && asked.prompt.is_empty() {
                return Err(Problem::field("prompt", "prompt is empty, expected a text"));
            }
            let image = form
                .image
                .ok_or_else(|| Problem::field("image", "there is no picture in the form"))?;
            let mut init = Init::new(app.uploads().keep(&image)?);
            // What is transparent is what changes: of the mask, or of the picture where there is none.
            let masked = match (&form.mask, is_edit) {
                (Some(mask), _) => Some(app.uploads().decode(mask)?),
                (None, true) => {
                    Some(app.uploads().decode(&image)?).filter(|picture| picture.alpha.is_some())
                }
                (None, false) => None,
            };
            if let Some(picture) = masked {
                let mask = white_where_transparent(&picture)?;
                init.mask = Some(MaskUse {
                    picture: Some(app.uploads().keep(&mask)?),
                    ..MaskUse::default()
                });
            }
            Ok((asked, init))
        })
        .await?;
    draw(app, &headers, asked, Some(init)).await
}

fn white_where_transparent(picture: &ImageFile) -> Result<Vec<u8>, Problem> {
    let alpha = picture.alpha.as_ref().ok_or_else(|| {
        Problem::field(
            "mask",
            "expected a picture that is transparent where it may change",
        )
    })?;
    let grey: Vec<u8> = alpha.iter().flat_map(|alpha| [255 - alpha; 3]).collect();
    encode(picture.width, picture.height, &grey)
}

async fn read(request: Request) -> Result<Form, Problem> {
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|error| Problem::malformed(error.body_text()))?;
    let wrong = |error: axum::extract::multipart::MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::too_large("the body is larger than the server takes (setting `max_body`)")
        }
        _ => Problem::malformed(error.body_text()),
    };
    let mut form = Form::default();
    while let Some(part) = parts.next_field().await.map_err(wrong)? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(wrong)?;
        match name.as_str() {
            // Of several, the first.
            "image" | "image[]" => drop(form.image.get_or_insert(bytes)),
            "mask" => form.mask = Some(bytes),
            _ => {
                if bytes.len() > LONGEST {
                    return Err(Problem::too_large(format_args!(
                        "a field of the form has more than {LONGEST} bytes"
                    )));
                }
                let text = String::from_utf8(bytes.to_vec())
                    .map_err(|_| Problem::malformed("a field of the form is not UTF-8"))?;
                let value = typed(&name, text);
                form.fields.insert(name, value);
            }
        }
    }
    Ok(form)
}

/// Forms have texts alone.
fn typed(name: &str, text: String) -> Value {
    match name {
        "n" | "partial_images" | "output_compression" | "stream" | "aquatint" => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        _ => Value::String(text),
    }
}
