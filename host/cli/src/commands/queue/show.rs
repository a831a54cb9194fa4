use aquatint_studio::harmless;
use aquatint_studio::jobs::{JobId, Queue, Task};

use super::table;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The job
    id: JobId,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ShowArgs, queue: &Queue) -> anyhow::Result<()> {
    let (job, attempts) = (queue.get(args.id)?, queue.attempts(args.id)?);
    if args.json {
        let mut value = serde_json::to_value(&job)?;
        value["tries"] = serde_json::to_value(&attempts)?;
        return output::json(&value);
    }
    table::print(std::slice::from_ref(&job))?;
    output::line(format_args!("  added {}", job.created_at))?;
    for attempt in &attempts {
        let result = match attempt.result {
            Some(result) => serde_json::to_value(result)?
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            None => "running".to_owned(),
        };
        let ended = attempt
            .ended_at
            .map_or_else(String::new, |at| format!(" to {at}"));
        output::line(format_args!(
            "  attempt {}, process {}: {}{ended}, {result}",
            attempt.number, attempt.pid, attempt.started_at
        ))?;
        if let Some(failure) = &attempt.failure {
            output::line(format_args!("    {}", harmless(&failure.message)))?;
        }
    }
    for file in job.outcome.iter().flat_map(|it| &it.files) {
        output::line(format_args!("  {}", harmless(&file.to_string_lossy())))?;
    }
    match &job.task {
        Task::Generate(request) => output::line(format_args!(
            "  request {}",
            serde_json::to_string(request)?
        )),
        Task::Unreadable { reason, .. } => output::line(format_args!("  {}", harmless(reason))),
        _ => Ok(()),
    }
}
