//! Jobs on one line each.

use aquatint_studio::harmless;
use aquatint_studio::jobs::{Job, State, Task};

use crate::output;

/// Longest text, in letters.
const TEXT: usize = 60;

/// What a job is about.
pub(super) fn what(job: &Job) -> String {
    match &job.task {
        Task::Generate(request) => {
            let times = match request.batch {
                1 => String::new(),
                batch => format!(" ×{batch}"),
            };
            format!("{}{times}", short(&request.prompt))
        }
        Task::Sweep(_) => "a sweep".to_owned(),
        Task::Replay(replay) => format!("picture {} again", replay.picture),
        Task::Unreadable { kind, .. } => format!("of kind {}, which cannot be read", short(kind)),
        other => short(other.kind()),
    }
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = harmless(&line).chars().take(TEXT).collect();
    if line.chars().count() > TEXT {
        short.push('…');
    }
    short
}

/// How far it is, or why it failed.
fn how(job: &Job) -> String {
    match job.state {
        State::Running => {
            let stopping = if job.cancel_asked { ", stopping" } else { "" };
            let progress = job.progress.as_ref().map_or_else(String::new, |it| {
                let stage = it.stage.as_deref().map_or_else(String::new, harmless);
                let eta = it
                    .eta
                    .map_or_else(String::new, |eta| format!(", {eta:.0} s left"));
                match it.total {
                    0 => stage,
                    total => format!("{stage} {}/{total}{eta}", it.done),
                }
            });
            format!("{progress}{stopping}")
        }
        State::Failed => {
            let failure = job.failure.as_ref().map(ToString::to_string);
            harmless(&failure.unwrap_or_default())
        }
        State::Queued if job.priority != 0 => format!("priority {}", job.priority),
        State::Queued | State::Cancelled => String::new(),
        State::Done => match job.outcome.as_ref().map(|it| it.files.as_slice()) {
            Some([file]) => harmless(&file.to_string_lossy()),
            Some([first, rest @ ..]) => {
                let first = harmless(&first.to_string_lossy());
                format!("{first} and {} more", rest.len())
            }
            _ => String::new(),
        },
    }
}

pub(super) fn print(jobs: &[Job]) -> anyhow::Result<()> {
    let widest = |texts: Vec<usize>| texts.into_iter().max().unwrap_or_default();
    let ids = widest(jobs.iter().map(|job| job.id.to_string().len()).collect());
    let whats: Vec<_> = jobs.iter().map(what).collect();
    let texts = widest(whats.iter().map(|it| it.chars().count()).collect());
    for (job, what) in jobs.iter().zip(&whats) {
        let line = format!(
            "{:>ids$}  {:<9}  {what:<texts$}  {}",
            job.id,
            job.state,
            how(job)
        );
        output::line(line.trim_end())?;
    }
    Ok(())
}
