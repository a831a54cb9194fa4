//! `random`: real randomness. Without it WASI's random numbers are there and come from the job's seed.

pub(super) const NAME: &str = "random";
pub(super) const DESCRIPTION: &str =
    "draw random numbers of its own; pictures that depend on them cannot be made again exactly";
/// What a component imports that draws random numbers.
pub(super) const WASI: &str = "wasi:random";
