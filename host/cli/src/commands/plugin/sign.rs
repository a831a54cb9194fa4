use std::path::PathBuf;

use aquatint_sandbox::install::Installer;

use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct SignArgs {
    /// The packed plugin
    file: PathBuf,
    /// Which key, of those that `aquatint plugin keys new` made
    #[arg(long, value_name = "NAME")]
    key: String,
}

pub(super) fn run(args: &SignArgs, installer: &Installer) -> anyhow::Result<()> {
    let (path, key) = installer.sign(&args.file, &args.key)?;
    output::line(format_args!(
        "wrote {}, signed with key {}: put it beside the plugin",
        path.display(),
        key.id()
    ))
}
