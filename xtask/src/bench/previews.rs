//! What watching a picture costs: the steps of drawings with and without somebody who wants previews.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use super::{answer, data, example};
use crate::shell::root;

#[derive(Args)]
pub(crate) struct PreviewArgs {
    /// The model that draws [default: the starter model, whose steps are the shortest there are]
    #[arg(long, value_name = "DIR")]
    model: Option<std::path::PathBuf>,
    /// Width and height
    #[arg(long, default_value_t = 64)]
    size: usize,
    /// Steps of each picture
    #[arg(long, default_value_t = 30)]
    steps: usize,
    /// Pictures of each kind; the median counts
    #[arg(long, default_value_t = 15)]
    rounds: usize,
}

pub(super) fn measure(args: &PreviewArgs) -> Result<()> {
    let starter = root().join("models/starter");
    let report = answer(
        Command::new(example("aquatint-studio", "previews")?)
            .arg(args.model.as_deref().unwrap_or(&starter))
            .args([args.size, args.steps, args.rounds].map(|it| it.to_string()))
            .env("AQUATINT_DATA", data()?),
    )?;
    let seconds = |kind: &str| report[kind]["seconds"].as_f64().unwrap_or_default();
    println!(
        "\n{0}x{0}, {1} steps, median of {2}",
        args.size, args.steps, args.rounds
    );
    for (kind, name) in [
        ("nobody", "nobody watches"),
        ("projected", "previews projected from latents"),
        ("found", "previews by the tiny VAE, where there is one"),
    ] {
        println!(
            "  {name:<46} {:7.2} ms a step  {:+6.2} %  {} previews",
            seconds(kind) / args.steps as f64 * 1e3,
            (seconds(kind) / seconds("nobody") - 1.0) * 100.0,
            report[kind]["previews"]
        );
    }
    Ok(())
}
