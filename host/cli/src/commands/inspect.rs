//! `aquatint inspect`.

use std::path::PathBuf;

use aquatint_studio::infotext::Note;
use aquatint_studio::{Parameters, ParametersError, PictureFile, harmless, picture_file};
use clap::Args;
use serde_json::json;

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
    let picture = picture_file::read_texts(&args.file)?;
    let recipe = picture
        .recipe()
        .map_err(|error| anyhow::anyhow!("{}: {error}", args.file.display()))?;
    // What `generate --from` would take.
    let taken = Parameters::of_picture(&picture, &args.file);
    if args.json {
        let mut report = json!({
            "file": args.file,
            "width": picture.width,
            "height": picture.height,
            "format": picture.kind.to_string(),
            "encoding": picture.encoding,
            "parameters": picture.parameters,
            "recipe": recipe,
        });
        if let Ok(taken) = taken {
            report["request"] = json!(taken.request);
            report["notes"] = json!(Note::lines(&taken.notes));
        }
        return output::json(&report);
    }
    output::line(format_args!(
        "{}: {}x{}",
        args.file.display(),
        picture.width,
        picture.height
    ))?;
    match &picture.parameters {
        Some(parameters) => output::line(format_args!("\n{}", harmless_lines(parameters)))?,
        None => output::line("\nno parameters in it")?,
    }
    let Some(recipe) = recipe else {
        output::line("\nno recipe in it: it was not drawn by aquatint")?;
        return said_of(taken, &picture);
    };
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
    output::line(format_args!("\nrecipe {}", harmless_lines(&json)))
}

/// What would be drawn from another program's picture.
fn said_of(
    taken: Result<Parameters, ParametersError>,
    picture: &PictureFile,
) -> anyhow::Result<()> {
    match taken {
        Ok(taken) => {
            let notes = Note::lines(&taken.notes);
            if !notes.is_empty() {
                output::line("\ngenerate --from")?;
            }
            for note in notes {
                output::line(format_args!("  {note}"))?;
            }
        }
        // That there is nothing is said already.
        Err(ParametersError::NoneInPicture { .. }) if picture.keywords.is_empty() => {}
        Err(error) => output::line(format_args!("\n{error}"))?,
    }
    Ok(())
}

/// A text of unknown origin, with its lines.
fn harmless_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(harmless).collect();
    lines.join("\n")
}
