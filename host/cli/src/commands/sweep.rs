//! `aquatint sweep`.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use aquatint_diffusion::pipeline::Cancel;
use aquatint_studio::grid;
use aquatint_studio::plugins::Note;
use aquatint_studio::sweep::run::{
    Distinct, Forecast, Header, Outcome, RunOptions, SweepFolder, run as draw,
};
use aquatint_studio::sweep::{AxisSpec, Draft, Sweep, SweepPlugins, SweepSpec};
use aquatint_studio::{Inputs, random_seed};
use clap::Args;
use indicatif::HumanDuration;
use serde::Serialize;

use crate::exit::Usage;
use crate::plugins::Notes;
use crate::request::{Asked, RequestArgs};
use crate::studio::StudioArgs;
use crate::sweep_progress::SweepProgress;
use crate::{interrupt, output, studio};

#[derive(Debug, Args)]
pub(crate) struct SweepArgs {
    /// What changes from picture to picture, such as 'cfg=1-9 (+2)', 'sampler=Euler,DPM++ 2M Karras', size=512x768,
    /// 'replace=cat,dog', film-grain.amount=0-1 [5]; the first axis goes across, the second down
    #[arg(long = "axis", value_name = "FIELD=VALUES")]
    axes: Vec<AxisSpec>,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    studio: StudioArgs,
    /// The folder to write to [default: a new one in sweeps]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Go on with the sweep in the folder
    #[arg(long, requires = "output")]
    resume: bool,
    /// Say what there is to do, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Stop at the first cell that fails
    #[arg(long)]
    fail_fast: bool,
    /// The most cells there may be [default: 10000]
    #[arg(long, value_name = "N")]
    max_cells: Option<u64>,
    /// Draw no sheets, and write no page to look through it
    #[arg(long)]
    no_grid: bool,
    /// White labels on black
    #[arg(long)]
    dark: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print nothing but the folder
    #[arg(long)]
    quiet: bool,
}

/// What `--dry-run` finds.
#[derive(Debug, Serialize)]
struct Plan {
    cells: usize,
    distinct: Distinct,
    forecast: Forecast,
    axes: Vec<PlannedAxis>,
}

#[derive(Debug, Serialize)]
struct PlannedAxis {
    name: String,
    labels: Vec<String>,
}

pub(crate) fn run(args: &SweepArgs, data: &Path) -> anyhow::Result<()> {
    let header = match (&args.output, args.resume) {
        (Some(folder), true) => SweepFolder::read(folder)?,
        _ => None,
    };
    let spec = args.spec(header.as_ref(), data)?;
    let mut studio = args.studio.open(data)?;
    let quiet = args.quiet || args.json;
    let cancel = Cancel::new();
    interrupt::cancels(&cancel)?;
    let notes = RefCell::new(Notes::new(quiet));
    let tell = |note: Note<'_>| notes.borrow_mut().tell(note);
    let plugins = studio.sweep_plugins(&cancel, &tell);
    let sweep = expand(&spec, header.as_ref(), &plugins)?;
    // What every cell has in common is wrong in all of them.
    if let Some(cell) = sweep.cell(0) {
        studio.check(&cell.request, cell.request.seed.unwrap_or_default())?;
    }
    if args.dry_run {
        let forecast = studio.forecast(&sweep);
        return plan(args, &sweep, forecast);
    }

    let path = match &args.output {
        Some(folder) => folder.clone(),
        None => new_folder(Path::new("sweeps"))?,
    };
    let folder = SweepFolder::take(&path, args.resume)?;
    studio::start(&mut studio, &sweep.base().provider, data, quiet, &cancel)?;
    let options = RunOptions {
        title: title(&spec),
        fail_fast: args.fail_fast,
        sheets: !args.no_grid,
        grid: grid::Options {
            theme: if args.dark {
                grid::Theme::Dark
            } else {
                grid::Theme::Light
            },
            ..grid::Options::default()
        },
    };
    let mut progress = SweepProgress::new(quiet, args.fail_fast);
    let outcome = draw(
        &sweep,
        &spec,
        &mut studio,
        &folder,
        &options,
        &cancel,
        &mut |happening| progress.tell(happening),
    );
    progress.finish();
    studio::tell_trouble(&studio);
    let outcome = outcome?;
    if args.json {
        return output::json(&outcome);
    }
    output::line(outcome.folder.display())?;
    if !args.quiet {
        output::tell(summary(&outcome));
    }
    Ok(())
}

impl SweepArgs {
    fn spec(&self, header: Option<&Header>, data: &Path) -> anyhow::Result<SweepSpec> {
        let is_toml = |path: &&Path| {
            path.extension()
                .is_some_and(|end| end.eq_ignore_ascii_case("toml"))
        };
        let prompt = self.request.prompt.as_deref();
        let mut spec = match (prompt.map(Path::new).filter(is_toml), header) {
            (Some(path), _) => {
                let mut spec = SweepSpec::read(path)?;
                let mut flags = self.request.clone();
                flags.prompt = None;
                spec.request = flags.over(spec.request, &Inputs::of_data(data))?;
                spec
            }
            (None, Some(header)) => {
                let mut spec = header.spec.clone();
                // Whoever names axes means a whole sweep.
                if !self.axes.is_empty() {
                    spec.axes.clear();
                    spec.request = self.request.ask(data)?.request;
                } else {
                    spec.request = self.request.over(spec.request, &Inputs::of_data(data))?;
                }
                spec
            }
            (None, None) => {
                let Asked { request, notes } = self.request.ask(data)?;
                if !self.quiet && !self.json {
                    for note in notes {
                        output::tell(format_args!("note: {note}"));
                    }
                }
                SweepSpec {
                    request,
                    ..SweepSpec::default()
                }
            }
        };
        spec.axes.extend(self.axes.iter().cloned());
        spec.max_cells = self.max_cells.or(spec.max_cells);
        Ok(spec)
    }
}

/// The sweep, with the seeds that it had before, or new ones.
fn expand(
    spec: &SweepSpec,
    header: Option<&Header>,
    plugins: &dyn SweepPlugins,
) -> anyhow::Result<Sweep> {
    let draft = Draft::new(spec, plugins)?;
    Ok(match header {
        // Another sweep has other seeds, or none: that it is another one is told later, and better.
        Some(header) if header.seeds.len() == draft.random_seeds() => {
            draft.with_seeds(&header.seeds)?
        }
        _ => draft.draw(&mut random_seed)?,
    })
}

fn plan(args: &SweepArgs, sweep: &Sweep, forecast: Forecast) -> anyhow::Result<()> {
    let plan = Plan {
        cells: sweep.len(),
        distinct: Distinct::of(sweep, sweep.turns()),
        forecast,
        axes: sweep
            .axes()
            .iter()
            .map(|axis| PlannedAxis {
                name: axis.name.clone(),
                labels: axis
                    .values
                    .iter()
                    .map(|value| value.label.clone())
                    .collect(),
            })
            .collect(),
    };
    if args.json {
        return output::json(&plan);
    }
    for axis in &plan.axes {
        output::line(format_args!("{}: {}", axis.name, axis.labels.join(", ")))?;
    }
    let Distinct {
        models,
        texts,
        denoisings,
        pictures,
    } = plan.distinct;
    output::line(format_args!(
        "{} cells: {models} models, {texts} texts, {denoisings} denoisings, {pictures} pictures",
        plan.cells
    ))?;
    output::line(in_words(forecast))
}

/// `about 3 minutes to denoise, if none of it was done before`.
fn in_words(forecast: Forecast) -> String {
    let Forecast { seconds, unknown } = forecast;
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let Some(time) = time else {
        return "how long that takes is not known: nothing like it was drawn here before"
            .to_owned();
    };
    let time = if time < Duration::from_secs(1) {
        "less than a second".to_owned()
    } else {
        format!("about {}", HumanDuration(time))
    };
    let rest = match unknown {
        0 => String::new(),
        1 => "; besides, 1 denoising is like nothing that was drawn here before".to_owned(),
        more => format!("; besides, {more} denoisings are like nothing that was drawn here before"),
    };
    format!("{time} to denoise, if none of it was done before{rest}")
}

/// The first of `sweeps/0001`, `sweeps/0002` … that is not there.
fn new_folder(parent: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(parent)
        .with_context(|| format!("cannot write to {}", parent.display()))?;
    for number in 1_u32.. {
        let folder = parent.join(format!("{number:04}"));
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot write {}", folder.display()));
            }
        }
    }
    Err(Usage(format!("{} is full of sweeps", parent.display())).into())
}

fn title(spec: &SweepSpec) -> String {
    match spec.request.prompt.trim() {
        "" => "A sweep".to_owned(),
        prompt => prompt.to_owned(),
    }
}

/// `60 cells: 59 done, 1 failed; 20 denoisings, 12.3 s`.
fn summary(outcome: &Outcome) -> String {
    use aquatint_studio::stages::Stage;
    let mut parts = vec![format!("{} done", outcome.done)];
    for (count, what) in [(outcome.failed, "failed"), (outcome.skipped, "skipped")] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    if outcome.before > 0 {
        parts.push(format!("{} of them before", outcome.before));
    }
    format!(
        "{} cells: {}; {} denoisings, {:.1} s",
        outcome.cells,
        parts.join(", "),
        outcome.stages.of(Stage::Denoise).run,
        outcome.seconds
    )
}
