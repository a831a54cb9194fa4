//! `aquatint cache`.

use std::collections::BTreeMap;
use std::path::Path;

use aquatint_sandbox::names::{did_you_mean, nearest};
use aquatint_sandbox::units::Bytes;
use aquatint_studio::Inputs;
use aquatint_studio::database::Database;
use aquatint_studio::stages::{Budgets, Stage};
use clap::Subcommand;
use indicatif::BinaryBytes;
use serde::Serialize;

use crate::output;
use crate::studio::{budgets, store, store_folder};

/// What pictures that drawings begin from are called here.
const INPUTS: &str = "inputs";

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
        /// Only of this stage: text, denoise, decode or post-process; or inputs, the pictures that drawings began from, but
        /// for those that jobs wait for
        #[arg(value_parser = parse_what, value_name = "STAGE|inputs")]
        what: Option<What>,
    },
    /// Say how much may be kept, or set it
    Size {
        /// The most on disk, such as 20GiB; 0B keeps nothing there
        disk: Option<Bytes>,
        /// The most in memory, such as 1GiB
        #[arg(long, value_name = "SIZE")]
        memory: Option<Bytes>,
        /// The most of pictures that drawings begin from, such as 4GiB; what jobs wait for is kept in any case
        #[arg(long, value_name = "SIZE")]
        inputs: Option<Bytes>,
    },
}

pub(crate) fn run(command: &CacheCommand, data: &Path) -> anyhow::Result<()> {
    match command {
        CacheCommand::List { json } => list(*json, data),
        CacheCommand::Clear {
            what: Some(What::Inputs),
        } => {
            let removed = Inputs::of_data(data).clear(&Database::open(data)?)?;
            output::line(format_args!(
                "removed {} pictures to begin from, {}",
                removed.pictures,
                BinaryBytes(removed.bytes)
            ))
        }
        CacheCommand::Clear { what } => {
            let stage = match what {
                Some(What::Stage(stage)) => Some(*stage),
                _ => None,
            };
            let (results, bytes) = store(data)?.clear(stage)?;
            output::line(format_args!(
                "removed {results} results, {}",
                BinaryBytes(bytes)
            ))
        }
        CacheCommand::Size {
            disk,
            memory,
            inputs,
        } => size(*disk, *memory, *inputs, data),
    }
}

/// What is removed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Stage(Stage),
    Inputs,
}

/// What `list --json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    folder: &'a Path,
    stages: BTreeMap<String, Kept>,
    bytes: u64,
    /// Pictures that drawings began from.
    inputs: Kept,
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
    let inputs = Inputs::of_data(data).kept();
    let report = Report {
        inputs: Kept {
            results: inputs.pictures,
            bytes: inputs.bytes,
        },
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
    ))?;
    output::line(format_args!(
        "{} pictures to begin from: {} of at most {}",
        report.inputs.results,
        BinaryBytes(report.inputs.bytes),
        report.budgets.inputs
    ))
}

fn size(
    disk: Option<Bytes>,
    memory: Option<Bytes>,
    inputs: Option<Bytes>,
    data: &Path,
) -> anyhow::Result<()> {
    let path = budgets(data);
    let budgets = if disk.is_none() && memory.is_none() && inputs.is_none() {
        Budgets::read(&path)?
    } else {
        let budgets = Budgets::update(&path, |budgets| {
            budgets.disk = disk.unwrap_or(budgets.disk);
            budgets.memory = memory.unwrap_or(budgets.memory);
            budgets.inputs = inputs.unwrap_or(budgets.inputs);
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
        Inputs::of_data(data).make_room(budgets.inputs.0, &Database::open(data)?)?;
        budgets
    };
    output::line(format_args!(
        "at most {} on disk, {} in memory, {} of pictures to begin from",
        budgets.disk, budgets.memory, budgets.inputs
    ))
}

fn parse_what(given: &str) -> Result<What, String> {
    let names = || Stage::ALL.into_iter().map(Stage::name).chain([INPUTS]);
    if given == INPUTS {
        return Ok(What::Inputs);
    }
    Stage::ALL
        .into_iter()
        .find(|stage| stage.name() == given)
        .map(What::Stage)
        .ok_or_else(|| {
            let advice = did_you_mean(nearest(given, names()).as_deref());
            let known = names().collect::<Vec<_>>().join(", ");
            format!("no such stage{advice}: expected one of {known}")
        })
}
