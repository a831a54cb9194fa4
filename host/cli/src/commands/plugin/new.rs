//! `aquatint plugin new`.

use std::path::PathBuf;

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::PluginId;
use aquatint_workshop::languages::{self, Row};
use aquatint_workshop::new::{Wish, create};
use clap::Args;

use crate::output;

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// What the plugin is called: its id, such as film-grain or acme.film-grain
    name: PluginId,
    /// The language: rust, js, ts, python, c or go
    #[arg(long, value_name = "LANGUAGE", value_parser = languages::by_name)]
    lang: Row,
    /// Where it stands: pre-process, denoise, post-process, script or sweep
    #[arg(long, value_name = "HOOK", default_value = "post-process")]
    hook: Hook,
    /// The folder to make [default: the name]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &NewArgs) -> anyhow::Result<()> {
    let folder = match &args.dir {
        Some(folder) => folder.clone(),
        None => PathBuf::from(args.name.as_str()),
    };
    let files = create(&Wish {
        id: &args.name,
        language: args.lang,
        hook: args.hook,
        folder: &folder,
    })?;
    let shown = folder.display();
    output::line(format_args!(
        "made {shown}: a plugin in {} with the hook {}",
        args.lang.language.title(),
        args.hook
    ))?;
    for file in files {
        output::line(format_args!("  {file}"))?;
    }
    output::line(format_args!(
        "\nnow:\n  cd {shown}\n  aquatint plugin test   # builds it, and tries it on what is in cases/\n  aquatint plugin dev    # draws OUT.png with it, and again whenever it changes"
    ))
}
