//! Making plugins: from an empty folder to one `.wasm` that Aquatint loads.
//!
//! - [`Project`]: a plugin's folder, as its author has it.
//! - [`languages`]: what differs between languages, one file each: a template, and the way from sources to a component.

#![forbid(unsafe_code)]

pub mod languages;
mod project;

pub use project::{Build, Project, ProjectError};
