//! Making a picture again: what may have changed since, and how far two pictures are apart.
//!
//! - [`compare`]: a [`Recipe`](crate::Recipe) against what is here now.
//! - [`difference()`]: pixels against pixels.
//! - [`edit()`]: the same with a change.

mod compare;
mod difference;
mod edit;
#[cfg(test)]
mod tests;

pub use compare::{Difference, Present, PresentPlugin, compare};
pub use difference::{OtherSize, PixelDifference, Pixels, difference};
pub use edit::{EditError, edit};
