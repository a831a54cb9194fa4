//! `aquatint model`.

use std::path::{Path, PathBuf};

use aquatint_diffusion::checkpoint::{Checkpoint, Inspection};
use aquatint_diffusion::export::{ExportError, export};
use aquatint_studio::{DrawError, Models};
use clap::Subcommand;

use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Say what a model folder holds, and what is missing
    Inspect {
        /// A model's name, or the path of its folder
        path: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write a model as a folder of ONNX files, in the layout of Optimum
    Export {
        /// A model's name, or the path of its folder
        path: String,
        /// The folder to write, new or empty
        folder: PathBuf,
    },
}

pub(crate) fn run(command: &ModelCommand, data: &Path) -> anyhow::Result<()> {
    match command {
        ModelCommand::Inspect { path, json } => inspect(&find(path, data)?, *json),
        ModelCommand::Export { path, folder } => {
            let checkpoint = Checkpoint::open(&find(path, data)?)?;
            export_whole(&checkpoint, folder)?;
            output::line(folder.display())
        }
    }
}

fn find(name: &str, data: &Path) -> anyhow::Result<PathBuf> {
    // As the commands that draw say it.
    Ok(Models::of_data(data)
        .find(Some(name))
        .map_err(DrawError::from)?)
}

/// Exports, and leaves no half of it when that fails.
fn export_whole(checkpoint: &Checkpoint, folder: &Path) -> Result<(), ExportError> {
    let was_there = folder.exists();
    let result = export(checkpoint, folder);
    if matches!(&result, Err(error) if !matches!(error, ExportError::NotEmpty { .. }))
        && folder.is_dir()
    {
        // The failure matters, not that clearing up after it failed too.
        let _ = std::fs::remove_dir_all(folder);
        if was_there {
            let _ = std::fs::create_dir(folder);
        }
    }
    result
}

fn inspect(path: &Path, json: bool) -> anyhow::Result<()> {
    let found = Inspection::of(path)?;
    if json {
        output::json(&found)?;
    } else {
        print(&found)?;
    }
    match found.problems.len() {
        0 => Ok(()),
        1 => anyhow::bail!("the model cannot be used: {}", found.problems[0]),
        count => anyhow::bail!("the model cannot be used: {count} problems, listed above"),
    }
}

fn print(found: &Inspection) -> anyhow::Result<()> {
    let name = found.name.as_deref().unwrap_or("(no name)");
    output::line(format_args!("{name}: {}", found.path.display()))?;
    let family = found.family.as_deref().unwrap_or("unknown");
    output::line(format_args!("  family          {family} ({})", found.class))?;
    if let Some(prediction) = &found.prediction_type {
        output::line(format_args!("  predicts        {prediction}"))?;
    }
    for part in &found.parts {
        output::line(format_args!(
            "  {:<16}{} parameters, {}, {} in {}",
            part.name,
            count(part.parameters),
            part.dtypes.join(" and "),
            indicatif::DecimalBytes(part.bytes as u64),
            match part.files {
                1 => "1 file".to_owned(),
                files => format!("{files} files"),
            },
        ))?;
        for note in &part.notes {
            output::line(format_args!("                  {note}"))?;
        }
    }
    match found.problems.as_slice() {
        [] => output::line("  missing         nothing"),
        problems => {
            for problem in problems {
                output::line(format_args!("  problem         {problem}"))?;
            }
            Ok(())
        }
    }
}

/// 859.5 M rather than 859520964.
fn count(parameters: usize) -> String {
    let n = parameters as f64;
    match parameters {
        0..10_000 => parameters.to_string(),
        10_000..1_000_000 => format!("{:.1} k", n / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} M", n / 1e6),
        _ => format!("{:.2} G", n / 1e9),
    }
}
