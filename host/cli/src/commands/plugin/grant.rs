use aquatint_sandbox::install::{Consent, Installer};
use aquatint_sandbox::manifest::PluginId;

use super::consent::{self, ConsentArgs};
use super::describe;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct GrantArgs {
    /// The plugin's id
    id: PluginId,
    #[command(flatten)]
    consent: ConsentArgs,
}

pub(super) fn run(args: &GrantArgs, installer: &Installer) -> anyhow::Result<()> {
    let id = &args.id;
    let asking = installer.asking(id)?;
    let version = &asking.pin.version;
    if asking.change.added.is_empty() && !asking.update {
        return output::line(format_args!(
            "{id} {version} may do everything that it asks for: {}",
            asking.granted
        ));
    }
    output::line(format_args!(
        "{id} {version}{} asks to:",
        if asking.update { ", an update," } else { "" }
    ))?;
    describe::permissions(&asking.reasons())?;
    let consent = consent::ask(&args.consent, &asking.pin.permissions, false)?;
    let given = match consent {
        Some(Consent::Given(given)) => given,
        Some(Consent::Later) => anyhow::bail!(
            "nobody to ask: grant everything with `--yes`, or some of it with `--grant PERMISSION`"
        ),
        None => anyhow::bail!("no consent: nothing was granted"),
    };
    let outcome = installer.grant(id, &asking, &given)?;
    describe::outcome(id, version, &outcome)
}
