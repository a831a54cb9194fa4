//! HTTP over the studio.
//!
//! - [`Config`], [`config`]: how a server is set up, from a file, the environment and flags.
//! - [`Server`]: binds an address and serves until it is told to stop.
//! - [`security`]: keys and what they may do; which hosts and origins; how much in a minute.
//! - `app`: what all handlers share.
//! - `work`: the jobs, done on a thread of their own that owns the models.
//! - `native`: our own API, `/api/v1`, with its description as OpenAPI.
//! - `a1111`: `/sdapi/v1` and what belongs to it, as A1111 has them.
//! - `openai`: `/v1/images` and `/v1/models`, as OpenAI has them.
//! - `health`, `metrics`: for whoever looks after the server.
//! - `page`: the web page.
//! - [`logs`]: what is written where.
//!
//! Handlers never block: whatever reads a file or the database does so on threads for that.

mod a1111;
mod app;
pub mod config;
mod health;
mod http;
pub mod logs;
mod metrics;
mod native;
mod openai;
mod page;
mod router;
pub mod security;
mod server;
#[cfg(test)]
mod testing;
mod work;

pub(crate) use app::App;
pub use config::Config;
pub use native::openapi;
pub use server::{Server, ServerError};
