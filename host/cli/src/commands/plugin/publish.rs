use std::path::PathBuf;

use aquatint_sandbox::install::Installer;
use aquatint_sandbox::install::oci::Pushed;
use aquatint_sandbox::locator::{Locator, Oci};

use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct PublishArgs {
    /// The packed plugin
    file: PathBuf,
    /// oci://HOST/REPOSITORY[:TAG]; without a tag, the plugin's version is one
    #[arg(value_parser = place)]
    place: Oci,
    /// Sign it with this key; otherwise FILE.sig is used if it is there
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Overwrite a tag that holds something else, and use a tag that is another version
    #[arg(long)]
    force: bool,
}

fn place(text: &str) -> Result<Oci, String> {
    match text.parse::<Locator>() {
        Ok(Locator::Oci(oci)) if oci.digest.is_none() => Ok(oci),
        Ok(_) => Err("expected oci://HOST/REPOSITORY[:TAG]".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) fn run(args: &PublishArgs, installer: &Installer) -> anyhow::Result<()> {
    let published = installer.publish(&args.file, &args.place, args.key.as_deref(), args.force)?;
    let signed = match &published.key {
        Some(key) => format!(", signed with key {}", key.id()),
        None => String::new(),
    };
    match published.pushed {
        Pushed::New(digest) => output::line(format_args!(
            "{} is there{signed}, manifest {digest}",
            published.place
        )),
        Pushed::Unchanged(digest) => output::line(format_args!(
            "{} was there already, manifest {digest}",
            published.place
        )),
    }
}
