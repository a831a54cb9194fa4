//! What all APIs have in common.
//!
//! - [`Problem`]: errors, as RFC 9457 has them; `family` writes them as the API that was asked has them.
//! - `extract`: bodies, queries and paths whose errors are problems too.
//! - `listener`: connections, with TLS, bounds and an orderly end.
//! - `observe`: request ids, logs, counters, deadlines and headers for every request.
//! - `file`: files with entity tags and ranges.

pub(crate) mod extract;
pub(crate) mod family;
pub(crate) mod file;
pub(crate) mod listener;
pub(crate) mod observe;
mod problem;

pub(crate) use extract::{Body, Id, Params};
pub(crate) use problem::{Problem, Problems};
