//! Making plugins: from an empty folder to one `.wasm` that Aquatint loads.
//!
//! - [`Project`]: a plugin's folder, as its author has it.
//! - [`languages`]: what differs between languages, one file each: a template, and the way from sources to a component.
//! - [`sdk`]: what plugins are built against, carried inside this program.
//! - [`new`]: a new folder that builds as it is.
//! - [`world`]: the WIT of one plugin.
//! - [`build`]: from the folder to the `.wasm`.
//! - [`bench`]: the plugin, run as a host runs it.
//! - [`cases`]: calls of the plugin, and what should come of them.
//! - [`dev`](mod@dev): building again whenever something changes.
//! - [`picture`]: pictures, as cases have them.

#![forbid(unsafe_code)]

pub mod bench;
pub mod build;
pub mod cases;
pub mod dev;
#[cfg(test)]
mod fake;
mod files;
pub mod languages;
mod names;
pub mod new;
pub mod picture;
mod project;
pub mod sdk;
mod sources;
pub mod world;

pub use project::{Build, MANIFEST, Project, ProjectError, read_assets, read_manifest};
