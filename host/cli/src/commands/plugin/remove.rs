use aquatint_sandbox::install::Installer;
use aquatint_sandbox::manifest::PluginId;

use crate::output;

pub(super) fn run(id: &PluginId, installer: &Installer) -> anyhow::Result<()> {
    let entry = installer.remove(id)?;
    output::line(format_args!("removed {id} {}", entry.current.version))
}
