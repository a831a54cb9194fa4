//! The models there are.

use aquatint_diffusion::checkpoint::Inspection;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::http::{Id, Problem, Problems};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(unload))
}

/// A model at a glance.
#[derive(Serialize, ToSchema)]
struct ModelView {
    /// Its name.
    name: String,
    /// Whether it is drawn with where none is named.
    default: bool,
    /// Whether it is in memory.
    loaded: bool,
    /// What kind of model it is, where it can be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    /// What a request that leaves something open gets, where it can be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    defaults: Option<DefaultsView>,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// What a request that leaves something open gets.
#[derive(Serialize, ToSchema)]
struct DefaultsView {
    /// Width in pixels.
    width: u32,
    /// Height in pixels.
    height: u32,
    /// Steps of the sampler.
    steps: u32,
    /// How strongly the prompt guides.
    cfg: f32,
    /// The sampler.
    sampler: String,
    /// The noise schedule.
    schedule: String,
}

/// List models
#[utoipa::path(get, path = "/models", tag = "models", responses((status = 200, body = Vec<ModelView>), Problems))]
async fn list(State(app): State<App>) -> Result<Json<Vec<ModelView>>, Problem> {
    app.blocking(|app| {
        let names = app.checks().models().into_iter();
        Ok(Json(names.map(|name| view(app, name)).collect()))
    })
    .await
}

fn view(app: &App, name: String) -> ModelView {
    let request = aquatint_studio::Request {
        model: Some(name.clone()),
        ..aquatint_studio::Request::default()
    };
    let checkpoint = app.checks().checkpoint(Some(&name));
    let defaults = checkpoint.as_ref().ok().and_then(|checkpoint| {
        let generation = aquatint_studio::resolve(&request, checkpoint, 0).ok()?;
        Some(DefaultsView {
            width: u32::try_from(generation.width).ok()?,
            height: u32::try_from(generation.height).ok()?,
            steps: u32::try_from(generation.steps).ok()?,
            cfg: generation.cfg,
            sampler: generation.sampler.id().to_owned(),
            schedule: generation.schedule.id().to_owned(),
        })
    });
    ModelView {
        default: name == aquatint_studio::STARTER,
        loaded: app.studios().loaded().as_deref() == Some(name.as_str()),
        family: checkpoint.as_ref().ok().map(|it| it.family.to_string()),
        defaults,
        problem: checkpoint.err().map(|problem| problem.detail().to_owned()),
        name,
    }
}

/// What a model's folder holds.
#[derive(Serialize, ToSchema)]
struct InspectionView {
    /// Its name.
    name: String,
    /// The pipeline's class.
    class: String,
    /// What kind of model it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    /// How the network's output is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    prediction_type: Option<String>,
    /// Its parts.
    parts: Vec<PartView>,
    /// Everything that keeps it from being used, a line each.
    problems: Vec<String>,
}

/// One part of a model.
#[derive(Serialize, ToSchema)]
struct PartView {
    /// Its name.
    name: String,
    /// How many parameters.
    parameters: u64,
    /// Bytes of weights on disk.
    bytes: u64,
    /// Element types of the weights.
    dtypes: Vec<String>,
    /// What else is worth knowing.
    notes: Vec<String>,
}

/// Say what a model holds
#[utoipa::path(get, path = "/models/{name}", tag = "models", params(("name" = String, Path)),
    responses((status = 200, body = InspectionView), Problems))]
async fn show(
    State(app): State<App>,
    Id(name): Id<String>,
) -> Result<Json<InspectionView>, Problem> {
    app.blocking(move |app| {
        let path = app
            .checks()
            .model(Some(&name))
            .map_err(|problem| Problem::not_found(problem.detail()))?;
        let found = Inspection::of(&path).map_err(Problem::invalid)?;
        let parts = found.parts.into_iter().map(|part| PartView {
            name: part.name,
            parameters: part.parameters as u64,
            bytes: part.bytes as u64,
            dtypes: part.dtypes,
            notes: part.notes,
        });
        Ok(Json(InspectionView {
            name,
            class: found.class,
            family: found.family,
            prediction_type: found.prediction_type,
            parts: parts.collect(),
            problems: found.problems,
        }))
    })
    .await
}

/// Take the model out of memory, once no job needs it
#[utoipa::path(post, path = "/models/unload", tag = "models",
    responses((status = 202, description = "It goes"), Problems))]
async fn unload(State(app): State<App>) -> Result<StatusCode, Problem> {
    app.blocking(|app| {
        app.studios().unload();
        Ok(StatusCode::ACCEPTED)
    })
    .await
}
