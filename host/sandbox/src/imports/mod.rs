//! The host's side of the contract: one file an interface.

mod assets;
mod fetch;
mod generate;
mod image;
mod inference;
mod job;
mod latents;
mod log;
pub(crate) mod pixels;
mod store;

use crate::bindings::interfaces::types;
use crate::guest::{Guest, Refused};

impl types::Host for Guest {
    fn convert_problem(&mut self, refused: Refused) -> wasmtime::Result<types::Problem> {
        match refused {
            Refused::Problem(problem) => Ok(problem.into()),
            Refused::Trap(error) => Err(error),
        }
    }
}
