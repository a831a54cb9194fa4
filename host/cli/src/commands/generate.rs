//! `aquatint generate`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use aquatint_diffusion::pipeline::{Cancel, Generation};
use aquatint_diffusion::runtime::{Provider, Runtime};
use aquatint_diffusion::sigmas::Schedule;
use aquatint_studio::stages::Counts;
use aquatint_studio::{Drawn, Picture, Watcher, random_seed};
use clap::Args;
use serde::Serialize;

use crate::format::FormatArgs;
use crate::progress::DrawProgress;
use crate::request::{Asked, RequestArgs};
use crate::studio::StudioArgs;
use crate::target::Target;
use crate::{interrupt, output, plugins};

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    studio: StudioArgs,
    #[command(flatten)]
    format: FormatArgs,
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
    /// How often each stage was run, and how often there was a result already.
    stages: &'a Counts,
    /// What the file that `--from` names says and nothing here can do.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    model: ModelReport<'a>,
    provider: String,
    runtime: String,
}

#[derive(Debug, Serialize)]
struct ModelReport<'a> {
    name: &'a str,
    fingerprint: &'a str,
}

pub(crate) fn run(args: &GenerateArgs, data: &Path) -> anyhow::Result<()> {
    let start = Instant::now();
    let asked = args.request.ask_each(data)?;
    let mut studio = args.studio.open(data)?;
    let mut jobs = Vec::new();
    for Asked { request, .. } in &asked {
        let seed = request.seed.unwrap_or_else(random_seed);
        jobs.push((request, seed, studio.check(request, seed)?));
    }
    let pictures = jobs.iter().map(|(request, ..)| request.batch).sum();
    let output = args.output.as_deref();
    let target = Target::new(output, pictures, args.format.encoding(output)?)?;
    let notes = asked
        .iter()
        .flat_map(|asked| &asked.notes)
        .cloned()
        .collect::<Vec<_>>();
    let Some((first, _, generation)) = jobs.first() else {
        unreachable!("there is one at least");
    };

    let quiet = args.quiet || args.json;
    if !quiet {
        for note in &notes {
            output::tell(format_args!("note: {note}"));
        }
    }
    let cancel = Cancel::new();
    interrupt::cancels(&cancel)?;
    let runtime = crate::studio::start(&mut studio, &first.provider, data, quiet, &cancel)?;
    let mut said = plugins::Notes::new(quiet);
    let mut drawn = Drawn::default();
    let mut files = Vec::new();
    for (request, seed, _) in &jobs {
        let progress = DrawProgress::new(quiet);
        let result = studio.draw(
            request,
            *seed,
            Watcher {
                cancel: &cancel,
                events: &mut |event| progress.event(&event),
                notes: &mut |note| said.tell(note),
            },
        );
        progress.finish();
        let mut result = result?;
        for picture in &result.pictures {
            files.push(target.write(picture)?);
        }
        if jobs.len() > 1 {
            // A folder may hold more pictures than memory.
            for picture in &mut result.pictures {
                picture.pixels = Vec::new();
            }
        }
        drawn.add(result);
    }
    crate::studio::tell_trouble(&studio);
    if args.json {
        return report(files, &drawn, &runtime, start, &notes);
    }
    for file in files {
        output::line(file.display())?;
    }
    if !quiet {
        output::tell(summary(
            generation,
            &drawn.pictures,
            start,
            runtime.provider(),
        ));
    }
    Ok(())
}

/// `512x512, 20 steps of DPM++ 2M, seed 42, 3.1 s on cpu`.
fn summary(
    generation: &Generation,
    drawn: &[Picture],
    start: Instant,
    provider: &Provider,
) -> String {
    let Generation {
        steps, batch, seed, ..
    } = generation;
    let (width, height) = drawn
        .last()
        .map_or((0, 0), |picture| (picture.width, picture.height));
    let pictures = match drawn.len() {
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
    drawn: &Drawn,
    runtime: &Runtime,
    start: Instant,
    notes: &[String],
) -> anyhow::Result<()> {
    let Drawn {
        pictures,
        timings,
        counts,
    } = drawn;
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
        stages: counts,
        provider: runtime.provider().to_string(),
        runtime: runtime.version().to_owned(),
        notes,
    })
}
