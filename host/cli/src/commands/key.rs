//! `aquatint key`.

use std::path::Path;

use anyhow::Context as _;
use aquatint_server::security::{KeyFile, NewKey, Scope};
use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};

use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key. It is shown once
    New {
        /// What it is called
        name: String,
        /// What it may do: read, generate (and read), or admin (and everything)
        #[arg(long, default_value = "generate")]
        scope: Scope,
        /// After how many days it is worth nothing
        #[arg(long, value_name = "DAYS")]
        days: Option<u32>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show which keys there are
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a key back
    Revoke {
        /// Its name or its id
        key: String,
    },
}

pub(crate) fn run(command: &KeyCommand, data: &Path) -> anyhow::Result<()> {
    let file = KeyFile::of(data);
    match command {
        KeyCommand::New {
            name,
            scope,
            days,
            json,
        } => {
            let hours = |days: &u32| SignedDuration::from_hours(i64::from(*days) * 24);
            let expires_at = days
                .as_ref()
                .map(|days| Timestamp::now().checked_add(hours(days)))
                .transpose()
                .context("--days is too large")?;
            let (key, secret) = file.add(NewKey {
                name: name.clone(),
                scope: *scope,
                expires_at,
            })?;
            if *json {
                return output::json(&serde_json::json!({
                    "id": key.id,
                    "name": key.name,
                    "scope": key.scope,
                    "expires_at": key.expires_at,
                    "key": secret.text(),
                }));
            }
            output::line(secret.text())?;
            output::tell("This is the only time that it is shown.");
            Ok(())
        }
        KeyCommand::List { json } => list(&file, *json),
        KeyCommand::Revoke { key } => {
            let key = file.revoke(key)?;
            output::line(format_args!("revoked {} ({})", key.name, key.id))
        }
    }
}

fn list(file: &KeyFile, json: bool) -> anyhow::Result<()> {
    let keys = file.list()?;
    let now = Timestamp::now();
    if json {
        let rows: Vec<_> = keys
            .iter()
            .map(|key| {
                serde_json::json!({
                    "id": key.id,
                    "name": key.name,
                    "scope": key.scope,
                    "created_at": key.created_at,
                    "expires_at": key.expires_at,
                    "expired": key.is_expired(now),
                })
            })
            .collect();
        return output::json(&rows);
    }
    if keys.is_empty() {
        return output::line("no keys");
    }
    for key in keys {
        let until = match key.expires_at {
            Some(_) if key.is_expired(now) => "expired".to_owned(),
            Some(at) => format!("until {at}"),
            None => String::new(),
        };
        let line = format!("{}  {:<8}  {:<20}  {until}", key.id, key.scope, key.name);
        output::line(line.trim_end())?;
    }
    Ok(())
}
