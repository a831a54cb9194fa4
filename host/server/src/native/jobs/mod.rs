//! Drawings that wait, run and have ended.

mod queue;
mod routes;
mod submit;
mod view;
mod wait;

pub(super) use routes::{accepted, idempotency_key, job_id, limit, routes};
pub(super) use submit::deadline;
pub(crate) use submit::{Submission, submit};
pub(super) use view::{JobView, QueueView};
pub(crate) use wait::Awaited;
