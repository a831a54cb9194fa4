//! Plugins that were fetched and checked, and wait for somebody to decide.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aquatint_sandbox::document::{Readers, replace};
use aquatint_sandbox::install::{Consent, Options, Outcome, Proposal, Standing, Update};
use aquatint_sandbox::locator::Locator;
use aquatint_sandbox::manifest::PluginId;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::routes::permissions;
use super::view::{PermissionView, permission};
use crate::App;
use crate::http::extract::{bytes, is_json, read_json};
use crate::http::{Body, Id, Problem, Problems};

/// How long a proposal waits.
const WAITS: Duration = Duration::from_secs(15 * 60);
/// How many wait at most.
const MOST: usize = 16;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(propose))
        .routes(routes!(consent, withdraw))
}

/// Proposals that wait.
#[derive(Default)]
pub(crate) struct Proposals {
    waiting: Mutex<HashMap<String, (Instant, Proposal)>>,
}

impl Proposals {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Instant, Proposal)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, proposal: Proposal) -> Result<String, Problem> {
        self.tidy();
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(Problem::internal)?;
        let token = crate::security::hex(&random);
        let mut waiting = self.lock();
        if waiting.len() >= MOST {
            return Err(Problem::too_many(
                format_args!("{MOST} plugins wait for consent already"),
                60,
            ));
        }
        waiting.insert(token.clone(), (Instant::now(), proposal));
        Ok(token)
    }

    fn take(&self, token: &str) -> Result<Proposal, Problem> {
        self.tidy();
        let found = self.lock().remove(token);
        found.map(|(_, proposal)| proposal).ok_or_else(|| {
            Problem::not_found("there is no such proposal, or it has waited for too long")
        })
    }

    /// Forgets those that nobody decides about.
    pub(crate) fn tidy(&self) {
        self.lock().retain(|_, (since, _)| since.elapsed() < WAITS);
    }
}

/// Where a plugin is to come from.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProposeBody {
    /// `https://…#sha256=…`, `oci://HOST/REPOSITORY[:TAG]` or `index:ID[@REQUIREMENT]`. Of a plugin that is installed, nothing: then
    /// what is looked for is an update.
    #[serde(default)]
    source: Option<String>,
    /// The plugin that an update is looked for.
    #[serde(default)]
    update: Option<String>,
    /// Take it although it is signed with another key than before, or not any more.
    #[serde(default)]
    accept_key: bool,
}

/// A plugin that waits for somebody to decide.
#[derive(Serialize, ToSchema)]
struct ProposalView {
    /// What names it, for 15 minutes.
    token: String,
    /// The plugin's id.
    id: String,
    /// Its version.
    version: String,
    /// The digest of what would be installed.
    digest: String,
    /// How it stands to what is installed: `new`, `same` or `update`.
    standing: &'static str,
    /// The version that is installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Who signed it, compared with before: `unsigned`, `same`, `first` or `changed`.
    signer: &'static str,
    /// The key it is signed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Everything it asks for.
    asks: Vec<PermissionView>,
    /// What it says about itself.
    #[schema(value_type = Object)]
    manifest: Value,
}

/// Fetch a plugin and see what it asks for
///
/// Nothing is installed yet. The body says where from, or is the plugin itself, as `application/wasm`.
#[utoipa::path(post, path = "/proposals", tag = "plugins",
    request_body(content((ProposeBody = "application/json"), (Vec<u8> = "application/wasm"))),
    responses((status = 201, description = "It waits", body = ProposalView),
        (status = 204, description = "There is no newer version"), Problems))]
async fn propose(
    State(app): State<App>,
    request: Request,
) -> Result<axum::response::Response, Problem> {
    use axum::response::IntoResponse as _;
    let is_json = is_json(request.headers());
    let is_wasm = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/wasm");
    if !is_json && !is_wasm {
        return Err(Problem::media_type(
            "expected application/json or application/wasm",
        ));
    }
    let bytes = bytes(request, &app).await?;
    let view = app
        .blocking(move |app| match is_json {
            true => fetch(app, &read_json(&bytes)?),
            false => take(app, &bytes).map(Some),
        })
        .await?;
    Ok(match view {
        Some(view) => (StatusCode::CREATED, Json(view)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

fn fetch(app: &App, body: &ProposeBody) -> Result<Option<ProposalView>, Problem> {
    let installer = app.plugins().installer();
    let options = Options {
        accept_key: body.accept_key,
        ..Options::default()
    };
    let source = body.source.as_deref().map(locator).transpose()?;
    let proposal = match (&body.update, &source) {
        (Some(id), source) => {
            let id: PluginId = id
                .parse()
                .map_err(|error| Problem::field("update", error))?;
            match installer.look_for_update(&id, source.as_ref(), &options, &mut |_| {})? {
                Update::Newest => return Ok(None),
                Update::Pinned => {
                    return Err(Problem::field(
                        "update",
                        "it comes from a place that names its digest, so there is no newer one: name another `source`",
                    ));
                }
                Update::Found(proposal) => *proposal,
            }
        }
        (None, Some(source)) => installer.prepare(source, &options, &mut |_| {})?,
        (None, None) => {
            return Err(Problem::field("source", "expected `source` or `update`"));
        }
    };
    view(app, proposal).map(Some)
}

/// A place that is not on this machine: over HTTP nobody names its files.
fn locator(text: &str) -> Result<Locator, Problem> {
    let wrong = |why: String| Problem::field("source", why);
    let locator: Locator = text.parse().map_err(|error| wrong(format!("{error}")))?;
    match locator {
        Locator::File(_) => Err(wrong(
            "expected https://…#sha256=…, oci://… or index:…; a file is sent as the body, as application/wasm"
                .to_owned(),
        )),
        other => Ok(other),
    }
}

/// A plugin that came with the request. It is kept, since it is where the plugin is from.
fn take(app: &App, bytes: &[u8]) -> Result<ProposalView, Problem> {
    let name = blake3::hash(bytes).to_hex();
    let folder = app.data().join("uploads").join("plugins");
    let path = folder.join(format!("{}.wasm", &name[..32]));
    replace(&path, bytes, Readers::Maker).map_err(Problem::internal)?;
    let proposal = app.plugins().installer().prepare(
        &Locator::File(path.clone()),
        &Options::default(),
        &mut |_| {},
    );
    match proposal {
        Ok(proposal) => view(app, proposal),
        Err(error) => {
            // What is no plugin is not kept.
            let _ = std::fs::remove_file(path);
            Err(error.into())
        }
    }
}

fn view(app: &App, proposal: Proposal) -> Result<ProposalView, Problem> {
    use aquatint_sandbox::install::sign::Signer;
    let (signer, key) = match &proposal.signer {
        Signer::Unsigned => ("unsigned", None),
        Signer::Same(key) => ("same", Some(*key)),
        Signer::First { key, .. } => ("first", Some(*key)),
        Signer::Changed { to, .. } => ("changed", *to),
    };
    let (standing, from) = match &proposal.standing {
        Standing::New => ("new", None),
        Standing::Same => ("same", None),
        Standing::Update { from, .. } => ("update", Some(from.to_string())),
    };
    let reasons = proposal.plugin.reasons();
    let asks = reasons
        .iter()
        .map(|(it, reason)| permission(it, reason))
        .collect();
    let manifest = serde_json::to_value(&proposal.plugin.manifest).map_err(Problem::internal)?;
    Ok(ProposalView {
        id: proposal.id().to_string(),
        version: proposal.pin.version.to_string(),
        digest: proposal.pin.digest.to_string(),
        standing,
        from,
        signer,
        key: key.map(|key| key.id().to_string()),
        asks,
        manifest,
        token: app.proposals().put(proposal)?,
    })
}

/// What somebody says to what a plugin asks for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConsentBody {
    /// The digest of what was shown.
    digest: String,
    /// What it may do, as it was shown; each must be asked for. Without this field it is installed, and waits.
    #[serde(default)]
    grant: Option<Vec<String>>,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
struct ConsentView {
    /// The plugin's id.
    id: String,
    /// `ready`, `needs_consent`, `update_waits` or `unchanged`.
    outcome: &'static str,
    /// What it still waits for.
    missing: Vec<PermissionView>,
}

/// Install a plugin that waits, and say what it may do
#[utoipa::path(post, path = "/proposals/{token}", tag = "plugins", params(("token" = String, Path)),
    request_body = ConsentBody, responses((status = 200, body = ConsentView), Problems))]
async fn consent(
    State(app): State<App>,
    Id(token): Id<String>,
    Body(body): Body<ConsentBody>,
) -> Result<Json<ConsentView>, Problem> {
    app.blocking(move |app| {
        let consent = match &body.grant {
            Some(given) => Consent::Given(permissions(given)?),
            None => Consent::Later,
        };
        let proposal = app.proposals().take(&token)?;
        if proposal.pin.digest.to_string() != body.digest {
            return Err(Problem::conflict(format_args!(
                "what was proposed is {}: fetch it again",
                proposal.pin.digest
            )));
        }
        let id = proposal.id().to_string();
        let outcome = app.plugins().installer().commit(proposal, consent)?;
        app.plugins().look();
        let (outcome, missing) = match outcome {
            Outcome::Ready => ("ready", None),
            Outcome::Unchanged => ("unchanged", None),
            Outcome::NeedsConsent(change) => ("needs_consent", Some(change)),
            Outcome::UpdateWaits(change) => ("update_waits", Some(change)),
        };
        let added = missing.map(|change| change.added).unwrap_or_default();
        Ok(Json(ConsentView {
            id,
            outcome,
            missing: added.iter().map(|it| permission(it, "")).collect(),
        }))
    })
    .await
}

/// Throw away a plugin that waits
#[utoipa::path(delete, path = "/proposals/{token}", tag = "plugins", params(("token" = String, Path)),
    responses((status = 204, description = "It is gone"), Problems))]
async fn withdraw(State(app): State<App>, Id(token): Id<String>) -> Result<StatusCode, Problem> {
    app.blocking(move |app| {
        app.proposals().take(&token)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
