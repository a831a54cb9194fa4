use aquatint_sandbox::install::Installer;
use aquatint_sandbox::manifest::PluginId;

use crate::output;

pub(super) fn run(id: &PluginId, enabled: bool, installer: &Installer) -> anyhow::Result<()> {
    installer.enable(id, enabled)?;
    let state = if enabled { "enabled" } else { "disabled" };
    output::line(format_args!("{id} is {state}"))
}
