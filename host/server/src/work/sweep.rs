//! Jobs that draw many pictures along axes.

use std::path::{Path, PathBuf};

use aquatint_studio::grid;
use aquatint_studio::jobs::{Context, Failure, FailureKind, Job, JobId, Outcome};
use aquatint_studio::sweep::run::{Happening, RunError, RunOptions, SweepFolder, run as draw};
use aquatint_studio::sweep::{Draft, SweepSpec};
use serde::{Deserialize, Serialize};

use super::Studios;

/// What a job that sweeps is to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SweepTask {
    /// What is swept.
    pub(crate) spec: SweepSpec,
    /// The seeds that were drawn for it when it was queued: each attempt draws the same.
    pub(crate) seeds: Vec<u64>,
    /// Whether the first cell that fails ends it.
    #[serde(default)]
    pub(crate) fail_fast: bool,
    /// Whether sheets are drawn.
    #[serde(default = "yes")]
    pub(crate) sheets: bool,
    /// White labels on black.
    #[serde(default)]
    pub(crate) dark: bool,
}

fn yes() -> bool {
    true
}

/// Where the sweep of a job lies.
pub(crate) fn folder(data: &Path, job: JobId) -> PathBuf {
    data.join("sweeps").join(format!("job-{job}"))
}

pub(super) fn run(
    job: &Job,
    value: &serde_json::Value,
    studios: &Studios,
    data: &Path,
    context: &Context,
) -> Result<Outcome, Failure> {
    let request = |error: &dyn std::fmt::Display| Failure::new(FailureKind::Request, error);
    let task: SweepTask = serde_json::from_value(value.clone()).map_err(|error| request(&error))?;
    let path = folder(data, job.id);
    let cancel = context.cancel();
    let mut slot = studios.lock();
    studios.settle(&mut slot);
    let studio = studios.open(
        &mut slot,
        &job.options,
        &task.spec.request.provider,
        cancel,
        &mut |note| context.note(note),
    )?;
    let log = studios.plugin_log();
    let notes = |note: aquatint_studio::plugins::Note<'_>| log.note(context, job.id, note);
    let sweep = {
        let plugins = studio.sweep_plugins(cancel, &notes);
        Draft::new(&task.spec, &plugins)
            .and_then(|draft| draft.with_seeds(&task.seeds))
            .map_err(|error| request(&error))?
    };
    studios.set_loaded(task.spec.request.model.as_deref());
    let begun = SweepFolder::read(&path).map_err(failed)?.is_some();
    let folder = SweepFolder::take(&path, begun).map_err(failed)?;
    let options = RunOptions {
        title: match task.spec.request.prompt.trim() {
            "" => "A sweep".to_owned(),
            prompt => prompt.to_owned(),
        },
        fail_fast: task.fail_fast,
        sheets: task.sheets,
        grid: grid::Options {
            theme: if task.dark {
                grid::Theme::Dark
            } else {
                grid::Theme::Light
            },
            ..grid::Options::default()
        },
    };
    let cells = sweep.len() as u64;
    let result = draw(
        &sweep,
        &task.spec,
        studio,
        &folder,
        &options,
        cancel,
        &mut |happening| match happening {
            Happening::Ready { before, .. } => context.progress(before as u64, cells, None),
            Happening::Note(note) => log.note(context, job.id, note),
            Happening::Ends {
                line,
                ended,
                time_left,
                ..
            } => {
                if let Some((file, recipe)) = line.file.as_ref().zip(line.recipe.as_ref()) {
                    let size = (recipe.width, recipe.height);
                    context.picture(path.join(file), None, recipe.seed, size);
                }
                let eta = time_left.map(|left| left.as_secs_f64());
                context.progress(ended as u64, cells, eta);
            }
            _ => {}
        },
    );
    studios.settle(&mut slot);
    let outcome = result.map_err(failed)?;
    Ok(Outcome {
        files: outcome.sheets.clone(),
        report: serde_json::json!({
            "cells": outcome.cells,
            "done": outcome.done,
            "failed": outcome.failed,
            "skipped": outcome.skipped,
            "before": outcome.before,
            "stages": outcome.stages,
            "seconds": outcome.seconds,
        }),
    })
}

fn failed(error: RunError) -> Failure {
    let kind = match &error {
        error if error.is_cancelled() => FailureKind::Cancelled,
        RunError::DiskFull { .. } => FailureKind::DiskFull,
        error if error.is_usage() => FailureKind::Request,
        _ => FailureKind::Other,
    };
    Failure::new(kind, error)
}
