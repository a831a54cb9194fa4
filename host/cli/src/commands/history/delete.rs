use aquatint_studio::harmless;
use aquatint_studio::history::{Files, History, PictureId};

use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct DeleteArgs {
    /// The pictures' numbers
    #[arg(required = true, value_name = "ID")]
    ids: Vec<PictureId>,
    /// Delete their files too
    #[arg(long)]
    files: bool,
}

pub(super) fn run(args: &DeleteArgs, history: &History) -> anyhow::Result<()> {
    let files = if args.files {
        Files::Delete
    } else {
        Files::Keep
    };
    for id in &args.ids {
        let entry = history.delete(*id, files)?;
        let file = harmless(&entry.file.to_string_lossy());
        match files {
            Files::Delete => output::line(format_args!("deleted {file}"))?,
            Files::Keep => output::line(format_args!("forgot {id}; {file} stays"))?,
        }
    }
    Ok(())
}
