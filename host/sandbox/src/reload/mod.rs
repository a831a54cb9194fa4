//! The machine that swaps a plugin for its next version.
//!
//! Pure: [`step`] takes what is known about one plugin, what happened and when, and says what is known now and what to
//! do. Whoever drives it looks at files, compiles, and reports back; nothing here waits, reads or runs.
//!
//! ```text
//! Absent ─▶ Candidate ─▶ Settling ─▶ Verifying ─▶ Compiling ─▶ Linking ─▶ Probing ─▶ Ready
//!               ▲            │           ├─▶ NeedsConsent ─▲                  │
//!               └─ changed ──┘           └─────────────▶ Rejected ◀───────────┘
//! ```
//!
//! The phase is about the file; what serves jobs is beside it and stays until something better is ready. So:
//!
//! - a failure anywhere leaves the old generation serving;
//! - a job keeps the generation it began with; an old generation drains until its last job ends;
//! - bytes that failed are not tried again, however often the file is touched;
//! - an answer that comes late, about an attempt that was given up, changes nothing.

mod effect;
mod event;
mod jobs;
mod machine;
mod state;

pub use effect::{Effect, Notice, Unavailable};
pub use event::Event;
pub use machine::{Timing, step};
pub use state::{Attempt, AttemptId, Draining, Generation, Phase, Serving, Stamp, State};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
