//! How long a prompt is, as the model counts.

use aquatint_diffusion::prompt::Tokenizer;
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
    /// Its tokens.
    tokens: u64,
    /// How many the model takes at a time.
    limit: u64,
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
        let checkpoint = app.checks().checkpoint(body.model.as_deref())?;
        let part = checkpoint
            .text
            .first()
            .ok_or_else(|| Problem::field("model", "the model has no text encoder"))?;
        let positions = part.encoder.config.positions;
        let tokenizer = Tokenizer::open(&part.tokenizer, positions)
            .map_err(|error| Problem::field("model", error))?;
        let tokens = tokenizer.encode(&body.text).map_err(Problem::invalid)?;
        // Between the token that begins a text and the one that ends it.
        let limit = tokens.ids.len().saturating_sub(2);
        let inner = tokens.ids.iter().skip(1);
        let kept = inner.take_while(|id| **id != tokenizer.eos()).count();
        Ok(Json(TokensView {
            tokens: (kept.min(limit) + tokens.cut) as u64,
            limit: limit as u64,
        }))
    })
    .await
}
