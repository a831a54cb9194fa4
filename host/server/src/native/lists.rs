//! What names requests may have in their fields.

use aquatint_diffusion::runtime;
use aquatint_diffusion::sampler::SamplerKind;
use aquatint_diffusion::sigmas::Schedule;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::http::{Params, Problem, Problems};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(samplers))
        .routes(routes!(schedules))
        .routes(routes!(providers))
        .routes(routes!(styles))
        .routes(routes!(embeddings))
}

/// Something with a name that people know.
#[derive(Serialize, ToSchema)]
struct Named {
    /// What requests call it.
    id: &'static str,
    /// What A1111 calls it.
    label: &'static str,
    /// Other names that are understood.
    aliases: Vec<&'static str>,
}

/// List samplers
#[utoipa::path(get, path = "/samplers", tag = "models", responses((status = 200, body = Vec<Named>), Problems))]
async fn samplers() -> Json<Vec<Named>> {
    let named = SamplerKind::ALL.into_iter().map(|kind| Named {
        id: kind.id(),
        label: kind.label(),
        aliases: kind.aliases().to_vec(),
    });
    Json(named.collect())
}

/// List noise schedules
#[utoipa::path(get, path = "/schedules", tag = "models", responses((status = 200, body = Vec<Named>), Problems))]
async fn schedules() -> Json<Vec<Named>> {
    let named = Schedule::ALL.into_iter().map(|schedule| Named {
        id: schedule.id(),
        label: schedule.label(),
        aliases: schedule.aliases().to_vec(),
    });
    Json(named.collect())
}

/// A piece of prompts with a name.
#[derive(Serialize, ToSchema)]
struct StyleView {
    /// What requests call it.
    name: String,
    /// What becomes of the prompt: `{prompt}` in it stands for what was typed, or it comes behind that.
    prompt: String,
    /// What becomes of the negative prompt, in the same way.
    negative: String,
}

/// List styles
#[utoipa::path(get, path = "/styles", tag = "models", responses((status = 200, body = Vec<StyleView>), Problems))]
async fn styles(State(app): State<App>) -> Result<Json<Vec<StyleView>>, Problem> {
    app.blocking(|app| {
        let views = app.checks().styles()?.into_iter().map(|style| StyleView {
            name: style.name,
            prompt: style.prompt,
            negative: style.negative,
        });
        Ok(Json(views.collect()))
    })
    .await
}

/// A word with a meaning of its own (textual inversion).
#[derive(Serialize, ToSchema)]
struct EmbeddingView {
    /// What prompts name it by.
    name: String,
    /// How many tokens it takes the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    vectors: Option<usize>,
    /// Why it cannot be used with the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// For which model.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct EmbeddingsQuery {
    /// The model; without one, that which is drawn with where none is named.
    model: Option<String>,
}

/// List embeddings
#[utoipa::path(get, path = "/embeddings", tag = "models", params(EmbeddingsQuery),
    responses((status = 200, body = Vec<EmbeddingView>), Problems))]
async fn embeddings(
    State(app): State<App>,
    Params(query): Params<EmbeddingsQuery>,
) -> Result<Json<Vec<EmbeddingView>>, Problem> {
    app.blocking(move |app| {
        let found = app.checks().embeddings(query.model.as_deref())?.into_iter();
        let views = found.map(|embedding| EmbeddingView {
            name: embedding.name,
            vectors: embedding.size.map(|(vectors, _)| vectors),
            problem: embedding.problem,
        });
        Ok(Json(views.collect()))
    })
    .await
}

/// What may compute.
#[derive(Serialize, ToSchema)]
struct ProviderView {
    /// What requests call it.
    id: String,
    /// Whether a runtime that has it is installed. Whether it works, `/runtime/doctor` says.
    installed: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// List what may compute
#[utoipa::path(get, path = "/providers", tag = "models", responses((status = 200, body = Vec<ProviderView>), Problems))]
async fn providers(State(app): State<App>) -> Result<Json<Vec<ProviderView>>, Problem> {
    app.blocking(|app| {
        let auto = ProviderView {
            id: "auto".to_owned(),
            installed: true,
            reason: None,
        };
        let candidates = runtime::candidates(app.data()).into_iter();
        let found = candidates.map(|candidate| ProviderView {
            id: candidate.provider.name().to_owned(),
            installed: candidate.library.is_ok(),
            reason: candidate.library.err().map(|error| error.to_string()),
        });
        Ok(Json(std::iter::once(auto).chain(found).collect()))
    })
    .await
}
