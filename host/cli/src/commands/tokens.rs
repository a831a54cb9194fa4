//! `aquatint tokens`.

use std::path::Path;

use aquatint_diffusion::prompt::Emphasis;
use clap::Args;
use serde_json::json;

use crate::output;
use crate::studio::StudioArgs;

#[derive(Debug, Args)]
pub(crate) struct TokensArgs {
    /// The prompt
    prompt: String,
    /// A model's name, or the path of its folder
    #[arg(long, value_name = "NAME|PATH")]
    model: Option<String>,
    /// What weights such as (red:1.3) do: original, no_norm, ignore or none
    #[arg(long, value_name = "NAME", default_value_t)]
    emphasis: Emphasis,
    #[command(flatten)]
    studio: StudioArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &TokensArgs, data: &Path) -> anyhow::Result<()> {
    let studio = args.studio.open(data)?;
    let model = args.model.as_deref();
    let (count, limit) = studio.count_tokens(&args.prompt, model, args.emphasis)?;
    if args.json {
        return output::json(&json!({ "count": count, "limit": limit }));
    }
    output::line(format_args!("{count} of {limit}"))
}
