use aquatint_studio::jobs::{Queue, State};

use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct ClearArgs {
    /// Those that are done; without any of these three, all that have ended
    #[arg(long)]
    done: bool,
    /// Those that failed
    #[arg(long)]
    failed: bool,
    /// Those that were cancelled
    #[arg(long)]
    cancelled: bool,
}

pub(super) fn run(args: &ClearArgs, queue: &Queue) -> anyhow::Result<()> {
    let mut states = Vec::new();
    for (wanted, state) in [
        (args.done, State::Done),
        (args.failed, State::Failed),
        (args.cancelled, State::Cancelled),
    ] {
        if wanted {
            states.push(state);
        }
    }
    if states.is_empty() {
        states = State::ENDED.to_vec();
    }
    let cleared = queue.clear(&states)?;
    output::line(format_args!("forgot {cleared}"))
}
