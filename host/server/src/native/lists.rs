//! What names requests may have in their fields.

use aquatint_diffusion::runtime;
use aquatint_diffusion::sampler::SamplerKind;
use aquatint_diffusion::sigmas::Schedule;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::http::{Problem, Problems};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(samplers))
        .routes(routes!(schedules))
        .routes(routes!(providers))
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
