use aquatint_sandbox::install::index::IndexSource;
use aquatint_sandbox::install::{Installer, Options, Standing};
use aquatint_sandbox::locator::Locator;

use super::consent::{self, ConsentArgs};
use super::describe;
use super::watch::Watch;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct InstallArgs {
    /// FILE, https://…#sha256=…, oci://HOST/REPOSITORY[:TAG] or index:ID[@REQUIREMENT]
    source: Locator,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    options: OptionArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct OptionArgs {
    /// The index to look ids up in: a URL or a file
    #[arg(long, value_name = "URL", value_parser = IndexSource::parse)]
    index: Option<IndexSource>,
    /// Take a plugin although it is signed with another key than before, or not any more
    #[arg(long)]
    accept_key: bool,
}

impl OptionArgs {
    pub(super) fn options(&self) -> Options {
        Options {
            index: self.index.clone(),
            accept_key: self.accept_key,
            ..Options::default()
        }
    }
}

pub(super) fn run(args: &InstallArgs, installer: &Installer) -> anyhow::Result<()> {
    let watch = Watch::new();
    let proposal = installer.prepare(&args.source, &args.options.options(), &mut |progress| {
        watch.progress(progress);
    })?;
    drop(watch);
    let (id, version) = (proposal.id().clone(), proposal.pin.version.clone());
    if proposal.standing == Standing::Same {
        return output::line(format_args!("{id} {version} is installed already"));
    }
    describe::proposal(&proposal, installer)?;
    let asked = &proposal.pin.permissions;
    let Some(consent) = consent::ask(&args.consent, asked, asked.is_empty())? else {
        anyhow::bail!("no consent: {id} was not installed");
    };
    let outcome = installer.commit(proposal, consent)?;
    describe::outcome(&id, &version, &outcome)
}
