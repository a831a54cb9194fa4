//! What a picture or a text says of how to draw.

use std::path::Path;

use aquatint_studio::infotext::Note;
use aquatint_studio::{Parameters, ParametersError, Request, picture_file};
use axum::Json;
use axum::extract::{Request as HttpRequest, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pictures::picture_id;
use crate::App;
use crate::http::extract::{bytes, is_json, read_json};
use crate::http::{Problem, Problems};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Where parameters are.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum ParametersBody {
    /// In a text, as A1111 writes it, or a recipe.
    Text(String),
    /// In an upload of this id.
    Upload(String),
    /// In a picture of this number.
    Picture(i64),
}

/// What there is to be drawn again.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ParametersView {
    /// The request. Its model and its VAE are ones that are here, or none.
    request: Request,
    /// The model that was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<ModelName>,
    /// What the request does not say, a line each.
    notes: Vec<String>,
}

/// A model that something names.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ModelName {
    /// What it is called there.
    name: String,
    /// Its hash, where one is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    /// Whether there is a model of this name here.
    here: bool,
}

/// Read the parameters in a picture or a text
///
/// The body is a picture as PNG, JPEG or WebP, or JSON that says where they are.
#[utoipa::path(post, path = "/parameters", tag = "parameters",
    request_body(content((ParametersBody = "application/json"), (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
    responses((status = 200, body = ParametersView), Problems))]
async fn read(
    State(app): State<App>,
    request: HttpRequest,
) -> Result<Json<ParametersView>, Problem> {
    let is_json = is_json(request.headers());
    let bytes = bytes(request, &app).await?;
    app.blocking(move |app| {
        let found = if is_json {
            match read_json(&bytes)? {
                ParametersBody::Text(text) => of_text(&text)?,
                ParametersBody::Upload(id) => {
                    let file = app
                        .uploads()
                        .file(&id)
                        .ok_or_else(|| Problem::field("upload", "there is no upload of this id"))?;
                    of_file(&file)?
                }
                ParametersBody::Picture(id) => {
                    let id = picture_id(&id.to_string())?;
                    of_file(&app.history().get(id)?.file)?
                }
            }
        } else {
            of_picture(app, &bytes)?
        };
        Ok(Json(view(app, found)))
    })
    .await
}

/// The parameters in the bytes of a picture.
fn of_picture(app: &App, bytes: &[u8]) -> Result<Parameters, Problem> {
    let name = Path::new("the picture");
    let file = app.uploads().alone(|| picture_file::decode(bytes, name));
    let file = file.map_err(Problem::invalid)?;
    Parameters::of_picture(&file, name).map_err(said)
}

fn of_text(text: &str) -> Result<Parameters, Problem> {
    Parameters::of_text(text, Path::new("the text")).map_err(said)
}

fn of_file(file: &Path) -> Result<Parameters, Problem> {
    let texts = picture_file::read_texts(file)
        .map_err(|_| Problem::invalid("the picture cannot be read"))?;
    Parameters::of_picture(&texts, Path::new("the picture")).map_err(said)
}

fn said(error: ParametersError) -> Problem {
    Problem::invalid(error)
}

fn view(app: &App, mut found: Parameters) -> ParametersView {
    let names = app.checks().models();
    let model = found.model.take().map(|wanted| ModelName {
        here: names.contains(&wanted.name),
        name: wanted.name,
        hash: wanted.hash,
    });
    let is_here = model.as_ref().is_some_and(|model| model.here);
    found.request.model = model
        .as_ref()
        .filter(|_| is_here)
        .map(|model| model.name.clone());
    let mut notes = Note::lines(&found.notes);
    let is_gone = |name: &String| !names.contains(name);
    if let Some(name) = found.request.refiner.take_if(|name| is_gone(name)) {
        notes.push(format!(
            "it was finished by the refiner \"{}\", which is not here: it is drawn without one",
            aquatint_sandbox::names::shown(&name)
        ));
    }
    if let Some(name) = found.request.vae.take() {
        match app.checks().vae_named(&name) {
            Ok(here) => found.request.vae = here,
            Err(_) => notes.push(format!(
                "it was drawn with the VAE \"{}\", which is not here: the model's own is drawn with",
                aquatint_sandbox::names::shown(&name)
            )),
        }
    }
    ParametersView {
        request: found.request,
        model,
        notes,
    }
}
