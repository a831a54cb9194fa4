//! Many pictures along axes.

mod cells;
mod routes;

pub(super) use routes::routes;
