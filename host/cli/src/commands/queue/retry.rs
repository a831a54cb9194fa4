use aquatint_studio::jobs::{Filter, JobId, Queue, State};

use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct RetryArgs {
    /// The jobs
    #[arg(required_unless_present = "failed", value_name = "ID")]
    ids: Vec<JobId>,
    /// Every job that failed
    #[arg(long, conflicts_with = "ids")]
    failed: bool,
}

pub(super) fn run(args: &RetryArgs, queue: &Queue) -> anyhow::Result<()> {
    let mut ids = args.ids.clone();
    if args.failed {
        ids = failed(queue)?;
    }
    for id in ids {
        queue.retry(id)?;
        output::line(format_args!("queued {id} again"))?;
    }
    Ok(())
}

/// The oldest first, as they were queued.
fn failed(queue: &Queue) -> anyhow::Result<Vec<JobId>> {
    let mut ids = Vec::new();
    loop {
        let page = queue.list(&Filter {
            states: vec![State::Failed],
            before: ids.last().copied(),
            ..Filter::default()
        })?;
        if page.is_empty() {
            ids.reverse();
            return Ok(ids);
        }
        ids.extend(page.iter().map(|job| job.id));
    }
}
