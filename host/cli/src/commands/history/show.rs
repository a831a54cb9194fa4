use aquatint_studio::harmless;
use aquatint_studio::history::{History, PictureId};

use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The picture's number
    id: PictureId,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ShowArgs, history: &History) -> anyhow::Result<()> {
    let entry = history.get(args.id)?;
    if args.json {
        return output::json(&entry);
    }
    let gone = if entry.missing { " (gone)" } else { "" };
    output::line(format_args!(
        "{}{gone}: {}x{}, {} bytes, {}",
        harmless(&entry.file.to_string_lossy()),
        entry.width,
        entry.height,
        entry.bytes,
        entry.created_at
    ))?;
    if let Some(job) = entry.job {
        output::line(format_args!("drawn by job {job}"))?;
    }
    match (&entry.recipe, &entry.parameters) {
        (Some(recipe), _) => output::line(format_args!(
            "recipe {}",
            serde_json::to_string_pretty(recipe)?
        )),
        (None, Some(parameters)) => {
            for line in parameters.lines() {
                output::line(harmless(line))?;
            }
            Ok(())
        }
        (None, None) => Ok(()),
    }
}
