//! The standalone page of a sweep: one file beside its pictures, to be opened without a server, a network or a build.
//!
//! `page.html` is the whole page. Its data is put into it as JSON, so that no text of a sweep can become a part of the
//! page; and its policy allows no script or style but its own, and no picture but those beside it.

mod data;
mod error;
mod render;
#[cfg(test)]
mod tests;

pub use data::{Axis, Cell, Data, Status};
pub use error::HtmlError;
pub use render::{render, write};
