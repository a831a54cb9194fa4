//! Sweeps: what a cell costs beside its stages, how fast cells come of what is kept, and how long it takes to find that.

mod settings;

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde_json::Value;

use super::samples::Samples;
use super::{answer, data, example, measured};

#[derive(Args)]
pub(crate) struct SweepArgs {
    /// Cells of the sweep whose every picture is kept: as many seeds as guidance scales, so about this many
    #[arg(long, default_value_t = 10_000)]
    cells: usize,
    /// Sweeps that are drawn anew, by which the cost of a cell is measured; the median counts
    #[arg(long, default_value_t = 5)]
    repeat: usize,
}

/// What a sweep took.
struct Took {
    cells: usize,
    /// As the sweep itself says: without the start of the process.
    seconds: f64,
    /// In all that is timed in cells: stages, and writing the file.
    stages: f64,
    /// Of that, writing files.
    save: f64,
    /// Bytes; Linux alone tells.
    peak: u64,
}

impl Took {
    /// Milliseconds that are in no stage.
    fn rest(&self) -> f64 {
        (self.seconds - self.stages) * 1e3
    }

    /// Milliseconds in no stage of each cell that this sweep has more than `smaller`: what is done once, such as opening
    /// the model, is in both.
    fn overhead(&self, smaller: &Self) -> f64 {
        let more = self.cells.saturating_sub(smaller.cells).max(1);
        (self.rest() - smaller.rest()) / more as f64
    }

    fn row(&self, name: &str) {
        let cell = |seconds: f64| seconds / self.cells as f64 * 1e3;
        println!(
            "  {name:<38} {:6} cells {:8.1} s {:8.1} cells/s  {:6.2} ms a cell, {:5.2} of it saving, {:5.2} in no stage; {:4.0} MiB",
            self.cells,
            self.seconds,
            self.cells as f64 / self.seconds,
            cell(self.seconds),
            cell(self.save),
            self.rest() / self.cells as f64,
            self.peak as f64 / f64::from(1 << 20)
        );
    }
}

pub(super) fn measure(args: &SweepArgs) -> Result<()> {
    let [program] = measured(["aquatint"])?;
    lookups()?;
    let place = Place::new(program)?;
    println!("\nsweeps of the starter model");
    // The first one reads files that nobody had in memory.
    place.sweep(8, &["--no-cache", "--no-grid"])?;
    for (name, more) in [
        ("drawn anew", &["--no-cache", "--no-grid"][..]),
        ("drawn anew, with sheets and a page", &["--no-cache"]),
    ] {
        let mut overhead = Samples::default();
        for _ in 0..args.repeat.max(1) {
            let (few, many) = (place.sweep(9, more)?, place.sweep(49, more)?);
            many.row(name);
            overhead.push(many.overhead(&few));
        }
        println!(
            "  {name}: {:.2} ms in no stage for each cell more",
            overhead.median()
        );
    }
    settings::measure(&place)?;
    // Small pictures of one step: what is measured is not how they are made.
    let small = ["--size", "64x64", "--steps", "1"];
    let with = |more: &'static str| [&small[..], &[more]].concat();
    for cells in [args.cells / 100, args.cells] {
        place
            .sweep(cells, &with("--no-grid"))?
            .row("64x64, first time");
        place
            .sweep(cells, &with("--no-grid"))?
            .row("64x64, all kept");
        place
            .sweep(cells, &small)?
            .row("64x64, all kept, with sheet and page");
    }
    Ok(())
}

/// How long the store takes to find something.
fn lookups() -> Result<()> {
    let program = example("aquatint-studio", "lookups")?;
    let report = answer(&mut Command::new(program))?;
    println!("\nfinding the result of a stage, median, in µs");
    for (name, time) in report.as_object().context("the report is no object")? {
        println!("  {name:<24} {:8.2}", time.as_f64().unwrap_or_default());
    }
    Ok(())
}

/// A data folder of its own, where nothing is kept from before.
struct Place {
    program: PathBuf,
    folder: PathBuf,
}

impl Place {
    fn new(program: PathBuf) -> Result<Self> {
        let folder = super::folder()?.join("sweep");
        remove(&folder)?;
        fs::create_dir_all(folder.join("data"))?;
        // Elsewhere the first sweep fetches its own.
        #[cfg(unix)]
        std::os::unix::fs::symlink(
            std::path::absolute(data()?)?.join("runtimes"),
            folder.join("data/runtimes"),
        )?;
        Ok(Self { program, folder })
    }

    /// Draws a sweep of about so many cells: as many seeds as guidance scales.
    fn sweep(&self, cells: usize, more: &[&str]) -> Result<Took> {
        let side = (cells as f64).sqrt().round().max(1.0) as usize;
        let output = self.folder.join("pictures");
        remove(&output)?;
        let mut command = Command::new(&self.program);
        command
            .args(["sweep", "a red apple", "--provider", "cpu", "--json"])
            .args(["--max-cells", "1000000"])
            .args(["--axis", &format!("seed=1-{side}")])
            .args(["--axis", &format!("cfg=2-8 [{side}]")])
            .args(more)
            .arg("-o")
            .arg(&output)
            .env("AQUATINT_DATA", self.folder.join("data"))
            .env_remove("AQUATINT_NO_CACHE");
        let (report, peak) = watched(&mut command)?;
        let count = |name: &str| {
            let count = report[name]
                .as_u64()
                .and_then(|it| usize::try_from(it).ok());
            count.with_context(|| format!("no `{name}` in {report}"))
        };
        let (cells, done) = (count("cells")?, count("done")?);
        if done != cells {
            bail!("{done} of {cells} cells were drawn: {command:?}");
        }
        let (stages, save) = timings(&output.join("manifest.jsonl"))?;
        Ok(Took {
            cells,
            seconds: report["seconds"].as_f64().context("no time")?,
            stages,
            save,
            peak,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Ten thousand pictures are of no use to anybody.
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Runs it to its end. Gives the JSON that it printed, and the most memory that it had.
fn watched(command: &mut Command) -> Result<(Value, u64)> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {command:?}"))?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        // It only grows: the last that is seen counts.
        peak = peak_in(&fs::read_to_string(&status).unwrap_or_default()).unwrap_or(peak);
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        sleep(Duration::from_millis(20));
    };
    if !ended.success() {
        bail!("{command:?} failed: {ended}");
    }
    // One line, which the pipe holds until now.
    let mut said = String::new();
    let mut stdout = child.stdout.take().context("no pipe")?;
    stdout.read_to_string(&mut said)?;
    let report = serde_json::from_str(&said).with_context(|| format!("not JSON: {said}"))?;
    Ok((report, peak))
}

/// Bytes, out of what Linux says of a process.
fn peak_in(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

/// Seconds that a manifest's cells took in all that was timed, and of that for writing files.
fn timings(manifest: &Path) -> Result<(f64, f64)> {
    let file = fs::File::open(manifest).with_context(|| manifest.display().to_string())?;
    let (mut all, mut save) = (0.0, 0.0);
    for line in BufReader::new(file).lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let timings = line["timings"].as_object().context("no timings")?;
        for (what, time) in timings {
            // Inside another.
            if what == "inside_onnx" {
                continue;
            }
            let time = time.as_f64().context("a time is a number")?;
            all += time;
            if what == "save" {
                save += time;
            }
        }
    }
    Ok((all, save))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_found_where_there_is_one() {
        let status = "Name:\tx\nVmPeak:\t  9 kB\nVmHWM:\t    2048 kB\n";
        assert_eq!(peak_in(status), Some(2 << 20));
        assert_eq!(peak_in("Name:\tx\n"), None);
    }
}
