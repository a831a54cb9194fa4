use std::path::Path;

use anyhow::Context as _;
use aquatint_sandbox::install::Installer;
use aquatint_sandbox::install::sign::PublicKey;
use aquatint_sandbox::manifest::PluginId;

use crate::exit::Usage;
use crate::output;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key to sign with
    New {
        /// What to call it
        name: String,
    },
    /// Show your keys, and those that plugins were signed with
    List {
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Give someone's key a name, and bind plugins to it before they are installed
    Trust {
        /// The key, `ed25519:…`, or a file with it
        key: String,
        /// Whose it is
        #[arg(long)]
        name: String,
        /// A plugin that must be signed with it; may be given again
        #[arg(long = "plugin", value_name = "ID")]
        plugins: Vec<PluginId>,
    },
    /// Forget someone's key, and that plugins must be signed with it
    Forget {
        /// Its name, its id, or itself
        key: String,
    },
}

pub(super) fn run(command: &KeysCommand, installer: &Installer) -> anyhow::Result<()> {
    match command {
        KeysCommand::New { name } => {
            let made = installer.keys().create(name)?;
            output::line(format_args!("made key {} ({name})", made.key.id()))?;
            output::line(format_args!("  {}", made.key))
        }
        KeysCommand::List { json } => list(installer, *json),
        KeysCommand::Trust { key, name, plugins } => trust(installer, key, name, plugins),
        KeysCommand::Forget { key } => {
            let (known, plugins) = installer.trust().update(|trust| trust.forget(key))?;
            output::line(format_args!("forgot key {}", known.key.id()))?;
            for id in plugins {
                output::line(format_args!("  {id} may be signed with any key next"))?;
            }
            Ok(())
        }
    }
}

fn trust(
    installer: &Installer,
    given: &str,
    name: &str,
    plugins: &[PluginId],
) -> anyhow::Result<()> {
    let key = read(given)?;
    let now = Installer::now();
    let bound = installer.trust().update(|trust| {
        trust.name_key(key, name, now)?;
        let other = plugins
            .iter()
            .find(|id| trust.of(id).is_some_and(|bound| bound != key));
        if let Some(id) = other {
            return Ok(Err(id.clone()));
        }
        for id in plugins {
            trust.bind(id, Some(key), now);
        }
        Ok(Ok(()))
    })?;
    if let Err(id) = bound {
        anyhow::bail!(
            "plugin `{id}` is signed with another key: forget that one first, or update the plugin \
             with `--accept-key`"
        );
    }
    output::line(format_args!("key {} is called {name}", key.id()))?;
    for id in plugins {
        output::line(format_args!("  {id} must be signed with it"))?;
    }
    Ok(())
}

fn read(given: &str) -> anyhow::Result<PublicKey> {
    if given.starts_with("ed25519:") {
        return Ok(given.parse().map_err(|error| Usage(format!("{error}")))?);
    }
    let path = Path::new(given);
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    text.trim()
        .parse()
        .with_context(|| path.display().to_string())
}

fn list(installer: &Installer, json: bool) -> anyhow::Result<()> {
    let mine = installer.keys().list()?;
    let trust = installer.trust().read()?;
    if json {
        let mine: Vec<_> = mine
            .iter()
            .map(|it| serde_json::json!({"name": it.name, "id": it.key.id().as_str(), "key": it.key}))
            .collect();
        let known: Vec<_> = trust
            .keys()
            .iter()
            .map(|known| {
                serde_json::json!({
                    "name": known.name,
                    "id": known.key.id().as_str(),
                    "key": known.key,
                    "first_seen": known.first_seen,
                    "plugins": trust.plugins_of(&known.key).collect::<Vec<_>>(),
                })
            })
            .collect();
        return output::json(&serde_json::json!({"mine": mine, "known": known}));
    }
    if mine.is_empty() && trust.keys().is_empty() {
        return output::line("no keys: `aquatint plugin keys new NAME` makes one to sign with");
    }
    for it in &mine {
        output::line(format_args!(
            "{}  yours, {}: {}",
            it.key.id(),
            it.name,
            it.key
        ))?;
    }
    for known in trust.keys() {
        let plugins: Vec<_> = trust
            .plugins_of(&known.key)
            .map(ToString::to_string)
            .collect();
        output::line(format_args!(
            "{}  {}, first seen {}, signs {}",
            known.key.id(),
            known.name.as_deref().unwrap_or("not named"),
            known.first_seen,
            if plugins.is_empty() {
                "nothing that is known".to_owned()
            } else {
                plugins.join(", ")
            }
        ))?;
    }
    Ok(())
}
