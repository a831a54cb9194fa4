//! What `wit/` becomes in Rust, written by `generate`: imports once, and one world for each export.
//!
//! Contract: 03d71b933b4d6e6861821513d602e6b2cfde4149957b39fa690edcd848f52694

#![allow(missing_docs, unreachable_pub, unused_imports, unsafe_code, clippy::all, clippy::pedantic)]

#[rustfmt::skip]
mod host;
pub use host::aquatint;
#[rustfmt::skip]
pub mod info;
#[rustfmt::skip]
pub mod pre_process;
#[rustfmt::skip]
pub mod denoise;
#[rustfmt::skip]
pub mod post_process;
#[rustfmt::skip]
pub mod script;
#[rustfmt::skip]
pub mod sweep;
