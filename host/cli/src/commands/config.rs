//! `aquatint config`.

use std::path::Path;

use clap::Subcommand;

use super::serve::SettingArgs;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every setting of the server, with where it comes from: defaults, then the file, then variables that begin
    /// with AQUATINT_, then flags
    Show {
        #[command(flatten)]
        settings: Box<SettingArgs>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(command: &ConfigCommand, data: &Path) -> anyhow::Result<()> {
    let ConfigCommand::Show { settings, json } = command;
    let shown = settings.layers(data)?.show()?;
    if *json {
        let rows: serde_json::Map<_, _> = shown
            .into_iter()
            .map(|(key, value, origin)| {
                let row = serde_json::json!({"value": value, "from": origin.to_string()});
                (key, row)
            })
            .collect();
        return output::json(&rows);
    }
    for (key, value, origin) in shown {
        output::line(format_args!(
            "{:<40}  # {origin}",
            format!("{key} = {value}")
        ))?;
    }
    Ok(())
}
