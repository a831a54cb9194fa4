//! The axes of a plugin with the hook `sweep`.

use std::path::Path;

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::Manifest;
use aquatint_sandbox::settings::Value;
use aquatint_workshop::build::Built;
use aquatint_workshop::cases::{Bench as _, Call, Input, Outcome};

use super::DevArgs;
use crate::output;

/// Tells the axes and their points.
pub(super) fn show(
    args: &DevArgs,
    data: &Path,
    built: &Built,
    manifest: &Manifest,
) -> anyhow::Result<()> {
    let bench = crate::commands::plugin::bench::load(built, data)?;
    let mut call = super::bench::call(args, manifest, Hook::Sweep, Input::Axes)?;
    let prompt = Value::Text(args.prompt.clone());
    call.request.insert("prompt".to_owned(), prompt);
    let ask = |call: &Call| {
        let ran = bench.call(call).map_err(anyhow::Error::msg)?;
        for line in &ran.log {
            output::tell(line);
        }
        anyhow::Ok(ran.outcome)
    };
    let axes = match ask(&call)? {
        Outcome::Axes(axes) => axes,
        other => anyhow::bail!("the plugin gave {}", other.describe()),
    };
    for (key, label) in axes {
        call.input = Input::Points(key.clone());
        let points = match ask(&call)? {
            Outcome::Points(points) => points,
            other => anyhow::bail!("axis `{key}`: the plugin gave {}", other.describe()),
        };
        let count = match points.len() {
            1 => "1 point".to_owned(),
            count => format!("{count} points"),
        };
        output::tell(format_args!("axis `{key}` ({label}): {count}"));
        for (label, changes) in points {
            let changes: Vec<String> = changes
                .iter()
                .map(|(key, value)| format!("{key}={}", value.to_json()))
                .collect();
            output::tell(format_args!("  {label}: {}", changes.join(", ")));
        }
    }
    Ok(())
}
