use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use aquatint_sandbox::settings::Kind;
use aquatint_studio::jobs::{JobOptions, NewJob, Queue};
use aquatint_studio::outputs::Pattern;
use aquatint_studio::{DrawError, Request, TinyChoice, random_seed};

use super::table;
use crate::exit::Usage;
use crate::format::FormatArgs;
use crate::output;
use crate::request::{Asked, RequestArgs};
use crate::studio::{self, StudioArgs};
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    studio: StudioArgs,
    /// The file to write, or a folder for numbered files [default: the outputs of the data folder, by day]
    #[arg(short, long, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    format: FormatArgs,
    /// What files are called, such as [date]/[prompt_words]-[number]
    #[arg(long, value_name = "PATTERN")]
    name: Option<Pattern>,
    /// Higher ones are done first
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    priority: i32,
    /// How long it may take
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    deadline: Option<f64>,
    /// A name for the job: adding it again with the same name changes nothing
    #[arg(long, value_name = "TEXT")]
    key: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print nothing but the job's number
    #[arg(long)]
    quiet: bool,
}

/// Checks everything that can be checked now: a job should not wait for hours to say that its model is misspelt.
pub(super) fn run(args: &AddArgs, data: &Path) -> anyhow::Result<()> {
    let Asked { mut request, notes } = args.request.ask(data)?;
    if !args.quiet && !args.json {
        for note in &notes {
            output::tell(format_args!("note: {note}"));
        }
    }
    let studio = args.studio.open(data)?;
    studio.check(&request, request.seed.unwrap_or_else(random_seed))?;
    let output = args.output.as_deref();
    let encoding = args.format.encoding(output)?;
    if let Some(output) = output {
        Target::new(Some(output), request.batch, encoding)?;
    }
    let deadline = match args.deadline {
        Some(seconds) => Some(Duration::try_from_secs_f64(seconds).map_err(|_| {
            Usage(format!(
                "--deadline is {seconds}, expected a number of seconds above 0"
            ))
        })?),
        None => None,
    };
    // Whoever does the job may be in another folder.
    for field in [&mut request.model, &mut request.refiner] {
        let Some(name) = field else { continue };
        let model = studio.models.find(Some(name)).map_err(DrawError::from)?;
        if model == Path::new(name) {
            *field = Some(text(&absolute(&model)?)?);
        }
    }
    if let Some(name) = &request.vae {
        let vae = studio.vaes.find(Some(name)).map_err(DrawError::from)?;
        if let Some(vae) = vae.filter(|vae| vae.path == Path::new(name)) {
            request.vae = Some(text(&absolute(&vae.path)?)?);
        }
    }
    name_pictures(&mut request, data, args.studio.plugins.as_deref())?;
    let options = JobOptions {
        output: output.map(absolute).transpose()?,
        encoding,
        pattern: args.name.as_ref().map(ToString::to_string),
        plugins: args.studio.plugins.as_deref().map(absolute).transpose()?,
        styles: args.studio.styles.as_deref().map(absolute).transpose()?,
        tiny_vae: tiny_vae(args.studio.tiny_vae.as_ref())?,
        no_cache: args.studio.no_cache,
        ..JobOptions::default()
    };
    let queue = Queue::open(data)?;
    let job = queue.add(NewJob {
        options,
        priority: args.priority,
        deadline,
        key: args.key.clone(),
        ..NewJob::generate(request)
    })?;
    if args.json {
        return output::json(&job);
    }
    output::line(job.id)?;
    if !args.quiet {
        let paused = if queue.is_paused()? {
            "; the queue is paused"
        } else {
            ""
        };
        output::tell(format_args!(
            "job {} is {}: {}{paused}",
            job.id,
            job.state,
            table::what(&job)
        ));
    }
    Ok(())
}

/// What the worker is told of it.
fn tiny_vae(choice: Option<&TinyChoice>) -> anyhow::Result<Option<String>> {
    match choice {
        None | Some(TinyChoice::Found) => Ok(None),
        Some(TinyChoice::Off) => Ok(Some("off".to_owned())),
        Some(TinyChoice::At(path)) => Ok(Some(text(&absolute(path)?)?)),
    }
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))
}

fn text(path: &Path) -> anyhow::Result<String> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| {
        Usage(format!(
            "{} is not UTF-8, and cannot be kept in the queue",
            path.display()
        ))
        .into()
    })
}

/// Makes the paths of plugins' pictures absolute.
fn name_pictures(request: &mut Request, data: &Path, plugins: Option<&Path>) -> anyhow::Result<()> {
    let source = studio::source(data, plugins);
    for used in &mut request.plugins {
        // No setting can be a path without a text in it.
        if !used.settings.values().any(serde_json::Value::is_string) {
            continue;
        }
        let id = used.plugin_id().map_err(|error| Usage(error.to_string()))?;
        let plugin = source.get(&id).map_err(DrawError::from)?;
        let settings = &plugin.manifest().settings;
        for (key, value) in &mut used.settings {
            let is_picture = settings
                .get(key)
                .is_some_and(|setting| matches!(setting.kind, Kind::Image));
            if let (true, serde_json::Value::String(given)) = (is_picture, &mut *value)
                && !given.is_empty()
            {
                *given = text(&absolute(Path::new(given.as_str()))?)?;
            }
        }
    }
    Ok(())
}
