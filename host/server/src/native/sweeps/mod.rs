//! Many pictures along axes.

mod cells;
mod routes;

pub(crate) use cells::cell_files;
pub(super) use routes::routes;
