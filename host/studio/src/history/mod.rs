//! Every picture with how it was made.
//!
//! - [`History`]: keeps pictures and records of them, finds, deletes and imports them.
//! - [`Entry`]: one picture.
//! - [`Search`]: which of them, by their words and fields, a page at a time.
//!
//! The pictures are files, which people move and delete as they like: a record whose file is gone says so. Files below
//! the data folder are known relative to it, so that the folder can be moved as a whole.

mod entry;
mod error;
mod import;
mod save;
mod search;
mod store;
#[cfg(test)]
mod tests;
mod words;

pub use entry::{Cursor, Entry, InvalidCursor, PictureId};
pub use error::HistoryError;
pub use import::{Imported, NotImported};
pub use save::{Owner, Saved};
pub use search::{Order, Page, Search};
pub use store::{Files, History};
