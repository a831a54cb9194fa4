//! The jobs of the queue, done on a thread of their own.
//!
//! - [`Studios`]: what is drawn with; one job at a time has it.
//! - [`Drawer`]: does jobs that draw; `sweep` those that draw many, `replay` those that draw again.
//! - [`Plugins`]: the plugins as they are now, watched while jobs run.
//! - `plugin_log`: what plugins wrote.
//! - [`Checks`]: what can be said of a request before it is queued.
//! - [`Live`]: what is being drawn right now.
//! - [`Places`]: where everything is that requests name.
//! - `thread`: the thread, and how it ends.

mod checks;
mod drawer;
mod live;
mod places;
mod plugin_log;
mod plugins;
mod replay;
mod runtime;
mod save;
mod studios;
mod sweep;
mod thread;

pub(crate) use checks::Checks;
pub(crate) use drawer::Drawer;
pub(crate) use live::{Live, Now};
pub(crate) use places::Places;
pub(crate) use plugin_log::PluginLine;
pub(crate) use plugins::{Plugins, Told};
pub(crate) use runtime::doctor;
#[cfg(test)]
pub(crate) use save::Saver;
pub(crate) use save::UNSAVED;
pub(crate) use studios::Studios;
pub(crate) use sweep::{SweepTask, folder as sweep_folder};
pub(crate) use thread::Hand;
