//! The command, as people use and misuse it.

#![allow(clippy::unwrap_used)]

mod drawing;
mod export;
mod inspect;
mod interrupt;
mod models;
mod outputs;
mod place;
mod plugins;
mod queue;
mod requests;
mod runtimes;
mod weights;
