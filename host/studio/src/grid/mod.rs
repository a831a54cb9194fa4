//! Many pictures on one labelled sheet, and the page to look through a sweep.
//!
//! - [`Page`] and [`write()`]: a sheet of tiles as a PNG file, with labels above and beside them. X goes across, Y goes
//!   down; what has more axes makes more pages.
//! - [`Tile`]: what lies at one place: a picture, why there is none, or nothing yet.
//! - [`Options`]: bounds, colours, lettering.
//! - [`infotext()`]: the text that other programs read in a grid.
//! - [`html`]: the standalone page of a sweep.

mod canvas;
mod error;
pub mod html;
mod label;
mod layout;
mod lettering;
mod options;
mod page;
mod picture;
mod script;
#[cfg(test)]
mod tests;
mod write;

pub use error::GridError;
pub use options::{Options, Theme};
pub use page::{Drawn, Page, Pixels, Tile};
pub use script::{ScriptAxis, infotext};
pub use write::write;
