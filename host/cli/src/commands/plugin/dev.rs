//! `aquatint plugin dev`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::Manifest;
use aquatint_sandbox::settings::PluginArgument;
use aquatint_workshop::build::{Built, build};
use aquatint_workshop::cases::{self, Bench as _, Call, Input, Outcome, report};
use aquatint_workshop::dev::{Dev, Event, Redrawn, dev};
use aquatint_workshop::picture;
use clap::Args;

use super::build::{folders, shown, summary, warn};
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct DevArgs {
    /// The plugin's folder
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// A picture to use the plugin on, a PNG file; for plugins with the hook post-process
    #[arg(long, value_name = "PICTURE")]
    input: Option<PathBuf>,
    /// Settings of the plugin, such as amount=0.3,mode=soft
    #[arg(long, value_name = "KEY=VALUE,…", default_value = "")]
    settings: String,
    /// The seed
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,
    /// Where to put the picture
    #[arg(short, long, value_name = "FILE", default_value = "OUT.png")]
    output: PathBuf,
    /// Where to put the plugin [default: plugins in the data folder]
    #[arg(long, value_name = "DIR")]
    plugins: Option<PathBuf>,
    /// Put the plugin nowhere
    #[arg(long, conflicts_with = "plugins")]
    no_install: bool,
    /// Look for changes instead of waiting to be told, for file systems that do not tell
    #[arg(long)]
    poll: bool,
}

pub(crate) fn run(args: &DevArgs, data: &Path) -> anyhow::Result<()> {
    let folders = folders(data)?;
    let plugins = match &args.plugins {
        Some(folder) => folder.clone(),
        None => crate::plugins::folder(data),
    };
    dev(&Dev {
        root: &args.dir,
        plugins: (!args.no_install).then_some(plugins.as_path()),
        poll: args.poll,
        build: &|project| build(project, &folders, &|line| output::tell(line)),
        redraw: &|built, manifest| {
            redraw(args, data, built, manifest).map_err(|error| format!("{error:#}"))
        },
        tell: &|event| tell(event),
        // Until Ctrl-C: what is on disk is whole at any time.
        stop: &|| false,
    })?;
    Ok(())
}

fn tell(event: &Event<'_>) {
    match event {
        Event::Built(built) => {
            warn(built);
            output::tell(summary(built));
        }
        Event::Placed(path) => output::tell(format_args!("{}: in place", shown(path))),
        Event::Redrawn(redrawn) => output::tell(format_args!(
            "{}: ready in {:.2} s, drawn in {:.3} s, the plugin had {} of memory",
            shown(&redrawn.path),
            redrawn.ready.as_secs_f64(),
            redrawn.time.as_secs_f64(),
            report::memory(redrawn.memory)
        )),
        Event::Failed(words) => output::tell(format_args!("error: {}", words.trim_end())),
        Event::Waiting { polling: false } => output::tell("waiting for changes; Ctrl-C ends"),
        Event::Waiting { polling: true } => {
            output::tell("looking for changes now and then; Ctrl-C ends");
        }
    }
}

/// Uses the plugin on `--input`.
fn redraw(
    args: &DevArgs,
    data: &Path,
    built: &Built,
    manifest: &Manifest,
) -> anyhow::Result<Option<Redrawn>> {
    let Some(input) = &args.input else {
        return Ok(None);
    };
    if !manifest.hooks.contains(&Hook::PostProcess) {
        anyhow::bail!("--input is for plugins with the hook post-process, which this one has not");
    }
    let start = Instant::now();
    let argument: PluginArgument = match args.settings.as_str() {
        "" => manifest.id.to_string(),
        settings => format!("{}:{settings}", manifest.id),
    }
    .parse()?;
    let mut call = Call {
        hook: Hook::PostProcess,
        seed: args.seed,
        index: 0,
        settings: manifest.settings.read_terms(&argument.settings)?,
        pictures: Default::default(),
        request: cases::defaults(args.seed),
        input: Input::Picture(picture::read(input)?),
    };
    call.read_pictures(Path::new(""))?;
    let bench = super::bench::load(built, data)?;
    let ready = start.elapsed();
    let ran = bench.call(&call).map_err(anyhow::Error::msg)?;
    for line in &ran.log {
        output::tell(line);
    }
    match ran.outcome {
        Outcome::Picture(made) => {
            picture::write(&made, &args.output)?;
            Ok(Some(Redrawn {
                path: args.output.clone(),
                ready,
                time: ran.time,
                memory: ran.memory,
            }))
        }
        other => Err(anyhow::anyhow!("the plugin gave {}", other.describe())),
    }
    .context("the picture stays as it was")
}
