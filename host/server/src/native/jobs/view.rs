use aquatint_studio::Request;
use aquatint_studio::jobs::{Counts, FailureKind, Job, State, Task};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::work::SweepTask;

/// Where a job is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// It gave what was asked for.
    Done,
    /// It did not.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl From<State> for JobState {
    fn from(state: State) -> Self {
        match state {
            State::Queued => Self::Queued,
            State::Running => Self::Running,
            State::Done => Self::Done,
            State::Failed => Self::Failed,
            State::Cancelled => Self::Cancelled,
        }
    }
}

/// A job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JobView {
    /// Its number.
    id: i64,
    /// `generate`, `sweep` or `replay`.
    kind: String,
    /// Where it is in its life.
    state: JobState,
    /// What is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
    /// What is swept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    sweep: Option<Value>,
    /// The picture that is made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    replays: Option<i64>,
    /// Higher ones come first.
    priority: i32,
    /// How many seconds one attempt may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<f64>,
    /// Which door it came by: `api`, `a1111`, `openai` or nothing for the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When the last attempt began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
    /// How often it was begun.
    attempts: u32,
    /// Whether it is running and somebody wants it to stop.
    cancel_asked: bool,
    /// How far it is, as of at most a second ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<ProgressView>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureView>,
    /// The numbers of its pictures.
    pictures: Vec<i64>,
    /// Seeds, seconds and stages of what was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    report: Option<Value>,
}

/// How far a job is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProgressView {
    /// What is being done, for example `denoise`.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    /// Steps or cells that are done.
    done: u64,
    /// All of them; 0 if not known yet.
    total: u64,
    /// Seconds left, where they can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    eta: Option<f64>,
}

/// Why a job failed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FailureView {
    /// `request`, `disk_full`, `deadline`, `crash`, `panic` or `other`.
    #[schema(value_type = String)]
    kind: FailureKind,
    /// The reason, on one line.
    message: String,
}

impl JobView {
    pub(crate) fn id(&self) -> i64 {
        self.id
    }

    pub(crate) fn of(job: Job) -> Self {
        let kind = job.task.kind().to_owned();
        let replays = match &job.task {
            Task::Replay(replay) => Some(replay.picture.number()),
            _ => None,
        };
        let (request, sweep) = match job.task {
            Task::Generate(request) => (Some(*request), None),
            Task::Sweep(value) => {
                let task: Option<SweepTask> = serde_json::from_value(value).ok();
                let spec = task.and_then(|task| serde_json::to_value(task.spec).ok());
                (None, spec)
            }
            _ => (None, None),
        };
        let report = job.outcome.map(|outcome| outcome.report);
        let numbers = report.as_ref().and_then(|it| it.get("pictures"));
        let pictures = numbers.and_then(Value::as_array).into_iter().flatten();
        Self {
            id: job.id.number(),
            kind,
            state: job.state.into(),
            request,
            sweep,
            replays,
            priority: job.priority,
            deadline: job.deadline.map(|it| it.as_secs_f64()),
            source: job
                .options
                .other
                .get("source")
                .and_then(Value::as_str)
                .map(str::to_owned),
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            attempts: job.attempts,
            cancel_asked: job.cancel_asked,
            progress: job.progress.map(|it| ProgressView {
                stage: it.stage,
                done: it.done,
                total: it.total,
                eta: it.eta,
            }),
            failure: job.failure.map(|it| FailureView {
                kind: it.kind,
                message: it.message,
            }),
            pictures: pictures.filter_map(Value::as_i64).collect(),
            report: report.filter(|it| !it.is_null()),
        }
    }
}

/// How many jobs are in which state, and whether the queue is paused.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct QueueView {
    /// Wait for a worker.
    queued: u64,
    /// Are worked on.
    running: u64,
    /// Gave what was asked for.
    done: u64,
    /// Did not.
    failed: u64,
    /// Were stopped.
    cancelled: u64,
    /// Whether no further job is begun.
    paused: bool,
}

impl QueueView {
    pub(crate) fn of(counts: Counts, paused: bool) -> Self {
        Self {
            queued: counts.queued,
            running: counts.running,
            done: counts.done,
            failed: counts.failed,
            cancelled: counts.cancelled,
            paused,
        }
    }
}
