//! What keys may do, and what routes need.

use std::fmt;
use std::str::FromStr;

use axum::http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a key may do. Each includes those before it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Look at everything.
    Read,
    /// Draw, and change the queue.
    Generate,
    /// Install plugins, decide what they may do, change settings.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Generate, Self::Admin];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Generate => "generate",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.name() == text)
            .ok_or_else(|| "expected read, generate or admin".to_owned())
    }
}

/// Whether a path belongs to an API. What does not is the page, which is the same for everyone.
pub(crate) fn is_api(path: &str) -> bool {
    [
        "/api/",
        "/sdapi/",
        "/v1/",
        "/internal/",
        "/controlnet/",
        "/metrics",
    ]
    .iter()
    .any(|prefix| path.starts_with(prefix))
}

/// Those that change something and are no administration.
const GENERATE: [&str; 12] = [
    "/api/v1/jobs",
    "/api/v1/queue",
    "/api/v1/uploads",
    "/api/v1/sweeps",
    "/sdapi/v1/",
    "/controlnet/",
    "/v1/images/",
    "/api/v1/pictures",
    "/internal/",
    "/api/v1/plugin-order",
    "/api/v1/models/unload",
    "/api/v1/interrupt",
];

/// Those that are POST only because what they are asked with is long.
const READ: [&str; 5] = [
    "/api/v1/tokens",
    "/api/v1/parameters",
    "/api/v1/pictures/zip",
    "/api/v1/sweeps/plan",
    "/sdapi/v1/png-info",
];

/// What a request needs; `None` is open to everyone who may reach the server at all.
pub(crate) fn needed(method: &Method, path: &str) -> Option<Scope> {
    if !is_api(path) || path == "/api/v1/session" {
        return None;
    }
    // What is about a whole process tells more than whoever may draw needs.
    if path.starts_with("/api/v1/runtime/doctor") || path == "/api/v1/log" {
        return Some(Scope::Admin);
    }
    let is_look = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if is_look || READ.contains(&path) || path == "/internal/progress" {
        return Some(Scope::Read);
    }
    if GENERATE.iter().any(|prefix| path.starts_with(prefix)) {
        return Some(Scope::Generate);
    }
    Some(Scope::Admin)
}

/// What a request costs, in units of the rate limit.
pub(crate) fn cost(method: &Method, path: &str) -> u32 {
    if !is_api(path) {
        return 0;
    }
    let is_post = *method == Method::POST;
    let draws = [
        "/api/v1/jobs",
        "/api/v1/sweeps",
        "/sdapi/v1/txt2img",
        "/sdapi/v1/img2img",
        "/sdapi/v1/extra-single-image",
        "/sdapi/v1/extra-batch-images",
        "/v1/images/generations",
        "/v1/images/edits",
        "/v1/images/variations",
    ];
    let replays = path.starts_with("/api/v1/pictures/") && path.ends_with("/replay");
    if is_post && (replays || draws.contains(&path)) {
        return 10;
    }
    if is_post && path.starts_with("/api/v1/plugins") {
        return 30;
    }
    1
}
