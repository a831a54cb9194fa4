//! `/sdapi/v1` and what belongs to it, as A1111 1.10 has them.
//!
//! | module | what |
//! |---|---|
//! | `fields` | the table of request fields: what each becomes here, and what is not honoured |
//! | `asked` | a request of A1111's, taken apart |
//! | `generate` | `txt2img`, `img2img` |
//! | `answer` | `images`, `parameters`, `info` |
//! | `scripts` | plugins as scripts |
//! | `xyz` | the sweep as "X/Y/Z plot" |
//! | `progress` | `progress`, `interrupt`, `skip`, `/internal/…` |
//! | `options` | `options`, `cmd-flags` |
//! | `lists` | samplers, models and everything else that is listed |
//! | `extras` | `extra-single-image`, `extra-batch-images`, `png-info`, `interrogate` |
//! | `controlnet` | `/controlnet/…` |

mod answer;
mod asked;
mod controlnet;
mod extras;
mod fields;
mod generate;
mod images;
mod lists;
mod options;
mod progress;
mod scripts;
mod tasks;
#[cfg(test)]
mod tests;
mod xyz;

use axum::Router;

use crate::App;

pub(crate) use generate::forget;
pub(crate) use options::Options;
pub(crate) use tasks::Tasks;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(generate::routes())
        .merge(progress::routes())
        .merge(options::routes())
        .merge(lists::routes())
        .merge(scripts::routes())
        .merge(extras::routes())
        .merge(controlnet::routes())
}

/// Throws away pictures that were drawn for whoever waited, and who is gone.
pub(crate) fn tidy(app: &App) {
    let folder = app.data().join("cache").join("unsaved");
    let old = std::time::Duration::from_secs(3600);
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = entry
            .metadata()
            .and_then(|it| it.modified())
            .ok()
            .and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > old) {
            // Next time, if it cannot be now.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
