use aquatint_sandbox::install::Installer;
use aquatint_sandbox::lock::Pin;

use super::describe::clean;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ListArgs, installer: &Installer) -> anyhow::Result<()> {
    let list = installer.list()?;
    if args.json {
        let rows: Vec<_> = list
            .iter()
            .map(|(entry, state)| {
                serde_json::json!({
                    "id": entry.id,
                    "state": state.name(),
                    "enabled": entry.enabled,
                    "current": pin(&entry.current),
                    "waiting": entry.waiting.as_ref().map(pin),
                })
            })
            .collect();
        return output::json(&rows);
    }
    if list.is_empty() {
        return output::line("no plugins are installed");
    }
    let widest = |texts: Vec<usize>| texts.into_iter().max().unwrap_or_default();
    let ids = widest(list.iter().map(|(it, _)| it.id.as_str().len()).collect());
    let version = |pin: &Pin| pin.version.to_string();
    let versions = widest(
        list.iter()
            .map(|(it, _)| version(&it.current).len())
            .collect(),
    );
    for (entry, state) in &list {
        output::line(format_args!(
            "{:<ids$}  {:<versions$}  {:<13}  {}",
            entry.id,
            version(&entry.current),
            state.name(),
            clean(&entry.current.source.to_string())
        ))?;
    }
    Ok(())
}

/// A pin, in the JSON of several commands.
pub(super) fn pin(pin: &Pin) -> serde_json::Value {
    serde_json::json!({
        "version": pin.version,
        "digest": pin.digest,
        "source": pin.source,
        "manifest": pin.manifest,
        "permissions": pin.permissions,
        "installed_at": pin.installed_at,
    })
}
