//! Jobs that survive: a queue on disk, those who work on it, and what they tell.
//!
//! - [`Queue`]: adds, lists, moves, pauses, cancels and retries jobs. Several processes may share one.
//! - [`Job`]: a [`Task`] with its options, its state, and what came of it.
//! - [`Worker`]: takes the next job, has it done by a [`Work`], and records what came of it.
//! - [`Work`]: what does jobs. [`Context`] is what it has in hand meanwhile.
//! - [`Drawing`]: the pipeline's events, as events of a job.
//! - [`save_picture`]: where the pictures of jobs go.
//! - [`Events`]: what happens, as it happens, with previews of pictures.
//!
//! A job is in one of five states:
//!
//! ```text
//!               ┌── its worker was stopped, or died ──┐
//!               ▼                                     │
//!  added ───▶ queued ──────────────────────────────▶ running ───▶ done
//!              ▲ │                                    │  │
//!        retry │ └─────────────▶ cancelled ◀──────────┘  │
//!              ├───────────────────┘                     │
//!              └───────────────────────────── failed ◀───┘
//! ```
//!
//! A worker keeps a file locked while it lives, so a job whose process died is seen at once. It is begun again once; a
//! job that costs a second process fails, so that it cannot keep everything else from being done.

mod broadcast;
mod claim;
mod control;
mod drawing;
mod error;
mod event;
mod failure;
mod identity;
mod job;
mod monitor;
mod order;
mod prepared;
mod previews;
mod queue;
mod recover;
mod rows;
mod running;
mod saving;
#[cfg(test)]
mod tests;
mod work;
mod worker;

pub use broadcast::{Events, Heard, Interest, Listener};
pub use control::Cancelled;
pub use drawing::Drawing;
pub use error::QueueError;
pub use event::{Event, JobEvent, Preview};
pub use failure::{Failure, FailureKind};
pub use job::{
    Attempt, AttemptResult, InvalidJobId, Job, JobId, JobOptions, NewJob, Outcome, Progress,
    Replay, State, Task, UnknownState,
};
pub use order::Place;
pub use queue::{Counts, Filter, Queue};
pub use recover::Recovered;
pub use saving::{SaveError, save_picture};
pub use work::{Context, Work};
pub use worker::{Ended, Stopper, Until, Worker, WorkerNote, WorkerOptions};
