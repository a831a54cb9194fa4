//! `/v1/images` and `/v1/models`, as OpenAI has them.
//!
//! | module | what |
//! |---|---|
//! | `asked` | a request of OpenAI's, as one of ours |
//! | `generations` | pictures from words, at once or as a stream with partial ones |
//! | `edits` | what needs a picture to begin with |
//! | `models` | the models there are |

mod asked;
mod edits;
mod generations;
mod models;
#[cfg(test)]
mod tests;

use axum::Router;

use crate::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(generations::routes())
        .merge(edits::routes())
        .merge(models::routes())
}
