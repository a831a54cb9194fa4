//! Plugins: which there are, what they may do, and getting them. Consent is never implied: what is fetched waits as a
//! proposal until somebody says what it may do.

mod events;
mod log;
mod order;
mod proposals;
mod routes;
mod view;

use utoipa_axum::router::OpenApiRouter;

use crate::App;

pub(crate) use order::PluginOrder;
pub(crate) use proposals::Proposals;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(routes::routes())
        .merge(proposals::routes())
        .merge(events::routes())
        .merge(log::routes())
        .merge(order::routes())
}
