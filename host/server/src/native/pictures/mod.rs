//! What was drawn: found by words and fields, with files, thumbnails, recipes and archives.

mod archive;
mod replay;
mod routes;
mod thumbnail;
mod view;

pub(super) use routes::{picture_id, routes};
pub(crate) use thumbnail::{Thumbnails, encode};
