//! The plugin on a picture of the author's, without a model.

use std::path::Path;
use std::time::Instant;

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::Manifest;
use aquatint_workshop::build::Built;
use aquatint_workshop::cases::{self, Bench as _, Call, Input, Outcome};
use aquatint_workshop::dev::Called;
use aquatint_workshop::picture;

use super::canvas::{Drawn, Pictures};
use super::{DevArgs, argument};
use crate::output;

/// Uses the plugin on `input`.
pub(super) fn draw(
    args: &DevArgs,
    data: &Path,
    built: &Built,
    manifest: &Manifest,
    input: &Path,
) -> anyhow::Result<Drawn> {
    if !manifest.hooks.contains(&Hook::PostProcess) {
        anyhow::bail!("--input is for plugins with the hook post-process, which this one has not");
    }
    let start = Instant::now();
    let input = Input::Picture(picture::read(input)?);
    let call = call(args, manifest, Hook::PostProcess, input)?;
    let bench = crate::commands::plugin::bench::load(built, data)?;
    let loading = start.elapsed();
    let ran = bench.call(&call).map_err(anyhow::Error::msg)?;
    for line in &ran.log {
        output::tell(line);
    }
    match ran.outcome {
        Outcome::Picture(made) => Ok(Drawn {
            pictures: Pictures::Bare(made),
            loading,
            drawing: ran.time,
            called: Some(Called {
                time: ran.time,
                memory: ran.memory,
            }),
        }),
        other => Err(anyhow::anyhow!("the plugin gave {}", other.describe())),
    }
}

/// A call with the settings that were given.
pub(super) fn call(
    args: &DevArgs,
    manifest: &Manifest,
    hook: Hook,
    input: Input,
) -> anyhow::Result<Call> {
    let settings = argument(args, manifest)?.settings;
    let mut call = Call {
        hook,
        seed: args.seed,
        index: 0,
        settings: manifest.settings.read_terms(&settings)?,
        pictures: Default::default(),
        request: cases::defaults(args.seed),
        input,
    };
    call.read_pictures(Path::new(""))?;
    Ok(call)
}
