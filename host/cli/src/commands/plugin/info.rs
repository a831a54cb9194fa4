use std::path::Path;

use aquatint_sandbox::install::{Installer, State};
use aquatint_sandbox::manifest::PluginId;

use super::describe::{self, clean};
use super::list::pin;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct InfoArgs {
    /// The id of an installed plugin, or a file (with a `/` or ending in .wasm)
    #[arg(value_name = "ID|FILE")]
    which: String,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &InfoArgs, installer: &Installer) -> anyhow::Result<()> {
    let path = Path::new(&args.which);
    if args.which.contains(['/', '\\']) || path.extension() == Some("wasm".as_ref()) {
        return of_file(path, args.json, installer);
    }
    let id: PluginId = args
        .which
        .parse()
        .map_err(|error| crate::exit::Usage(format!("{error}")))?;
    of_installed(&id, args.json, installer)
}

fn of_file(path: &Path, json: bool, installer: &Installer) -> anyhow::Result<()> {
    let plugin = installer.examine_file(path)?;
    let key = plugin.signature.as_ref().map(|signature| signature.key);
    if json {
        return output::json(&serde_json::json!({
            "manifest": plugin.manifest,
            "digest": plugin.digest,
            "permissions": plugin.needed,
            "key": key,
        }));
    }
    describe::plugin(&plugin.manifest)?;
    output::line(format_args!("  {}", plugin.digest))?;
    let trust = installer.trust().read()?;
    match key {
        Some(key) => output::line(format_args!(
            "  signed with key {}",
            describe::key(&key, &trust)
        ))?,
        None => output::line("  not signed")?,
    }
    if plugin.needed.is_empty() {
        return output::line("It asks for nothing.");
    }
    output::line("It asks to:")?;
    describe::permissions(&plugin.reasons())
}

fn of_installed(id: &PluginId, json: bool, installer: &Installer) -> anyhow::Result<()> {
    let lock = installer.folders().lock().read()?;
    let entry = lock
        .get(id)
        .map_err(aquatint_sandbox::install::InstallError::from)?;
    let grants = installer.folders().grants().read()?;
    let (state, granted) = (State::of(entry, &grants), grants.of(id));
    let manifest = installer.kept_manifest(&entry.current);
    let trust = installer.trust().read()?;
    let key = trust.of(id);
    if json {
        return output::json(&serde_json::json!({
            "id": id,
            "state": state.name(),
            "enabled": entry.enabled,
            "file": installer.folders().plugin(id),
            "current": pin(&entry.current),
            "waiting": entry.waiting.as_ref().map(pin),
            "earlier": entry.earlier.iter().map(pin).collect::<Vec<_>>(),
            "granted": granted,
            "key": key,
            "manifest": manifest,
        }));
    }
    match &manifest {
        Some(manifest) => describe::plugin(manifest)?,
        None => output::line(format_args!(
            "{id} {}: its kept copy is missing or damaged (`aquatint plugin verify {id}`)",
            entry.current.version
        ))?,
    }
    output::line(format_args!("  state: {}", state.name()))?;
    output::line(format_args!(
        "  from {}, {}, on {}",
        clean(&entry.current.source.to_string()),
        entry.current.digest,
        entry.current.installed_at
    ))?;
    match &key {
        Some(key) => output::line(format_args!(
            "  signed with key {}",
            describe::key(key, &trust)
        ))?,
        None => output::line("  not signed")?,
    }
    output::line(format_args!("  granted: {granted}"))?;
    output::line(format_args!("  asks for: {}", entry.current.permissions))?;
    if let Some(waiting) = &entry.waiting {
        output::line(format_args!(
            "  an update to {} waits for consent and asks for: {}",
            waiting.version, waiting.permissions
        ))?;
    }
    if !entry.earlier.is_empty() {
        let versions: Vec<_> = entry
            .earlier
            .iter()
            .map(|pin| pin.version.to_string())
            .collect();
        output::line(format_args!("  before: {}", versions.join(", ")))?;
    }
    Ok(())
}
