use aquatint_studio::jobs::{Cancelled, JobId, Queue};

use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct CancelArgs {
    /// The jobs
    #[arg(required_unless_present = "waiting", value_name = "ID")]
    ids: Vec<JobId>,
    /// Every job that waits
    #[arg(long, conflicts_with = "ids")]
    waiting: bool,
}

pub(super) fn run(args: &CancelArgs, queue: &Queue) -> anyhow::Result<()> {
    if args.waiting {
        let cancelled = queue.cancel_waiting()?.len();
        return output::line(format_args!("cancelled {cancelled}"));
    }
    for id in &args.ids {
        match queue.cancel(*id)? {
            Cancelled::AtOnce => output::line(format_args!("cancelled {id}"))?,
            Cancelled::Asked => output::line(format_args!("job {id} is told to stop"))?,
        }
    }
    Ok(())
}
