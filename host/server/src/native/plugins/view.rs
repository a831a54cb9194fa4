use std::collections::BTreeMap;

use aquatint_sandbox::folder::Status;
use aquatint_sandbox::install::State;
use aquatint_sandbox::lock::{Entry, Pin};
use aquatint_sandbox::manifest::Manifest;
use aquatint_sandbox::permissions::{Permission, PermissionSet};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::PluginOrder;
use crate::App;
use crate::http::Problem;

/// A plugin.
#[derive(Serialize, ToSchema)]
pub(super) struct PluginView {
    /// Its id.
    pub(super) id: String,
    /// Whether it is installed; otherwise it only lies in a folder.
    installed: bool,
    /// `ready`, `update-waits`, `needs-consent` or `disabled`, as far as its owner is concerned; what is not installed
    /// has the state that loading it has.
    state: String,
    /// Whether it may be used.
    enabled: bool,
    /// What it says about itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    manifest: Option<Value>,
    /// What is installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<PinView>,
    /// An update that waits for consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<PinView>,
    /// The versions before, the newest first.
    earlier: Vec<String>,
    /// What it may do.
    granted: Vec<PermissionView>,
    /// What it asks for and may not do yet.
    missing: Vec<PermissionView>,
    /// What serves jobs now.
    #[serde(skip_serializing_if = "Option::is_none")]
    serving: Option<ServingView>,
    /// Where its file is on its way: `ready`, `rejected`, `needs-consent`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    loading: Option<String>,
    /// Why what the file holds does not serve.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// One build of a plugin.
#[derive(Serialize, ToSchema)]
pub(super) struct PinView {
    version: String,
    digest: String,
    /// Where it came from.
    source: String,
    /// When it was installed.
    #[schema(value_type = String, format = DateTime)]
    installed_at: jiff::Timestamp,
    /// What it asks for.
    permissions: Vec<PermissionView>,
}

/// Something that a plugin may do, or asks to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PermissionView {
    /// As it is granted, such as `net api.example.org`.
    pub(super) permission: String,
    /// In words: what follows "It may".
    pub(super) description: String,
    /// Why, in its author's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

/// What serves jobs now, and how its calls went.
#[derive(Serialize, ToSchema)]
struct ServingView {
    version: String,
    digest: String,
    /// The how manyth version since the server started.
    generation: u64,
    /// How many jobs use it.
    in_flight: u64,
    /// Calls, whichever way they ended.
    calls: u64,
    /// Those that failed.
    failures: u64,
    /// Their seconds together.
    seconds: f64,
    /// The most memory that one took, in bytes.
    peak_memory: u64,
}

pub(super) fn permission(permission: &Permission, reason: &str) -> PermissionView {
    let reason = aquatint_studio::harmless(reason);
    PermissionView {
        permission: permission.to_string(),
        description: permission.describe(),
        reason: (!reason.is_empty()).then_some(reason),
    }
}

fn permissions(set: &PermissionSet) -> Vec<PermissionView> {
    set.iter().map(|it| permission(it, "")).collect()
}

impl PinView {
    pub(super) fn of(pin: &Pin) -> Self {
        Self {
            version: pin.version.to_string(),
            digest: pin.digest.to_string(),
            source: source(pin),
            installed_at: pin.installed_at,
            permissions: permissions(&pin.permissions),
        }
    }
}

/// Where a build came from. Of a file, no more than its name.
fn source(pin: &Pin) -> String {
    match &pin.source {
        aquatint_sandbox::locator::Locator::File(path) => {
            let name = path.file_name().unwrap_or_default();
            aquatint_studio::harmless(&name.to_string_lossy())
        }
        other => aquatint_studio::harmless(&other.to_string()),
    }
}

fn manifest_json(manifest: &Manifest) -> Option<Value> {
    serde_json::to_value(manifest).ok()
}

/// All plugins, in their order: those that are installed, and those that lie in a folder.
pub(super) fn all(app: &App) -> Result<Vec<PluginView>, Problem> {
    let installer = app.plugins().installer();
    let mut views: BTreeMap<String, PluginView> = BTreeMap::new();
    for (entry, state) in installer.list()? {
        let asking = installer.asking(&entry.id)?;
        let missing = asking.reasons();
        let missing = missing
            .iter()
            .map(|(it, reason)| permission(it, reason))
            .collect();
        let manifest = installer.kept_manifest(&entry.current);
        let view = installed(&entry, state, &asking.granted, missing, manifest.as_ref());
        views.insert(view.id.clone(), view);
    }
    for status in app.plugins().statuses() {
        add_status(&mut views, status);
    }
    let order = PluginOrder::of(app);
    let mut views: Vec<_> = views.into_values().collect();
    views.sort_by_cached_key(|view| order.key(&view.id));
    Ok(views)
}

fn installed(
    entry: &Entry,
    state: State,
    granted: &PermissionSet,
    missing: Vec<PermissionView>,
    manifest: Option<&Manifest>,
) -> PluginView {
    PluginView {
        id: entry.id.to_string(),
        installed: true,
        state: state.name().to_owned(),
        enabled: entry.enabled,
        manifest: manifest.and_then(manifest_json),
        current: Some(PinView::of(&entry.current)),
        waiting: entry.waiting.as_ref().map(PinView::of),
        earlier: entry
            .earlier
            .iter()
            .map(|pin| pin.version.to_string())
            .collect(),
        granted: permissions(granted),
        missing,
        serving: None,
        loading: None,
        why: None,
    }
}

fn add_status(views: &mut BTreeMap<String, PluginView>, status: Status) {
    let serving = status.serving.as_ref();
    let by_file = || {
        let name = status.file.strip_suffix(".wasm").unwrap_or(&status.file);
        aquatint_studio::harmless(name)
    };
    let id = serving.map_or_else(by_file, |it| it.manifest.id.to_string());
    let view = views.entry(id.clone()).or_insert_with(|| PluginView {
        id,
        installed: false,
        state: status.state.to_owned(),
        enabled: true,
        manifest: None,
        current: None,
        waiting: None,
        earlier: Vec::new(),
        granted: Vec::new(),
        missing: status.missing.iter().map(|it| permission(it, "")).collect(),
        serving: None,
        loading: None,
        why: None,
    });
    if let Some(serving) = serving {
        if view.manifest.is_none() {
            view.manifest = manifest_json(&serving.manifest);
        }
        view.serving = Some(ServingView {
            version: serving.manifest.version.to_string(),
            digest: serving.digest.to_string(),
            generation: serving.generation,
            in_flight: serving.in_flight,
            calls: serving.metrics.calls,
            failures: serving.metrics.failures,
            seconds: serving.metrics.time.as_secs_f64(),
            peak_memory: serving.metrics.peak_memory,
        });
    }
    view.loading = Some(status.state.to_owned());
    view.why = status.why.map(|why| aquatint_studio::harmless(&why));
}
