//! `aquatint style`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use aquatint_studio::harmless;
use aquatint_studio::styles::{Style, StyleError, Styles};
use clap::{Args, Subcommand};

use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum StyleCommand {
    /// Print the styles
    List(ListArgs),
    /// Add a style
    Add(AddArgs),
    /// Remove a style
    Remove(RemoveArgs),
}

#[derive(Debug, Args)]
struct FileArgs {
    /// The file with the styles [default: styles.csv of the data folder]
    #[arg(long, value_name = "FILE")]
    styles: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// What it is chosen by
    name: String,
    /// What becomes of the prompt: {prompt} stands for it, and without that this is put behind it
    #[arg(long, value_name = "TEXT", default_value = "")]
    prompt: String,
    /// What becomes of the negative prompt
    #[arg(long, value_name = "TEXT", default_value = "")]
    negative: String,
    #[command(flatten)]
    file: FileArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// The style
    name: String,
    #[command(flatten)]
    file: FileArgs,
}

impl FileArgs {
    fn path(&self, data: &Path) -> PathBuf {
        self.styles.clone().unwrap_or_else(|| Styles::path_of(data))
    }
}

pub(crate) fn run(command: &StyleCommand, data: &Path) -> anyhow::Result<()> {
    match command {
        StyleCommand::List(args) => list(args, data),
        StyleCommand::Add(args) => {
            let styles = Styles::read_or_new(&args.file.path(data))?;
            styles.add(&Style {
                name: args.name.clone(),
                prompt: args.prompt.clone(),
                negative: args.negative.clone(),
            })?;
            Ok(())
        }
        StyleCommand::Remove(args) => {
            Styles::read(&args.file.path(data))?.remove(&args.name)?;
            Ok(())
        }
    }
}

fn list(args: &ListArgs, data: &Path) -> anyhow::Result<()> {
    let path = args.file.path(data);
    let styles = match Styles::read(&path) {
        // Nobody has made any yet.
        Err(StyleError::NoFile { .. }) if args.file.styles.is_none() => None,
        other => Some(other?),
    };
    let all: Vec<&Style> = styles.iter().flat_map(Styles::iter).collect();
    if args.json {
        let path = std::path::absolute(&path).context("cannot find the file with the styles")?;
        return output::json(&serde_json::json!({"file": path, "styles": all}));
    }
    for style in all {
        output::line(harmless(&style.name))?;
        for (what, text) in [("prompt", &style.prompt), ("negative", &style.negative)] {
            if !text.is_empty() {
                output::line(format_args!("  {what}: {}", harmless(text)))?;
            }
        }
    }
    Ok(())
}
