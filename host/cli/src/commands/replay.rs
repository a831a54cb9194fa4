//! `aquatint replay`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use aquatint_diffusion::pipeline::Cancel;
use aquatint_studio::replay::{Again, Instead, PixelDifference, Verdict};
use aquatint_studio::{Encoding, Watcher, picture_file};
use clap::Args;
use serde::Serialize;

use crate::exit::Usage;
use crate::format::FormatArgs;
use crate::plugins::Notes;
use crate::progress::DrawProgress;
use crate::studio::StudioArgs;
use crate::target::Target;
use crate::{interrupt, output, studio};

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// A picture that was drawn by aquatint
    file: PathBuf,
    /// What computes, in place of what did
    #[arg(long, value_name = "P")]
    provider: Option<String>,
    /// The model's name here, or the path of its folder, if it is not found by the name that it had
    #[arg(long, value_name = "NAME|PATH")]
    model: Option<String>,
    /// The refiner's name here, or the path of its folder, if it is not found by the name that it had
    #[arg(long, value_name = "NAME|PATH")]
    refiner: Option<String>,
    /// The VAE's name here, or its path, if it is not found by the name that it had
    #[arg(long, value_name = "NAME|PATH")]
    vae: Option<String>,
    /// A change, such as steps=30, size=512x768 or film-grain.amount=0.5; several in order
    #[arg(long = "edit", value_name = "KEY=VALUE")]
    edits: Vec<String>,
    /// Where to write what is drawn: a file, or a folder [default: nowhere; outputs with --edit]
    #[arg(short, long, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    format: FormatArgs,
    #[command(flatten)]
    studio: StudioArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print no progress
    #[arg(long)]
    quiet: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    file: &'a Path,
    /// Whether every pixel is the same; nothing where there are changes.
    identical: Option<bool>,
    /// What is not as it was.
    differences: &'a [String],
    /// How what was drawn was encoded to be compared, where that loses something.
    encoding: Option<Encoding>,
    /// How far the pixels are apart.
    pixels: Option<Apart>,
    /// What was written.
    output: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Apart {
    differ: u64,
    of: u64,
    max: u8,
    mean: f64,
}

/// The picture is not the same.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotIdentical(String);

pub(crate) fn run(args: &ReplayArgs, data: &Path) -> anyhow::Result<()> {
    let shown = args.file.display();
    let before = picture_file::read(&args.file)?;
    let recipe = before
        .recipe()
        .map_err(|error| anyhow!("{shown}: {error}"))?
        .ok_or_else(|| {
            Usage(format!(
                "{shown} has no recipe in it: draw what it says with `generate --from {shown}`"
            ))
        })?;
    // What was computed before would prove nothing.
    let mut studio = args.studio.open_without_cache(data)?;
    let quiet = args.quiet || args.json;
    let cancel = Cancel::new();
    interrupt::cancels(&cancel)?;
    let instead = Instead {
        provider: args.provider.clone(),
        model: args.model.clone(),
        refiner: args.refiner.clone(),
        vae: args.vae.clone(),
        edits: args.edits.clone(),
    };
    studio::start(
        &mut studio,
        args.provider.as_ref().unwrap_or(&recipe.runtime.provider),
        data,
        quiet,
        &cancel,
    )?;
    let again = Again::new(&recipe, &instead, &mut studio)?;
    let mut differences: Vec<String> = again.differences.iter().map(ToString::to_string).collect();
    if before.encoding.is_none() {
        differences.push(format!(
            "{shown} is a {} file that does not say how it was encoded: what it lost differs too",
            before.kind
        ));
    }
    if let Some(missing) = again.differences.iter().find(|it| it.is_missing()) {
        return Err(anyhow!("{shown} cannot be made again: {missing}"));
    }
    let output = match (&args.output, args.edits.is_empty()) {
        (None, true) => None,
        (output, _) => {
            let output = output.as_deref();
            Some(Target::new(output, 1, args.format.encoding(output)?)?)
        }
    };
    let progress = DrawProgress::new(quiet);
    let mut notes = Notes::new(quiet);
    let drawn = again.draw(
        &mut studio,
        Watcher {
            cancel: &cancel,
            events: &mut |event| progress.event(&event),
            notes: &mut |note| notes.tell(note),
        },
    );
    progress.finish();
    let drawn = drawn.with_context(|| format!("{shown} cannot be made again"))?;
    let written = output.map(|target| target.write(&drawn)).transpose()?;
    let verdict = Verdict::of(&before, &drawn)?;
    let Verdict { encoding, apart } = verdict;
    let is_same = verdict.is_identical();
    if args.json {
        output::json(&Report {
            file: &args.file,
            identical: args.edits.is_empty().then_some(is_same),
            differences: &differences,
            encoding,
            pixels: apart.ok().map(|apart| Apart {
                differ: apart.pixels,
                of: apart.of,
                max: apart.max,
                mean: apart.mean,
            }),
            output: written,
        })?;
    } else {
        for difference in &differences {
            output::line(difference)?;
        }
        let pixels = match apart {
            Ok(apart) => sentence(apart) + &encoded(encoding),
            Err(other) => other.to_string(),
        };
        output::line(pixels)?;
        if let Some(path) = written {
            output::line(path.display())?;
        }
    }
    if is_same || !args.edits.is_empty() {
        return Ok(());
    }
    let why = match differences.as_slice() {
        [] => "and nothing that is known of it is another".to_owned(),
        causes => causes.join("; "),
    };
    Err(NotIdentical(format!("{shown} is not the same: {why}")).into())
}

/// ` as jpeg 90`.
fn encoded(encoding: Option<Encoding>) -> String {
    encoding.map_or_else(String::new, |encoding| format!(" as {encoding}"))
}

fn sentence(apart: PixelDifference) -> String {
    if apart.identical {
        return "identical".to_owned();
    }
    format!(
        "{} of {} pixels differ, by at most {} of 255, {:.3} in the mean",
        apart.pixels, apart.of, apart.max, apart.mean
    )
}
