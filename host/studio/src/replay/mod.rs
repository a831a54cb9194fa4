//! Making a picture again: what may have changed since, and how far two pictures are apart.
//!
//! - [`Again`]: a picture to be made again.
//! - [`compare`]: a [`Recipe`](crate::Recipe) against what is here now.
//! - [`difference()`]: pixels against pixels.
//! - [`Verdict`]: a picture that was made again against the file of the first.
//! - [`edit()`]: the same with a change.

mod again;
mod compare;
mod difference;
mod edit;
#[cfg(test)]
mod tests;
mod verdict;

pub use again::{Again, Instead, ReplayError};
pub use compare::{Difference, Present, PresentPlugin, compare};
pub use difference::{OtherSize, PixelDifference, Pixels, difference};
pub use edit::{EditError, edit};
pub use verdict::Verdict;
