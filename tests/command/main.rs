//! The command, as people use and misuse it.

#![allow(clippy::unwrap_used)]

mod dev;
mod drawing;
mod export;
mod formats;
mod from;
#[cfg(target_os = "linux")]
mod full;
mod inspect;
mod interrupt;
mod killed;
mod models;
mod outputs;
mod place;
mod plugins;
mod prompts;
mod queue;
mod requests;
mod runtimes;
mod styles;
mod sweeps;
mod weights;
