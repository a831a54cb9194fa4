use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aquatint_studio::harmless;
use aquatint_studio::history::History;

use crate::{interrupt, output};

#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// The folder; those in it are looked into too
    folder: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ImportArgs, history: &History) -> anyhow::Result<()> {
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = stopped.clone();
    interrupt::calls(move || stop.store(true, Ordering::SeqCst))?;
    let imported = history.import(&args.folder, &mut |_| !stopped.load(Ordering::SeqCst))?;
    if args.json {
        return output::json(&imported);
    }
    for failed in &imported.failed {
        output::tell(format_args!("left out: {}", harmless(&failed.reason)));
    }
    output::line(format_args!(
        "{} added, {} known already, {} that do not say how they were made, {} that cannot be read",
        imported.added,
        imported.known,
        imported.silent,
        imported.failed.len()
    ))
}
