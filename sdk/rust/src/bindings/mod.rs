//! What `wit/` becomes in Rust, written by `generate`: imports once, and one world for each export.
//!
//! Contract: cb6b78ad80c06dbbc65f4fd78c2161a49285c65472d2a14eda038e7ec904df07

#![allow(
    missing_docs,
    unreachable_pub,
    unused_imports,
    unsafe_code,
    clippy::all,
    clippy::pedantic
)]

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
