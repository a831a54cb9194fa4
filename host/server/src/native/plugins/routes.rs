use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::permissions::{Kind, Permission, PermissionSet};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::view::{PluginView, all};
use crate::App;
use crate::http::{Body, Id, Params, Problem, Problems};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, remove))
        .routes(routes!(grant, revoke))
        .routes(routes!(enable))
        .routes(routes!(disable))
        .routes(routes!(rollback))
        .routes(routes!(retry))
}

pub(super) fn plugin_id(text: &str) -> Result<PluginId, Problem> {
    text.parse().map_err(Problem::not_found)
}

/// Permissions as they are written.
pub(super) fn permissions(texts: &[String]) -> Result<PermissionSet, Problem> {
    texts
        .iter()
        .map(|text| {
            text.parse::<Permission>()
                .map_err(|error| Problem::field("permissions", error))
        })
        .collect()
}

pub(super) fn one(app: &App, id: &PluginId) -> Result<Json<PluginView>, Problem> {
    let found = all(app)?.into_iter().find(|view| view.id == id.as_str());
    found.map(Json).ok_or_else(|| {
        let ids = app.checks().plugin_ids();
        let nearest = aquatint_sandbox::names::nearest(id.as_str(), ids.iter().map(String::as_str));
        let advice = aquatint_sandbox::names::did_you_mean(nearest.as_deref());
        Problem::not_found(format_args!("there is no plugin `{id}`{advice}"))
    })
}

/// Does something to a plugin, and shows it.
async fn done(
    app: App,
    id: &str,
    change: impl FnOnce(&App, &PluginId) -> Result<(), Problem> + Send + 'static,
) -> Result<Json<PluginView>, Problem> {
    let id = plugin_id(id)?;
    app.blocking(move |app| {
        change(app, &id)?;
        app.plugins().look();
        one(app, &id)
    })
    .await
}

/// List plugins
#[utoipa::path(get, path = "/plugins", tag = "plugins", responses((status = 200, body = Vec<PluginView>), Problems))]
async fn list(State(app): State<App>) -> Result<Json<Vec<PluginView>>, Problem> {
    app.blocking(|app| Ok(Json(all(app)?))).await
}

/// Show a plugin
#[utoipa::path(get, path = "/plugins/{id}", tag = "plugins", params(("id" = String, Path)),
    responses((status = 200, body = PluginView), Problems))]
async fn show(State(app): State<App>, Id(id): Id<String>) -> Result<Json<PluginView>, Problem> {
    let id = plugin_id(&id)?;
    app.blocking(move |app| one(app, &id)).await
}

/// Remove a plugin and what it may do
#[utoipa::path(delete, path = "/plugins/{id}", tag = "plugins", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone"), Problems))]
async fn remove(State(app): State<App>, Id(id): Id<String>) -> Result<StatusCode, Problem> {
    let id = plugin_id(&id)?;
    app.blocking(move |app| {
        app.plugins().installer().remove(&id)?;
        app.plugins().look();
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// What a plugin may do from now on, on top of what it may do already.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GrantBody {
    /// The digest of what was shown: if something else is installed or waits by now, nothing is granted.
    digest: String,
    /// What it may do, such as `net api.example.org`. Each must be asked for.
    permissions: Vec<String>,
}

/// Let a plugin do what it asks for
#[utoipa::path(post, path = "/plugins/{id}/grants", tag = "plugins", params(("id" = String, Path)),
    request_body = GrantBody, responses((status = 200, body = PluginView), Problems))]
async fn grant(
    State(app): State<App>,
    Id(id): Id<String>,
    Body(body): Body<GrantBody>,
) -> Result<Json<PluginView>, Problem> {
    done(app, &id, move |app, id| {
        let given = permissions(&body.permissions)?;
        let installer = app.plugins().installer();
        let asking = installer.asking(id)?;
        if asking.pin.digest.to_string() != body.digest {
            return Err(Problem::conflict(format_args!(
                "what asks by now is {}",
                asking.pin.digest
            )));
        }
        installer.grant(id, &asking, &given)?;
        Ok(())
    })
    .await
}

/// What is taken back.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct RevokeQuery {
    /// Kinds with commas between them: net, store, generate, inference, clock, random. All if there are none.
    kinds: Option<String>,
}

/// Take back what a plugin may do
#[utoipa::path(delete, path = "/plugins/{id}/grants", tag = "plugins", params(RevokeQuery, ("id" = String, Path)),
    responses((status = 200, body = PluginView), Problems))]
async fn revoke(
    State(app): State<App>,
    Id(id): Id<String>,
    Params(query): Params<RevokeQuery>,
) -> Result<Json<PluginView>, Problem> {
    done(app, &id, move |app, id| {
        let names = query.kinds.unwrap_or_default();
        let names = names.split(',').map(str::trim).filter(|it| !it.is_empty());
        let kinds = names
            .map(|name| {
                let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
                found.ok_or_else(|| {
                    let known = Kind::ALL.map(Kind::name).join(", ");
                    Problem::field("kinds", format_args!("expected some of {known}"))
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        app.plugins().installer().revoke(id, &kinds)?;
        Ok(())
    })
    .await
}

/// Use a plugin again
#[utoipa::path(post, path = "/plugins/{id}/enable", tag = "plugins", params(("id" = String, Path)),
    responses((status = 200, body = PluginView), Problems))]
async fn enable(State(app): State<App>, Id(id): Id<String>) -> Result<Json<PluginView>, Problem> {
    done(app, &id, |app, id| {
        Ok(app.plugins().installer().enable(id, true)?)
    })
    .await
}

/// Do not use a plugin, without removing it
#[utoipa::path(post, path = "/plugins/{id}/disable", tag = "plugins", params(("id" = String, Path)),
    responses((status = 200, body = PluginView), Problems))]
async fn disable(State(app): State<App>, Id(id): Id<String>) -> Result<Json<PluginView>, Problem> {
    done(app, &id, |app, id| {
        Ok(app.plugins().installer().enable(id, false)?)
    })
    .await
}

/// Go back to the version before
#[utoipa::path(post, path = "/plugins/{id}/rollback", tag = "plugins", params(("id" = String, Path)),
    responses((status = 200, body = PluginView), Problems))]
async fn rollback(State(app): State<App>, Id(id): Id<String>) -> Result<Json<PluginView>, Problem> {
    done(app, &id, |app, id| {
        app.plugins().installer().rollback(id)?;
        Ok(())
    })
    .await
}

/// Load a plugin again that was rejected
#[utoipa::path(post, path = "/plugins/{id}/reload", tag = "plugins", params(("id" = String, Path)),
    responses((status = 200, body = PluginView), Problems))]
async fn retry(State(app): State<App>, Id(id): Id<String>) -> Result<Json<PluginView>, Problem> {
    done(app, &id, |app, id| {
        app.plugins().retry(id.as_str());
        Ok(())
    })
    .await
}
