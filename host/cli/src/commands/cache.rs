//! `aquatint cache`.

use std::collections::BTreeMap;
use std::path::Path;

use aquatint_sandbox::names::{did_you_mean, nearest};
use aquatint_sandbox::units::Bytes;
use aquatint_studio::stages::{Budgets, Stage};
use clap::Subcommand;
use indicatif::BinaryBytes;
use serde::Serialize;

use crate::output;
use crate::studio::{budgets, store, store_folder};

#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// Say what is kept of what was computed, by stage
    List {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Remove what is kept
    Clear {
        /// Only of this stage: text, denoise, decode or post-process
        #[arg(value_parser = parse_stage)]
        stage: Option<Stage>,
    },
    /// Say how much may be kept, or set it
    Size {
        /// The most on disk, such as 20GiB; 0B keeps nothing there
        disk: Option<Bytes>,
        /// The most in memory, such as 1GiB
        #[arg(long, value_name = "SIZE")]
        memory: Option<Bytes>,
    },
}

pub(crate) fn run(command: &CacheCommand, data: &Path) -> anyhow::Result<()> {
    match command {
        CacheCommand::List { json } => list(*json, data),
        CacheCommand::Clear { stage } => {
            let (results, bytes) = store(data)?.clear(*stage)?;
            output::line(format_args!(
                "removed {results} results, {}",
                BinaryBytes(bytes)
            ))
        }
        CacheCommand::Size { disk, memory } => size(*disk, *memory, data),
    }
}

/// What `list --json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    folder: &'a Path,
    stages: BTreeMap<String, Kept>,
    bytes: u64,
    budgets: Budgets,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Kept {
    results: u64,
    bytes: u64,
}

fn list(json: bool, data: &Path) -> anyhow::Result<()> {
    let mut stages: BTreeMap<String, Kept> = BTreeMap::new();
    for entry in store(data)?.entries()? {
        let kept = stages.entry(entry.stage).or_default();
        kept.results += 1;
        kept.bytes += entry.bytes;
    }
    let folder = store_folder(data);
    let report = Report {
        bytes: stages.values().map(|kept| kept.bytes).sum(),
        budgets: Budgets::read(&budgets(data))?,
        folder: &folder,
        stages,
    };
    if json {
        return output::json(&report);
    }
    for (stage, Kept { results, bytes }) in &report.stages {
        output::line(format_args!(
            "{stage:<13} {results:>7} results  {:>10}",
            BinaryBytes(*bytes).to_string()
        ))?;
    }
    output::line(format_args!(
        "{} of at most {} in {}",
        BinaryBytes(report.bytes),
        report.budgets.disk,
        folder.display()
    ))
}

fn size(disk: Option<Bytes>, memory: Option<Bytes>, data: &Path) -> anyhow::Result<()> {
    let path = budgets(data);
    let budgets = if disk.is_none() && memory.is_none() {
        Budgets::read(&path)?
    } else {
        let budgets = Budgets::update(&path, |budgets| {
            budgets.disk = disk.unwrap_or(budgets.disk);
            budgets.memory = memory.unwrap_or(budgets.memory);
        })?;
        let store = store(data)?;
        if budgets.disk.0 == 0 {
            // A store of no size does not look at the disk.
            std::fs::remove_dir_all(store_folder(data)).or_else(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            })?;
        }
        store.make_room()?;
        budgets
    };
    output::line(format_args!(
        "at most {} on disk, {} in memory",
        budgets.disk, budgets.memory
    ))
}

fn parse_stage(given: &str) -> Result<Stage, String> {
    let names = || Stage::ALL.into_iter().map(Stage::name);
    Stage::ALL
        .into_iter()
        .find(|stage| stage.name() == given)
        .ok_or_else(|| {
            let advice = did_you_mean(nearest(given, names()).as_deref());
            let known = names().collect::<Vec<_>>().join(", ");
            format!("no such stage{advice}: expected one of {known}")
        })
}
