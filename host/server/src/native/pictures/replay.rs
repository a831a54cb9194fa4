//! Making a picture again, to see whether it is the same.

use aquatint_diffusion::runtime::ProviderChoice;
use aquatint_studio::Recipe;
use aquatint_studio::jobs::{JobOptions, NewJob, Replay, Task};
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::routes::picture_id;
use crate::App;
use crate::http::{Body, Id, Problem, Problems};
use crate::native::jobs::{JobView, accepted, deadline};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(replay))
}

/// What is to be another than it was.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ReplayBody {
    /// What computes.
    provider: Option<String>,
    /// The model's name here, where it is not found by the name that it had.
    model: Option<String>,
    /// Higher ones come first; 0 is usual.
    priority: i32,
}

/// Make a picture again, and say whether it is the same
///
/// Everything is computed anew, and nothing is kept. The job's report then has `replay`: `identical`, how many `pixels` `differ`
/// and by how much, and `differences`, which name each input that is not as it was: the model, a plugin, an embedding, the
/// runtime. What is missing fails the job, and is named.
#[utoipa::path(post, path = "/pictures/{id}/replay", tag = "pictures", params(("id" = i64, Path, minimum = 1)),
    request_body = ReplayBody,
    responses((status = 202, description = "It waits", body = JobView,
        headers(("Location" = String, description = "Where it is"))), Problems))]
async fn replay(
    State(app): State<App>,
    Id(id): Id<String>,
    Body(body): Body<ReplayBody>,
) -> Result<impl IntoResponse, Problem> {
    let id = picture_id(&id)?;
    let job = app
        .blocking(move |app| {
            app.check_room(1)?;
            let entry = app.history().get(id)?;
            if entry.missing {
                return Err(Problem::not_found("the file is no longer there"));
            }
            let is_ours = entry
                .recipe
                .is_some_and(|json| Recipe::from_value(json).is_ok());
            if !is_ours {
                return Err(Problem::invalid(
                    "the picture has no recipe that can be read: draw what its parameters say instead",
                ));
            }
            if let Some(provider) = &body.provider {
                let _: ProviderChoice = provider
                    .parse()
                    .map_err(|error| Problem::field("provider", error))?;
            }
            if body.model.is_some() {
                app.checks().model(body.model.as_deref())?;
            }
            let mut other = serde_json::Map::new();
            other.insert("source".to_owned(), "api".into());
            let task = Task::Replay(Replay {
                picture: id,
                provider: body.provider,
                model: body.model,
            });
            Ok(app.queue().add(NewJob {
                // What was computed before would prove nothing.
                options: JobOptions {
                    no_cache: true,
                    other,
                    ..JobOptions::default()
                },
                priority: body.priority,
                deadline: deadline(None, app)?,
                ..NewJob::new(task)
            })?)
        })
        .await?;
    Ok(accepted(JobView::of(job)))
}
