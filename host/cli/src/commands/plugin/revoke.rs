use std::str::FromStr;

use aquatint_sandbox::install::Installer;
use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::permissions::Kind;

use super::describe::listed;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct RevokeArgs {
    /// The plugin's id
    id: PluginId,
    /// Which kinds of permission, such as `net` or `store`; all if there is none
    #[arg(value_name = "KIND")]
    kinds: Vec<Name>,
}

#[derive(Clone, Debug)]
struct Name(Kind);

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Kind::ALL.into_iter().find(|kind| kind.name() == text);
        let names = Kind::ALL.map(Kind::name).join(", ");
        found
            .map(Self)
            .ok_or_else(|| format!("expected one of {names}"))
    }
}

pub(super) fn run(args: &RevokeArgs, installer: &Installer) -> anyhow::Result<()> {
    let id = &args.id;
    let kinds: Vec<_> = args.kinds.iter().map(|Name(kind)| *kind).collect();
    let (gone, lacks) = installer.revoke(id, &kinds)?;
    if gone.is_empty() {
        output::line(format_args!("{id} was not granted that"))?;
    } else {
        output::line(format_args!("{id} may not any more: {gone}"))?;
    }
    match lacks {
        Some(change) => output::line(format_args!(
            "it needs {} and is not used until that is granted",
            listed(&change.added)
        )),
        None => Ok(()),
    }
}
