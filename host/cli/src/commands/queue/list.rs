use aquatint_studio::jobs::{Filter, Job, JobId, Queue, State};

use super::table;
use crate::output;

/// How many that have ended are shown where nothing is said.
const ENDED: usize = 10;

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// Only jobs in this state: queued, running, done, failed or cancelled; several by saying it several times
    #[arg(long, value_name = "STATE")]
    state: Vec<State>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    /// With --state: those that are older than this job
    #[arg(long, value_name = "ID", requires = "state")]
    before: Option<JobId>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ListArgs, queue: &Queue) -> anyhow::Result<()> {
    let jobs = jobs(args, queue)?;
    let (counts, paused) = (queue.counts()?, queue.is_paused()?);
    if args.json {
        return output::json(&serde_json::json!({
            "jobs": jobs,
            "counts": counts,
            "paused": paused,
        }));
    }
    table::print(&jobs)?;
    if paused {
        output::line("the queue is paused: `aquatint queue resume` goes on")?;
    }
    let counts = [
        (counts.queued, "queued"),
        (counts.running, "running"),
        (counts.done, "done"),
        (counts.failed, "failed"),
        (counts.cancelled, "cancelled"),
    ];
    let counts = counts.map(|(count, state)| (count > 0).then(|| format!("{count} {state}")));
    let counts: Vec<_> = counts.into_iter().flatten().collect();
    match counts.is_empty() {
        true => output::line("no jobs"),
        false => output::line(counts.join(", ")),
    }
}

/// What runs, what waits in its order, and the last that have ended; or those that were asked for, the newest first.
fn jobs(args: &ListArgs, queue: &Queue) -> anyhow::Result<Vec<Job>> {
    let of = |states: &[State], limit| {
        queue.list(&Filter {
            states: states.to_vec(),
            before: args.before,
            limit,
            ..Filter::default()
        })
    };
    if args.state == [State::Queued] && args.before.is_none() {
        return Ok(queue.waiting(0, args.limit)?);
    }
    if !args.state.is_empty() {
        return Ok(of(&args.state, args.limit)?);
    }
    let mut jobs = of(&[State::Running], args.limit)?;
    jobs.extend(queue.waiting(0, args.limit.saturating_sub(jobs.len()))?);
    let ended = ENDED.min(args.limit.saturating_sub(jobs.len()));
    jobs.extend(of(&State::ENDED, ended)?);
    Ok(jobs)
}
