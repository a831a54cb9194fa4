//! The knobs of a plugin.
//!
//! A manifest has a [`Schema`]. Values come as text (`--plugin film-grain:amount=0.3,mode=soft`, [`PluginArgument`]) or
//! as JSON, are checked against it, and become [`Values`]: every key, defaults filled in. Flags, API and forms are all
//! made from the schema.

mod argument;
mod check;
mod color;
mod kind;
mod raw;
mod schema;
mod values;

pub use argument::{InvalidArgument, PluginArgument, Term};
pub use check::SettingsError;
pub use color::{Color, InvalidColor};
pub use kind::{Choice, Item, Kind};
pub use schema::{InvalidSchema, Schema, Setting};
pub use values::{Value, Values};

#[cfg(test)]
mod tests;
