//! `aquatint runtime`: which builds of ONNX Runtime are installed, and installing and removing them.

use std::{ops::ControlFlow, path::Path};

use aquatint_diffusion::pipeline::Cancel;
use aquatint_diffusion::runtime::{self, Flavor, Installed, Progress, RuntimeError, Step};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{interrupt, output};

/// The builds of ONNX Runtime: what computes.
#[derive(Debug, clap::Args)]
pub(crate) struct RuntimeArgs {
    #[command(subcommand)]
    command: RuntimeCommand,
}

#[derive(Debug, clap::Subcommand)]
enum RuntimeCommand {
    /// Show which runtimes there are for this machine, and which are installed
    List {
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetch a runtime with pip and install it into the data folder
    Install {
        /// cpu, cuda, openvino, migraphx or directml
        name: Flavor,
    },
    /// Remove a runtime from the data folder
    Remove {
        /// cpu, cuda, openvino, migraphx or directml
        name: Flavor,
    },
}

/// Does what `aquatint runtime …` was asked for, in the data folder `data`.
pub(crate) fn run(args: RuntimeArgs, data: &Path) -> anyhow::Result<()> {
    match args.command {
        RuntimeCommand::List { json } => list(data, json),
        RuntimeCommand::Install { name } => install(name, data),
        RuntimeCommand::Remove { name } => {
            for folder in runtime::remove(name, data)? {
                output::line(format_args!("removed {}", folder.display()))?;
            }
            Ok(())
        }
    }
}

fn install(flavor: Flavor, data: &Path) -> anyhow::Result<()> {
    let cancel = Cancel::new();
    interrupt::cancels(&cancel)?;
    let runtime = install_until(flavor, data, &|| cancel.is_cancelled(), false)?;
    let Installed {
        version, folder, ..
    } = runtime;
    output::line(format_args!(
        "ONNX Runtime {version} ({flavor}) is in {}",
        folder.display()
    ))
}

/// Installs a runtime, with a progress bar unless it is to be quiet, until `stop` says to stop; then nothing is left.
/// A process that is killed meanwhile leaves nothing that could be taken for a runtime, and the next installation
/// clears it.
pub(crate) fn install_until(
    flavor: Flavor,
    data: &Path,
    stop: &dyn Fn() -> bool,
    quiet: bool,
) -> Result<Installed, RuntimeError> {
    // On a terminal only; indicatif draws nothing elsewhere.
    let bar = if quiet {
        ProgressBar::hidden()
    } else {
        ProgressBar::no_length()
    };
    let result = runtime::install(flavor, data, &mut |progress| {
        draw(&bar, &progress);
        if stop() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    bar.finish_and_clear();
    match result {
        // Ctrl-C also reaches the program that fetches, which then ends with an error of its own.
        Err(_) if stop() => Err(RuntimeError::Cancelled),
        result => result,
    }
}

fn draw(bar: &ProgressBar, progress: &Progress<'_>) {
    // The package's name is what tells people something; the tags after it do not.
    let package = progress.file.split('-').next().unwrap_or_default();
    let template = match progress.step {
        Step::Waiting => "{spinner} waiting for another installation to end",
        Step::Fetching => "fetching {msg} [{bar:30}] {bytes} of {total_bytes}",
        _ => "unpacking {msg} {bytes}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(package.to_owned());
    bar.set_length(progress.total);
    bar.set_position(progress.done);
}

fn list(data: &Path, json: bool) -> anyhow::Result<()> {
    let installed = runtime::installed(data);
    if json {
        let rows: Vec<_> = Flavor::ALL
            .into_iter()
            .flat_map(|flavor| json_rows(flavor, &installed))
            .collect();
        return output::json(&rows);
    }
    if let Ok(Some(named)) = runtime::from_environment() {
        let variable = named.variable.unwrap_or_default();
        output::line(format_args!(
            "{variable} names {}: no other runtime is used\n",
            named.path.display()
        ))?;
    }
    for flavor in Flavor::ALL {
        let mut there = installed.iter().filter(|it| it.flavor == flavor).peekable();
        if there.peek().is_none() {
            let state = match flavor.build() {
                Some(build) => format!(
                    "not installed (version {}, at most {})",
                    build.version,
                    megabytes(build.size())
                ),
                None => "not published for this machine".to_owned(),
            };
            output::line(format_args!("{flavor:<9} {state}: {}", flavor.about()))?;
        }
        for Installed {
            version,
            folder,
            bytes,
            damage,
            ..
        } in there
        {
            let state = damage
                .as_ref()
                .map(|damage| format!(", damaged: {damage}"))
                .unwrap_or_default();
            output::line(format_args!(
                "{flavor:<9} {version} in {} ({}{state})",
                folder.display(),
                megabytes(*bytes)
            ))?;
        }
    }
    Ok(())
}

fn json_rows(flavor: Flavor, installed: &[Installed]) -> Vec<serde_json::Value> {
    let row = |runtime: Option<&Installed>| {
        serde_json::json!({
            "name": flavor.name(),
            "about": flavor.about(),
            "available": flavor.build().map(|build| serde_json::json!({
                "version": build.version,
                "download_bytes": build.size(),
            })),
            "installed": runtime.map(|runtime| serde_json::json!({
                "version": runtime.version,
                "folder": runtime.folder,
                "library": runtime.library,
                "bytes": runtime.bytes,
                "damage": runtime.damage,
            })),
        })
    };
    let rows: Vec<_> = installed
        .iter()
        .filter(|it| it.flavor == flavor)
        .map(|it| row(Some(it)))
        .collect();
    if rows.is_empty() {
        vec![row(None)]
    } else {
        rows
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}
