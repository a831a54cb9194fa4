//! `/sdapi/v1` and what belongs to it, as A1111 1.10 has them.

use std::path::Path;

use axum::Router;

use crate::App;

pub(crate) struct Options;

impl Options {
    pub(crate) fn open(_: &Path) -> Self {
        Self
    }
}

pub(crate) fn routes() -> Router<App> {
    Router::new()
}

pub(crate) fn tidy(_: &App) {}
