//! Extism, doing 4 MiB in and 4 MiB out. Takes the plugin's file; for the rest see `protocol.rs`.

#[path = "../../plugin/protocol.rs"]
mod protocol;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use extism::{CompiledPlugin, Manifest, Plugin, PluginBuilder, Wasm};

use protocol::{BYTES, Copies, Sample, nanoseconds};

fn main() -> Result<()> {
    let file = std::env::args_os().nth(1).context("no plugin named")?;
    // A bound on time, as ours has: without it their engine is set up to watch no clock.
    let manifest = Manifest::new([Wasm::data(std::fs::read(file)?)]).with_timeout(Duration::from_secs(10));
    let compiled = PluginBuilder::new(manifest).compile()?;
    let mut kept = Plugin::new_from_compiled(&compiled)?;
    let input: Vec<u8> = (0..BYTES).map(|at| (at * 7 + at / 1024) as u8).collect();
    let mut copies = Copies::new();
    protocol::serve(|what| match what {
        "copies" => Ok(copies.measure()),
        "kept" => call(&mut kept, &input),
        "fresh" => fresh(&compiled, &input),
        other => bail!("nothing called `{other}` is measured here"),
    })
}

/// A call of an instance that was there before.
fn call(plugin: &mut Plugin, input: &[u8]) -> Result<Sample> {
    let start = Instant::now();
    let output: Vec<u8> = plugin.call("copy", input)?;
    let time = nanoseconds(start);
    check(&output, input)?;
    Ok(vec![("call", time)])
}

/// A call of an instance of its own, as ours all are.
fn fresh(compiled: &CompiledPlugin, input: &[u8]) -> Result<Sample> {
    let start = Instant::now();
    let mut plugin = Plugin::new_from_compiled(compiled)?;
    let output: Vec<u8> = plugin.call("copy", input)?;
    drop(plugin);
    let time = nanoseconds(start);
    check(&output, input)?;
    Ok(vec![("call", time)])
}

fn check(output: &[u8], input: &[u8]) -> Result<()> {
    if output != input {
        bail!("the plugin gave something else back");
    }
    Ok(())
}
