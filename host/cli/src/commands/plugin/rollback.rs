use aquatint_sandbox::install::Installer;
use aquatint_sandbox::manifest::PluginId;

use crate::output;

pub(super) fn run(id: &PluginId, installer: &Installer) -> anyhow::Result<()> {
    let (from, to) = installer.rollback(id)?;
    output::line(format_args!("{id} went back from {from} to {to}"))
}
