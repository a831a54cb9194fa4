//! `clock`: the real time. Without it WASI's clocks are there, start at a fixed time and move only with the host's calls.

pub(super) const NAME: &str = "clock";
pub(super) const DESCRIPTION: &str =
    "read the time; pictures that depend on it cannot be made again exactly";
/// What a component imports that reads clocks.
pub(super) const WASI: &str = "wasi:clocks";
