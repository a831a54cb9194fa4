//! How long a prompt is, as the model counts.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::http::{Body, Problem, Problems};

/// Longest text, in bytes: that of a request's prompt.
const LONGEST: usize = 64 * 1024;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(count))
}

/// A text to be counted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokensBody {
    /// The text.
    text: String,
    /// The model; the default one if there is none.
    #[serde(default)]
    model: Option<String>,
}

/// How long a text is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
struct TokensView {
    /// Its tokens, without weights, brackets and the like; those of its longest text where it changes.
    tokens: usize,
    /// How many there is room for before it goes on in another chunk.
    limit: usize,
}

/// Count the tokens of a text
#[utoipa::path(post, path = "/tokens", tag = "parameters", request_body = TokensBody,
    responses((status = 200, body = TokensView), Problems))]
async fn count(
    State(app): State<App>,
    Body(body): Body<TokensBody>,
) -> Result<Json<TokensView>, Problem> {
    if body.text.len() > LONGEST {
        return Err(Problem::field(
            "text",
            format_args!(
                "text has {} bytes, expected at most {LONGEST}",
                body.text.len()
            ),
        ));
    }
    app.blocking(move |app| {
        let (tokens, limit) = app.checks().tokens(&body.text, body.model.as_deref())?;
        Ok(Json(TokensView { tokens, limit }))
    })
    .await
}
