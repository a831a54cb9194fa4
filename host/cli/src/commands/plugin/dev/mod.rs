//! `aquatint plugin dev`: builds, loads and draws whenever the plugin changes.

mod axes;
mod bench;
mod canvas;
mod easel;

use std::path::{Path, PathBuf};

use aquatint_diffusion::pipeline::Cancel;
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::Manifest;
use aquatint_sandbox::settings::PluginArgument;
use aquatint_workshop::build::{Built, build};
use aquatint_workshop::dev::{Dev, Event, Redrawn, dev};
use clap::Args;

use super::build::{folders, shown, summary, warn};
use crate::exit::Usage;
use crate::{interrupt, output};

use canvas::Canvas;
use easel::Easel;

#[derive(Debug, Args)]
pub(crate) struct DevArgs {
    /// The plugin's folder
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// What to draw
    #[arg(short, long, value_name = "TEXT", default_value = "a red apple")]
    prompt: String,
    /// A picture to use the plugin on instead, a PNG file; for plugins with the hook post-process
    #[arg(long, value_name = "PICTURE")]
    input: Option<PathBuf>,
    /// Settings of the plugin, such as amount=0.3,mode=soft
    #[arg(long, value_name = "KEY=VALUE,…", default_value = "")]
    settings: String,
    /// The seed
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,
    /// A model's name, or the path of its folder
    #[arg(long, value_name = "NAME|PATH")]
    model: Option<String>,
    /// How many steps
    #[arg(long, value_name = "N")]
    steps: Option<u32>,
    /// The size in pixels, such as 512x768
    #[arg(long, value_name = "WxH", value_parser = crate::request::parse_size)]
    size: Option<(u32, u32)>,
    /// What computes: auto, cpu, cuda, …
    #[arg(long, value_name = "P", default_value = "auto")]
    provider: String,
    /// Where to put the picture; more of them are numbered
    #[arg(short, long, value_name = "FILE", default_value = "OUT.png")]
    output: PathBuf,
    /// A folder to put the plugin in as well, such as that of a running server
    #[arg(long, value_name = "DIR")]
    plugins: Option<PathBuf>,
    /// Look for changes instead of waiting to be told, for file systems that do not tell
    #[arg(long)]
    poll: bool,
}

pub(crate) fn run(args: &DevArgs, data: &Path) -> anyhow::Result<()> {
    if !args
        .output
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("png"))
    {
        return Err(Usage(format!(
            "cannot write {}: expected a name that ends in .png",
            args.output.display()
        ))
        .into());
    }
    let folders = folders(data)?;
    let cancel = Cancel::new();
    interrupt::cancels(&cancel)?;
    let canvas = Canvas::new(&args.output);
    let easel = Easel::new(args, data, &cancel)?;
    let redraw = |built: &Built, manifest: &Manifest| -> anyhow::Result<Option<Redrawn>> {
        if manifest.hooks.contains(&Hook::Sweep) {
            axes::show(args, data, built, manifest)?;
        }
        let drawn = match &args.input {
            Some(input) => bench::draw(args, data, built, manifest, input)?,
            None if manifest.hooks.iter().all(|it| *it == Hook::Sweep) => return Ok(None),
            None => easel.draw(built)?,
        };
        canvas.put(drawn).map(Some)
    };
    dev(&Dev {
        root: &args.dir,
        plugins: args.plugins.as_deref(),
        poll: args.poll,
        made: &|path| canvas.is_made(path),
        build: &|project| build(project, &folders, &|line| output::tell(line)),
        redraw: &|built, manifest| redraw(built, manifest).map_err(|error| format!("{error:#}")),
        tell: &|event| {
            // Whatever broke off because of Ctrl-C is no failure.
            if !cancel.is_cancelled() {
                tell(event);
            }
        },
        stop: &|| cancel.is_cancelled(),
    })?;
    Ok(())
}

/// The plugin with the settings that were given.
fn argument(args: &DevArgs, manifest: &Manifest) -> anyhow::Result<PluginArgument> {
    let argument = match args.settings.as_str() {
        "" => manifest.id.to_string(),
        settings => format!("{}:{settings}", manifest.id),
    };
    Ok(argument.parse()?)
}

fn tell(event: &Event<'_>) {
    match event {
        Event::Built(built) => warn(built),
        Event::Placed(path) => output::tell(format_args!("{}: in place", shown(path))),
        Event::Redrawn(built, Some(redrawn)) => output::tell(canvas::line(built, redrawn)),
        Event::Redrawn(built, None) => output::tell(summary(built)),
        Event::Failed(words) => output::tell(format_args!("error: {}", words.trim_end())),
        Event::Waiting { polling: false } => output::tell("waiting for changes; Ctrl-C ends"),
        Event::Waiting { polling: true } => {
            output::tell("looking for changes now and then; Ctrl-C ends");
        }
    }
}
