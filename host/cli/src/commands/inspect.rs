//! `aquatint inspect`.

use std::path::PathBuf;

use aquatint_studio::{harmless, png_file};
use clap::Args;

use crate::output;

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// The picture
    file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &InspectArgs) -> anyhow::Result<()> {
    let picture = png_file::read_texts(&args.file)?;
    let recipe = picture
        .recipe()
        .map_err(|error| anyhow::anyhow!("{}: {error}", args.file.display()))?;
    if args.json {
        return output::json(&serde_json::json!({
            "file": args.file,
            "width": picture.width,
            "height": picture.height,
            "parameters": picture.parameters,
            "recipe": recipe,
        }));
    }
    output::line(format_args!(
        "{}: {}x{}",
        args.file.display(),
        picture.width,
        picture.height
    ))?;
    match &picture.parameters {
        Some(parameters) => output::line(format_args!("\n{parameters}"))?,
        None => output::line("\nno parameters in it")?,
    }
    match recipe {
        Some(recipe) => {
            if !recipe.plugins.is_empty() {
                output::line("\nplugins")?;
            }
            for plugin in &recipe.plugins {
                output::line(format_args!("  {plugin}"))?;
                output::line(format_args!("    {}", harmless(&plugin.digest)))?;
                if let Some(reason) = &plugin.skipped {
                    output::line(format_args!("    skipped: {}", harmless(reason)))?;
                }
            }
            let json = serde_json::to_string_pretty(&recipe)?;
            output::line(format_args!("\nrecipe {json}"))
        }
        None => output::line("\nno recipe in it: it was not drawn by aquatint"),
    }
}
