use aquatint_sandbox::install::{Consent, Installer, Options, Standing, Update};
use aquatint_sandbox::locator::Locator;
use aquatint_sandbox::manifest::PluginId;

use super::consent::{self, ConsentArgs};
use super::describe;
use super::install::OptionArgs;
use super::watch::Watch;
use crate::{exit, output};

#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArgs {
    /// The plugin's id; all plugins if there is none
    id: Option<PluginId>,
    /// Another place to get it from, which is where the next update comes from too
    #[arg(long, value_name = "SOURCE", requires = "id")]
    from: Option<Locator>,
    /// Take what a source has although it is no newer version: a tag that was moved
    #[arg(long)]
    accept_moved: bool,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    options: OptionArgs,
}

pub(super) fn run(args: &UpdateArgs, installer: &Installer) -> anyhow::Result<()> {
    let options = Options {
        accept_moved: args.accept_moved,
        ..args.options.options()
    };
    if let Some(id) = &args.id {
        return update(id, args, &options, installer);
    }
    let mut failed = Vec::new();
    for (entry, _) in installer.list()? {
        match update(&entry.id, args, &options, installer) {
            Ok(()) => {}
            Err(error) if exit::is_interruption(&error) => return Err(error),
            Err(error) => {
                output::tell(format_args!("{}: {error}", entry.id));
                failed.push(entry.id.to_string());
            }
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    anyhow::bail!("not updated: {}", failed.join(", "))
}

fn update(
    id: &PluginId,
    args: &UpdateArgs,
    options: &Options,
    installer: &Installer,
) -> anyhow::Result<()> {
    let watch = Watch::new();
    let update = installer.look_for_update(id, args.from.as_ref(), options, &mut |progress| {
        watch.progress(progress);
    })?;
    drop(watch);
    let proposal = match update {
        Update::Newest => return output::line(format_args!("{id} is up to date")),
        Update::Pinned => {
            return output::line(format_args!(
                "{id} comes from a place that names its digest, so there is no newer one: \
                 `--from` names another place"
            ));
        }
        Update::Found(proposal) => proposal,
    };
    describe::proposal(&proposal, installer)?;
    let version = proposal.pin.version.clone();
    let nothing_new = match &proposal.standing {
        Standing::Update { change, .. } => change.added.is_empty(),
        _ => proposal.pin.permissions.is_empty(),
    };
    let consent = if nothing_new {
        // What it may do is left as it is.
        Some(Consent::Later)
    } else {
        consent::ask(&args.consent, &proposal.pin.permissions, false)?
    };
    let Some(consent) = consent else {
        anyhow::bail!("no consent: {id} was not updated");
    };
    let outcome = installer.commit(*proposal, consent)?;
    describe::outcome(id, &version, &outcome)
}
