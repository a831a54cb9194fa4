//! Plugins as scripts: one with the hook `script` is chosen by `script_name`, the others are always on.

use std::time::Duration;

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::Manifest;
use aquatint_sandbox::settings::{Kind, Setting};
use aquatint_studio::PluginUse;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::xyz;
use crate::App;
use crate::http::Problem;
use crate::native::PluginOrder;

/// How long lists wait for plugins that are being loaded.
const LOADING: Duration = Duration::from_millis(500);

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sdapi/v1/scripts", get(list))
        .route("/sdapi/v1/script-info", get(info))
}

/// What serves now and takes part in drawing.
fn manifests(app: &App) -> Vec<Manifest> {
    let until = std::time::Instant::now() + LOADING;
    loop {
        let statuses = app.plugins().statuses();
        let is_loading = statuses
            .iter()
            .any(|it| it.serving.is_none() && it.why.is_none() && it.missing.is_empty());
        if is_loading && std::time::Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
            continue;
        }
        let serving = statuses.into_iter().filter_map(|it| it.serving);
        let mut found: Vec<Manifest> = serving
            .map(|it| it.manifest)
            .filter(|it| it.hooks.iter().any(|hook| *hook != Hook::Sweep))
            .collect();
        let order = PluginOrder::of(app);
        found.sort_by_cached_key(|it| order.key(it.id.as_str()));
        return found;
    }
}

fn name(manifest: &Manifest) -> String {
    aquatint_studio::harmless(manifest.title()).to_lowercase()
}

/// Names are lower case there.
async fn list(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.blocking(|app| {
        let mut names: Vec<String> = manifests(app).iter().map(name).collect();
        names.push(xyz::NAME.to_owned());
        Ok(Json(json!({"txt2img": names, "img2img": names})))
    })
    .await
}

async fn info(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.blocking(|app| {
        let mut infos = Vec::new();
        for manifest in manifests(app) {
            let args: Vec<Value> = manifest.settings.settings().iter().map(argument).collect();
            for is_img2img in [false, true] {
                infos.push(json!({
                    "name": name(&manifest),
                    "is_alwayson": !manifest.hooks.contains(&Hook::Script),
                    "is_img2img": is_img2img,
                    "args": args,
                }));
            }
        }
        infos.extend(xyz::infos());
        Ok(Json(Value::Array(infos)))
    })
    .await
}

fn argument(setting: &Setting) -> Value {
    // As manifests have it: key, type, default, bounds.
    let raw = serde_json::to_value(setting).unwrap_or_default();
    let of = |key: &str| raw.get(key).cloned().unwrap_or(Value::Null);
    let choices = match &setting.kind {
        Kind::Choice { .. } => of("options"),
        _ => Value::Null,
    };
    let label = raw.get("label").and_then(Value::as_str);
    json!({
        "label": label.unwrap_or(&setting.key),
        "value": of("default"),
        "minimum": of("min"),
        "maximum": of("max"),
        "step": of("step"),
        "choices": choices,
    })
}

/// Puts the scripts that a body names into the request.
pub(super) fn take(app: &App, body: &Map<String, Value>, asked: &mut Asked) -> Result<(), Problem> {
    let script = body
        .get("script_name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let always = match body.get("alwayson_scripts") {
        None | Some(Value::Null) => None,
        Some(Value::Object(scripts)) => Some(scripts).filter(|it| !it.is_empty()),
        Some(_) => return Err(Problem::field("alwayson_scripts", "expected an object")),
    };
    let is_xyz = xyz::is_asked(body);
    if (script.is_empty() || script == "None" || is_xyz) && always.is_none() {
        return Ok(());
    }
    let known = manifests(app);
    let find = |given: &str| {
        known
            .iter()
            .find(|it| name(it).eq_ignore_ascii_case(given) || it.id.as_str() == given)
    };
    let mut applied: Vec<(&Manifest, PluginUse)> = Vec::new();
    for (given, script) in always.into_iter().flatten() {
        let args = script
            .get("args")
            .cloned()
            .unwrap_or(Value::Array(Vec::new()));
        match find(given) {
            Some(manifest) => applied.push((manifest, used(manifest, &args)?)),
            // What is sent along and switched off asks for nothing.
            None if is_off(&args) => {}
            None => {
                let given = aquatint_sandbox::names::shown(given);
                return Err(Problem::field(
                    "alwayson_scripts",
                    format_args!("always on script {given} not found"),
                ));
            }
        }
    }
    // An object has no order: they are applied in that of the list.
    let place = |it: &(&Manifest, PluginUse)| known.iter().position(|known| known.id == it.0.id);
    applied.sort_by_key(place);
    let applied = applied.into_iter().map(|(_, plugin)| plugin);
    asked.request.plugins.extend(applied);
    if !script.is_empty() && script != "None" && !is_xyz {
        let manifest = find(script).ok_or_else(|| {
            let script = aquatint_sandbox::names::shown(script);
            Problem::field("script_name", format_args!("Script '{script}' not found"))
        })?;
        let args = body
            .get("script_args")
            .cloned()
            .unwrap_or(Value::Array(Vec::new()));
        asked.request.plugins.push(used(manifest, &args)?);
    }
    Ok(())
}

/// Arguments by their places, or by their names.
fn used(manifest: &Manifest, args: &Value) -> Result<PluginUse, Problem> {
    let settings = match args {
        Value::Object(settings) => settings.clone(),
        Value::Array(values) => {
            let known = manifest.settings.settings();
            if values.len() > known.len() {
                return Err(Problem::field(
                    "script_args",
                    format_args!(
                        "`{}` takes {} arguments, and {} are there",
                        manifest.id,
                        known.len(),
                        values.len()
                    ),
                ));
            }
            let pairs = known
                .iter()
                .zip(values)
                .filter(|(_, value)| !value.is_null());
            pairs
                .map(|(setting, value)| (setting.key.clone(), value.clone()))
                .collect()
        }
        Value::Null => Map::new(),
        _ => {
            return Err(Problem::field(
                "script_args",
                "expected a list or an object",
            ));
        }
    };
    Ok(PluginUse {
        id: manifest.id.to_string(),
        settings,
    })
}

/// Whether all units of a script say that they are not enabled.
fn is_off(args: &Value) -> bool {
    match args {
        Value::Array(units) => units.iter().all(|unit| match unit {
            Value::Object(unit) => unit.get("enabled") == Some(&Value::Bool(false)),
            unit => *unit == Value::Bool(false),
        }),
        _ => false,
    }
}
