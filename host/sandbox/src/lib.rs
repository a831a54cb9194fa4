//! Plugins: what they are, what they may do, and how they come and go.
//!
//! | module | noun |
//! |---|---|
//! | [`contract`] | hooks and interfaces, as `wit/` has them |
//! | [`manifest`] | what a plugin says about itself |
//! | [`section`] | the manifest and the assets inside a component |
//! | [`settings`] | the knobs of a plugin: schema, values given, values checked |
//! | [`permissions`] | what a plugin needs, one file a permission |
//! | [`net`] | which hosts and addresses a plugin may reach |
//! | [`grants`] | what the user has allowed |
//! | [`lock`] | which plugins are installed, pinned by digest |
//! | [`locator`] | where plugins come from |
//! | [`install`] | getting them, and keeping what was got |
//! | [`prescan`] | the checks before a component is compiled |
//! | [`reload`] | the machine that swaps a plugin for its next version |
//! | [`policy`] | failures, strikes and quarantine |
//! | [`logs`] | what a plugin may write into the log |
//! | [`digest`] | the names of bytes |
//! | [`folder`] | the plugins of a folder, swapped while jobs run |
//! | [`engine`] | what components are compiled with and run on |
//! | [`plugin`] | a plugin that was loaded, and calling it |
//! | [`pixels`], [`tensor`] | pictures and latents, as the host holds them for plugins |
//! | [`services`] | what the floor above does for plugins: drawing, noise, models |
//! | [`problem`], [`stop`] | why something did not happen; ending what is under way |
//! | [`names`] | names that people mistype, and what they wrote, shown |
//! | [`units`] | sizes and durations as people write them |
//! | [`document`] | small files that several processes read and change |
//!
//! Nothing here knows diffusion or a job, and nothing but `install` and `net` HTTP.

#![deny(unsafe_code)]

mod bindings;
pub mod contract;
pub mod digest;
pub mod document;
pub mod engine;
pub mod folder;
pub mod grants;
mod guest;
mod imports;
pub mod install;
pub mod locator;
pub mod lock;
pub mod logs;
pub mod manifest;
pub mod names;
pub mod net;
pub mod permissions;
pub mod pixels;
pub mod plugin;
pub mod policy;
pub mod prescan;
pub mod problem;
pub mod reload;
pub mod section;
pub mod services;
pub mod settings;
mod shelf;
pub mod stop;
pub mod tensor;
pub mod units;
