//! Stages of a picture, each computed once.
//!
//! - [`Stage`]: what a picture goes through.
//! - [`Key`]: a BLAKE3 over everything that a stage's result depends on. Equal keys mean equal results, whatever the
//!   request was and whichever process computed them.
//! - [`Value`]: a result.
//! - [`Store`]: results under a budget of memory and one of disk, least recently used out first. Several processes can
//!   use one folder.
//! - [`Counts`]: how often each stage was run, and how often that was not needed.
//!
//! | stage | its key is made of |
//! |---|---|
//! | pre-process | plugin, settings, the request as the plugin sees it, which picture of how many |
//! | text | text encoders and tokenizers, the text, what computes |
//! | encode | VAE, the pixels, what computes |
//! | noise | generator, seed, size |
//! | denoise | UNet, scheduler, both texts, noise, what it begins from, sampler, schedule, steps, guidance, what computes, and each plugin that sees the latents |
//! | decode | VAE, latents, what computes |
//! | post-process | plugin, settings, the request and the parameters as the plugin sees them, the pixels |
//!
//! What computes is this very program, the ONNX Runtime library, the provider and the number of threads. A plugin that may
//! know the time, draw lots, reach the network, keep bytes or run models has no key, and neither has what comes after
//! it.

mod budgets;
mod counts;
mod disk;
mod key;
mod memory;
mod stage;
mod store;
mod value;

pub use budgets::Budgets;
pub use counts::{Count, Counts};
pub use disk::Entry;
pub use key::{Key, KeyMaker};
pub use stage::Stage;
pub use store::{Store, StoreError};
pub use value::{Frame, Value};
