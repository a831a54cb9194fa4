use aquatint_studio::history::{Cursor, Entry, Files, Order, PictureId, Search};
use aquatint_studio::image_file::FileKind;
use aquatint_studio::{Encoding, Infotext, Recipe};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::SystemTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::archive::archive;
use super::thumbnail::SIZES;
use super::view::{PictureView, RecipeView};
use crate::App;
use crate::http::file::{Sent, send, send_bytes};
use crate::http::{Body, Id, Params, Problem, Problems};
use crate::native::jobs::{job_id, limit};

/// How many pictures one archive may have.
const MOST: usize = 1000;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .routes(routes!(show, change, delete))
        .routes(routes!(file))
        .routes(routes!(thumbnail))
        .routes(routes!(recipe))
        .routes(routes!(zip))
        .merge(super::replay::routes())
}

pub(crate) fn picture_id(text: &str) -> Result<PictureId, Problem> {
    text.parse().map_err(Problem::not_found)
}

/// Which pictures: those for which all of this holds.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PicturesQuery {
    /// Words of the prompts, the model and the plugins. What is in quotes stays together, and words may be begun.
    text: Option<String>,
    /// The model's name.
    model: Option<String>,
    /// The sampler, by any of its names.
    sampler: Option<String>,
    /// The seed.
    #[param(format = "uint64")]
    seed: Option<u64>,
    /// The id of a plugin.
    plugin: Option<String>,
    /// The job that drew them.
    job: Option<i64>,
    /// Those that somebody likes (`true`), or the others (`false`).
    starred: Option<bool>,
    /// From this moment on.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Which come first.
    #[serde(default)]
    #[param(inline)]
    order: OrderName,
    /// The `next` of the page before.
    after: Option<String>,
    /// At most so many.
    #[serde(default = "fifty")]
    #[param(minimum = 1, maximum = 1000)]
    limit: u32,
}

/// Which pictures come first.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum OrderName {
    /// The latest.
    #[default]
    Newest,
    /// The earliest.
    Oldest,
}

fn fifty() -> u32 {
    50
}

/// Some pictures.
#[derive(Serialize, ToSchema)]
struct PicturesPage {
    /// The pictures, in order.
    pictures: Vec<PictureView>,
    /// The `after` of the next page; there is none if this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Find pictures
#[utoipa::path(get, path = "/pictures", tag = "pictures", params(PicturesQuery),
    responses((status = 200, body = PicturesPage), Problems))]
async fn search(
    State(app): State<App>,
    Params(query): Params<PicturesQuery>,
) -> Result<Json<PicturesPage>, Problem> {
    limit(query.limit)?;
    let after = query.after.map(|text| {
        text.parse::<Cursor>()
            .map_err(|error| Problem::field("after", error))
    });
    let search = Search {
        text: query.text,
        model: query.model,
        sampler: query.sampler,
        seed: query.seed,
        plugin: query.plugin,
        job: query.job.map(|id| job_id(&id.to_string())).transpose()?,
        starred: query.starred,
        from: query.from,
        to: query.to,
        order: match query.order {
            OrderName::Newest => Order::Newest,
            OrderName::Oldest => Order::Oldest,
        },
        after: after.transpose()?,
        limit: query.limit as usize,
    };
    app.blocking(move |app| {
        let page = app.history().search(&search)?;
        Ok(Json(PicturesPage {
            pictures: page.entries.into_iter().map(PictureView::of).collect(),
            next: page.next.map(|it| it.to_string()),
        }))
    })
    .await
}

async fn entry(app: &App, id: &str) -> Result<Entry, Problem> {
    let id = picture_id(id)?;
    app.blocking(move |app| Ok(app.history().get(id)?)).await
}

/// Show a picture's data
#[utoipa::path(get, path = "/pictures/{id}", tag = "pictures", params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, body = PictureView), Problems))]
async fn show(State(app): State<App>, Id(id): Id<String>) -> Result<Json<PictureView>, Problem> {
    Ok(Json(PictureView::of(entry(&app, &id).await?)))
}

/// What is to be changed.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PictureBody {
    /// Whether somebody likes it.
    starred: bool,
}

/// Say whether a picture is liked
#[utoipa::path(patch, path = "/pictures/{id}", tag = "pictures", params(("id" = i64, Path, minimum = 1)),
    request_body = PictureBody, responses((status = 200, body = PictureView), Problems))]
async fn change(
    State(app): State<App>,
    Id(id): Id<String>,
    Body(body): Body<PictureBody>,
) -> Result<Json<PictureView>, Problem> {
    let id = picture_id(&id)?;
    app.blocking(move |app| {
        let entry = app.history().star(id, body.starred)?;
        Ok(Json(PictureView::of(entry)))
    })
    .await
}

/// What becomes of the file.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct DeleteQuery {
    /// Forget the picture, and leave its file.
    #[serde(default)]
    keep_file: bool,
}

/// Delete a picture
#[utoipa::path(delete, path = "/pictures/{id}", tag = "pictures", params(DeleteQuery, ("id" = i64, Path, minimum = 1)),
    responses((status = 204, description = "It is gone"), Problems))]
async fn delete(
    State(app): State<App>,
    Id(id): Id<String>,
    Params(query): Params<DeleteQuery>,
) -> Result<StatusCode, Problem> {
    let id = picture_id(&id)?;
    app.blocking(move |app| {
        let entry = app.history().get(id)?;
        // Pictures of the command line may lie anywhere. What is not ours is not ours to delete.
        let is_inside = entry.file.starts_with(app.data());
        let files = match query.keep_file || !is_inside {
            true => Files::Keep,
            false => Files::Delete,
        };
        app.history().delete(id, files)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// How a file is sent.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FileQuery {
    /// To be kept rather than shown.
    #[serde(default)]
    download: bool,
}

/// Get a picture's file
#[utoipa::path(get, path = "/pictures/{id}/file", tag = "pictures", params(FileQuery, ("id" = i64, Path, minimum = 1)),
    responses((status = 200, description = "The picture, with the recipe inside", content_type = "image/png", body = Vec<u8>),
        (status = 206, description = "What of it was asked for", content_type = "image/png", body = Vec<u8>),
        (status = 304, description = "The client has it"), Problems))]
async fn file(
    State(app): State<App>,
    headers: HeaderMap,
    Id(id): Id<String>,
    Params(query): Params<FileQuery>,
) -> Result<Response, Problem> {
    let entry = entry(&app, &id).await?;
    let name = entry
        .file
        .file_name()
        .map(|it| it.to_string_lossy().into_owned());
    let sent = Sent {
        kind: kind_of(&entry.file),
        tag: tag(&entry).await?,
        name: name.filter(|_| query.download),
    };
    send(&entry.file, &sent, &headers).await
}

/// The type of a picture's file.
pub(crate) fn kind_of(file: &std::path::Path) -> &'static str {
    match Encoding::of_path(file).map(Encoding::kind) {
        Some(FileKind::Jpeg) => "image/jpeg",
        Some(FileKind::WebP) => "image/webp",
        _ => "image/png",
    }
}

/// By what a file changes.
async fn tag(entry: &Entry) -> Result<String, Problem> {
    let metadata = tokio::fs::metadata(&entry.file)
        .await
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Problem::not_found("the file is no longer there"),
            _ => Problem::internal(error),
        })?;
    let changed = metadata
        .modified()
        .ok()
        .and_then(|it| it.duration_since(SystemTime::UNIX_EPOCH).ok())
        .unwrap_or_default();
    Ok(format!(
        "{}-{:x}-{:x}",
        entry.id,
        metadata.len(),
        changed.as_micros()
    ))
}

/// How large.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ThumbnailQuery {
    /// The longer side: 64, 128, 256 or 512 pixels.
    #[serde(default = "usual_size")]
    #[param(minimum = 64, maximum = 512)]
    size: u32,
}

fn usual_size() -> u32 {
    256
}

/// Get a picture's thumbnail: whole, not cut
#[utoipa::path(get, path = "/pictures/{id}/thumbnail", tag = "pictures",
    params(ThumbnailQuery, ("id" = i64, Path, minimum = 1)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>),
        (status = 304, description = "The client has it"), Problems))]
async fn thumbnail(
    State(app): State<App>,
    headers: HeaderMap,
    Id(id): Id<String>,
    Params(query): Params<ThumbnailQuery>,
) -> Result<Response, Problem> {
    if !SIZES.contains(&query.size) {
        return Err(Problem::field(
            "size",
            format_args!("size is {}, expected 64, 128, 256 or 512", query.size),
        ));
    }
    let entry = entry(&app, &id).await?;
    let sent = Sent {
        kind: "image/png",
        tag: format!("{}-{}", tag(&entry).await?, query.size),
        name: None,
    };
    let bytes = app
        .blocking(move |app| app.thumbnails().get(&entry.file, query.size))
        .await?;
    Ok(send_bytes(bytes, &sent, &headers))
}

/// Say how a picture was made
#[utoipa::path(get, path = "/pictures/{id}/recipe", tag = "pictures", params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, body = RecipeView), Problems))]
async fn recipe(State(app): State<App>, Id(id): Id<String>) -> Result<Json<RecipeView>, Problem> {
    let entry = entry(&app, &id).await?;
    let read = entry
        .recipe
        .clone()
        .and_then(|json| Recipe::from_value(json).ok());
    let parameters = match read {
        Some(recipe) => Some(Infotext::from(&recipe).to_string()),
        None => entry.parameters,
    };
    Ok(Json(RecipeView {
        recipe: entry.recipe,
        parameters,
    }))
}

/// Which pictures.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ZipBody {
    /// Their numbers, at most 1000.
    #[schema(min_items = 1, max_items = 1000)]
    ids: Vec<i64>,
}

/// Get many pictures in one file
#[utoipa::path(post, path = "/pictures/zip", tag = "pictures", request_body = ZipBody,
    responses((status = 200, content_type = "application/zip", body = Vec<u8>), Problems))]
async fn zip(
    State(app): State<App>,
    headers: HeaderMap,
    Body(body): Body<ZipBody>,
) -> Result<Response, Problem> {
    if !(1..=MOST).contains(&body.ids.len()) {
        return Err(Problem::field(
            "ids",
            format_args!("ids has {} entries, expected 1 to {MOST}", body.ids.len()),
        ));
    }
    let file = app
        .blocking(move |app| {
            let entries = body
                .ids
                .iter()
                .map(|id| Ok(app.history().get(picture_id(&id.to_string())?)?))
                .collect::<Result<Vec<_>, Problem>>()?;
            archive(&entries)
        })
        .await?;
    let sent = Sent {
        kind: "application/zip",
        tag: app.new_request_id(),
        name: Some("pictures.zip".to_owned()),
    };
    // Opened before it is dropped: what is open stays readable.
    let answer = send(file.path(), &sent, &headers).await;
    drop(file);
    answer
}
