//! One file a subcommand.

pub(crate) mod cache;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod generate;
pub(crate) mod history;
pub(crate) mod inspect;
pub(crate) mod key;
pub(crate) mod model;
pub(crate) mod plugin;
pub(crate) mod queue;
pub(crate) mod replay;
pub(crate) mod runtime;
pub(crate) mod serve;
pub(crate) mod style;
pub(crate) mod sweep;
pub(crate) mod tokens;
