//! `aquatint generate`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use aquatint_diffusion::checkpoint::{Checkpoint, Fingerprints};
use aquatint_diffusion::pipeline::{self, Cancel, Generation, Pipeline, Timings};
use aquatint_diffusion::runtime::{
    self, Flavor, Provider, ProviderChoice, ProviderKind, Runtime, RuntimeError, RuntimeOptions,
};
use aquatint_diffusion::sigmas::Schedule;
use aquatint_studio::{DrawError, Picture, Session, choose, resolve};
use clap::Args;
use serde::Serialize;

use crate::exit::Usage;
use crate::progress::DrawProgress;
use crate::request_args::{Asked, RequestArgs};
use crate::target::Target;
use crate::{interrupt, models, output, plugins};

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    #[command(flatten)]
    asked: RequestArgs,
    /// The file to write, or a folder for numbered files [default: outputs]
    #[arg(short, long, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print nothing but the paths
    #[arg(long)]
    quiet: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    files: Vec<PathBuf>,
    seeds: Vec<u64>,
    /// Seconds by stage; `inside_onnx` is the part of all that was spent in ONNX Runtime, `total` the whole command.
    timings: serde_json::Map<String, serde_json::Value>,
    model: ModelReport<'a>,
    provider: String,
    runtime: String,
    /// What the file that `--from` names says and nothing here can do.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
}

#[derive(Debug, Serialize)]
struct ModelReport<'a> {
    name: &'a str,
    fingerprint: &'a str,
}

pub(crate) fn run(args: &GenerateArgs, data: &Path) -> anyhow::Result<()> {
    let start = Instant::now();
    let Asked { request, notes } = args.asked.ask(data)?;
    if let Some(folder) = args
        .asked
        .plugins
        .as_deref()
        .filter(|folder| !folder.is_dir())
    {
        return Err(Usage(format!(
            "--plugins is {}, expected a folder",
            folder.display()
        ))
        .into());
    }
    let provider: ProviderChoice = request.provider.parse()?;
    let chosen = if request.plugins.is_empty() {
        Vec::new()
    } else {
        let source = plugins::source(data, args.asked.plugins.as_deref())?;
        choose(&request, &source).map_err(DrawError::from)?
    };
    let checkpoint = Checkpoint::open(&models::find(request.model.as_deref(), data)?)?;
    let seed = request.seed.unwrap_or_else(random_seed);
    let generation = resolve(&request, &checkpoint, seed)?;
    let target = Target::new(args.output.as_deref(), request.batch)?;

    let quiet = args.quiet || args.json;
    if !quiet {
        for note in &notes {
            output::tell(format_args!("note: {note}"));
        }
    }
    let cancel = Cancel::new();
    interrupt::cancels(&cancel)?;
    let runtime = start_runtime(&provider, data, quiet, &cancel)?;
    if cancel.is_cancelled() {
        return Err(DrawError::from(pipeline::Error::Cancelled).into());
    }
    if !quiet
        && provider == ProviderChoice::Auto
        && let Some(note) = missed_gpu(&runtime, data)
    {
        output::tell(note);
    }
    let mut fingerprints = Fingerprints::open(&data.join("fingerprints.json"));
    let mut pipeline = Pipeline::new(Arc::new(runtime), checkpoint);
    let progress = DrawProgress::new(quiet);
    let mut said = plugins::Notes::new(quiet);
    let drawn = Session {
        pipeline: &mut pipeline,
        fingerprints: &mut fingerprints,
        cancel: &cancel,
        events: &mut |event| progress.event(&event),
        notes: &mut |note| said.tell(note),
        models: models::all(data),
    }
    .draw(&request, seed, &chosen);
    progress.finish();
    let (pictures, timings) = drawn?;
    let mut files = Vec::new();
    for picture in &pictures {
        files.push(target.write(picture)?);
    }
    if args.json {
        return report(files, &pictures, &pipeline, timings, start, &notes);
    }
    for file in files {
        output::line(file.display())?;
    }
    if !quiet {
        output::tell(summary(&generation, start, pipeline.runtime().provider()));
    }
    Ok(())
}

/// Starts ONNX Runtime, fetching the build for CPUs first where there is none yet.
fn start_runtime(
    provider: &ProviderChoice,
    data: &Path,
    quiet: bool,
    cancel: &Cancel,
) -> anyhow::Result<Runtime> {
    let options = RuntimeOptions {
        data_dir: data.to_owned(),
        provider: provider.clone(),
        threads: None,
    };
    match Runtime::start(&options) {
        // Only the build that every machine can use comes unasked.
        Err(RuntimeError::NotInstalled {
            flavor: Flavor::Cpu,
            ..
        }) => {
            let stop = || cancel.is_cancelled();
            let installed = super::runtime::install_until(Flavor::Cpu, data, &stop, quiet)?;
            if !quiet {
                output::tell(format_args!(
                    "ONNX Runtime {} is now in {}",
                    installed.version,
                    installed.folder.display()
                ));
            }
            Ok(Runtime::start(&options)?)
        }
        result => Ok(result?),
    }
}

/// Why `auto` came down to the CPU, where a GPU was to be expected: one that has its driver, or a runtime for it.
fn missed_gpu(runtime: &Runtime, data: &Path) -> Option<String> {
    let is_cpu = runtime.provider().kind() == ProviderKind::Cpu;
    // Whoever names a library has chosen what it can do.
    let is_named = matches!(runtime::from_environment(), Ok(Some(_)));
    if !is_cpu || is_named {
        return None;
    }
    let reason = runtime::candidates(data)
        .into_iter()
        .find_map(|candidate| {
            let tried = format!("{}: ", candidate.provider.name());
            let note = runtime
                .notes()
                .iter()
                .find_map(|note| note.strip_prefix(&tried))?;
            match candidate.library {
                Ok(_) => Some(note.to_owned()),
                Err(error @ (RuntimeError::NotInstalled { .. } | RuntimeError::Damaged { .. })) => {
                    Some(error.to_string())
                }
                Err(_) => None,
            }
        })?;
    Some(format!("note: drawing on the CPU: {reason}"))
}

/// `512x512, 20 steps of DPM++ 2M, seed 42, 3.1 s on cpu`.
fn summary(generation: &Generation, start: Instant, provider: &Provider) -> String {
    let Generation {
        width,
        height,
        steps,
        batch,
        seed,
        ..
    } = generation;
    let pictures = match batch {
        1 => String::new(),
        batch => format!("{batch} pictures of "),
    };
    let unit = if *steps == 1 { "step" } else { "steps" };
    let sampler = generation.sampler.label();
    let schedule = match generation.schedule {
        Schedule::Model => String::new(),
        schedule => format!(" {}", schedule.label()),
    };
    let seeds = match batch {
        1 => format!("seed {seed}"),
        batch => format!("seeds {seed} to {}", generation.seed_of(batch - 1)),
    };
    let seconds = start.elapsed().as_secs_f64();
    format!(
        "{pictures}{width}x{height}, {steps} {unit} of {sampler}{schedule}, {seeds}, {seconds:.1} s on {provider}"
    )
}

fn report(
    files: Vec<PathBuf>,
    pictures: &[Picture],
    pipeline: &Pipeline,
    timings: Timings,
    start: Instant,
    notes: &[String],
) -> anyhow::Result<()> {
    let mut seconds = serde_json::Map::new();
    for (stage, time) in &timings.stages {
        seconds.insert((*stage).to_owned(), time.as_secs_f64().into());
    }
    seconds.insert(
        "inside_onnx".to_owned(),
        timings.inside_onnx.as_secs_f64().into(),
    );
    seconds.insert("total".to_owned(), start.elapsed().as_secs_f64().into());
    let model = pictures.first().map(|picture| &picture.recipe.model);
    output::json(&Report {
        files,
        seeds: pictures.iter().map(|picture| picture.recipe.seed).collect(),
        timings: seconds,
        model: ModelReport {
            name: model.map_or("", |model| &model.name),
            fingerprint: model.map_or("", |model| &model.fingerprint),
        },
        provider: pipeline.runtime().provider().to_string(),
        runtime: pipeline.runtime().version().to_owned(),
        notes,
    })
}

/// 32 bits, as other programs show and take them.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    u64::from(RandomState::new().hash_one(std::process::id()) as u32)
}
