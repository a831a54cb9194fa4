//! Plugins: what a call costs, what a filter costs, how soon a saved plugin is used, and Extism beside it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result};
use clap::Args;

use super::asked::Asked;
use super::{data, folder, measured};
use crate::setup::target_folder;
use crate::shell::{cargo, root, run};
use crate::wasm_target;

const LANGUAGES: [&str; 3] = ["rust", "js", "python"];
/// Rounds between two in which interpreters filter a picture, which takes them seconds.
const SELDOM: usize = 5;

#[derive(Args)]
pub(crate) struct PluginArgs {
    /// Rounds; in each, everything is measured by turns
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Leave Extism out, whose first build takes many minutes
    #[arg(long)]
    no_extism: bool,
}

pub(super) fn measure(args: &PluginArgs) -> Result<()> {
    let mut ours = ours()?;
    let mut extism = (!args.no_extism).then(extism).transpose()?;
    println!("\n{}, load {} at the start", processor(), load());
    for round in 0..args.rounds.max(1) {
        for what in ["copies", "rust nothing", "rust strips", "rust whole"] {
            ours.measure(what, 5)?;
        }
        if let Some(extism) = &mut extism {
            for what in ["copies", "kept", "fresh"] {
                extism.measure(what, 5)?;
            }
        }
        for what in ["native", "rust filter", "js nothing", "python nothing"] {
            ours.measure(what, 3)?;
        }
        ours.measure("reload", 1)?;
        if round % SELDOM == 0 {
            ours.measure("js filter", 1)?;
            ours.measure("python filter", 1)?;
        }
    }
    println!("load {} at the end; medians", load());
    calls(&ours, extism.as_ref())?;
    filters(&ours)?;
    starts(&ours)
}

fn calls(ours: &Asked, extism: Option<&Asked>) -> Result<()> {
    println!("\n1024x1024 RGBA, whole calls       ms   / two copies of 4 MiB");
    let row = |asked: &Asked, name: &str, what: &str| -> Result<()> {
        let copies = asked.milliseconds("copies", "copies")?;
        let call = asked.milliseconds(what, "call")?;
        println!("  {name:<28} {call:8.3}  {:8.2} x", call / copies);
        Ok(())
    };
    let copies = |asked: &Asked, name: &str| -> Result<()> {
        let samples = asked.samples("copies", "copies")?;
        println!(
            "  {name:<28} {:8.3}  (a tenth below {:.3}, a tenth above {:.3}, of {})",
            samples.median() / 1e6,
            samples.at(0.1) / 1e6,
            samples.at(0.9) / 1e6,
            samples.len()
        );
        Ok(())
    };
    copies(ours, "two copies")?;
    row(ours, "plugin, no pixels", "rust nothing")?;
    row(ours, "plugin, all, by strips", "rust strips")?;
    row(ours, "plugin, all at once", "rust whole")?;
    if let Some(extism) = extism {
        copies(extism, "two copies, Extism's process")?;
        row(extism, "Extism, all, kept instance", "kept")?;
        row(extism, "Extism, all, fresh instance", "fresh")?;
    }
    Ok(())
}

fn filters(ours: &Asked) -> Result<()> {
    println!("\na filter over it          whole call ms  / native   without the rest ms  / native");
    let native = (
        ours.milliseconds("native", "call")?,
        ours.milliseconds("native", "kernel")?,
    );
    let row = |name: &str, call: f64, kernel: f64| {
        println!(
            "  {name:<22} {call:14.2} {:9.2} x {kernel:18.2} {:10.2} x",
            call / native.0,
            kernel / native.1
        );
    };
    row("native", native.0, native.1);
    // What a call takes that does the same but for the filter.
    for (name, what, rest) in [
        ("Rust with SIMD", "rust filter", "rust strips"),
        ("JavaScript", "js filter", "js nothing"),
        ("Python", "python filter", "python nothing"),
    ] {
        let call = ours.milliseconds(what, "call")?;
        row(name, call, call - ours.milliseconds(rest, "call")?);
    }
    Ok(())
}

fn starts(ours: &Asked) -> Result<()> {
    println!("\na call that does nothing    until the plugin's code   whole      memory");
    for (name, language) in [("Rust", "rust"), ("JavaScript", "js"), ("Python", "python")] {
        let what = format!("{language} nothing");
        println!(
            "  {name:<22} {:18.3} ms {:13.3} ms {:7.1} MiB",
            ours.milliseconds(&what, "enter")?,
            ours.milliseconds(&what, "call")?,
            ours.samples(&what, "memory")?.median() / f64::from(1 << 20)
        );
    }
    let reloads = ours.samples("reload", "call")?;
    println!(
        "\nfrom saving a plugin in Rust ({:.0} kB) to its first lease: {:.0} ms, nine of ten within {:.0} ms",
        fs::metadata(component("rust"))?.len() as f64 / 1e3,
        reloads.median() / 1e6,
        reloads.at(0.9) / 1e6
    );
    Ok(())
}

/// Builds the sandbox and the plugins, and starts what measures them.
fn ours() -> Result<Asked> {
    let target = target_folder()?;
    let rust = wasm_target::ensure(&target)?;
    let [program, bench] = measured(["aquatint", "aquatint-bench"])?;
    for language in LANGUAGES {
        let mut build = Command::new(&program);
        build
            .args(["plugin", "build"])
            .arg(project(language))
            .env("AQUATINT_DATA", data()?);
        if let Some(folder) = &rust {
            build.env("AQUATINT_WASM_RUST", folder);
        }
        run(&mut build)?;
    }
    let mut command = Command::new(bench);
    command.arg(program).arg(folder()?.join("components"));
    for language in LANGUAGES {
        let path = component(language);
        let path = path.to_str().context("the folder's name is no text")?;
        command.arg(format!("{language}={path}"));
    }
    Asked::start(&mut command)
}

fn project(language: &str) -> PathBuf {
    root().join("tests/bench/plugin").join(language)
}

fn component(language: &str) -> PathBuf {
    let file = format!("target/bench-{language}.wasm");
    project(language).join(file)
}

/// Builds Extism and a plugin for it, in a workspace and a folder of their own, and starts what measures them.
fn extism() -> Result<Asked> {
    let target = folder()?.join("extism");
    let build = |args: &[&str]| -> Result<()> {
        let mut build = cargo(&["build", "--release", "--locked", "--jobs", "1"]);
        // Its engine names a newer Rust than ours, and builds with ours all the same.
        build.arg("--ignore-rust-version");
        build
            .args(args)
            .arg("--target-dir")
            .arg(&target)
            .current_dir(root().join("tests/bench/extism"))
            // All of it in that folder, whatever is set for the main workspace.
            .env_remove("CARGO_BUILD_BUILD_DIR");
        run(&mut build)
    };
    build(&["--package", "bench-extism"])?;
    let wasm = "wasm32-unknown-unknown";
    build(&["--package", "bench-extism-plugin", "--target", wasm])?;
    let program = format!("bench-extism{}", env::consts::EXE_SUFFIX);
    let plugin = Path::new(wasm).join("release/bench_extism_plugin.wasm");
    let mut command = Command::new(target.join("release").join(program));
    Asked::start(command.arg(target.join(plugin)))
}

pub(super) fn processor() -> String {
    let said = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = said.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split(": ").nth(1));
    name.unwrap_or("an unknown processor").to_owned()
}

/// How many programs wanted a core in the last minute: with more than there are cores, only ratios mean something.
pub(super) fn load() -> String {
    let said = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    said.split(' ').next().unwrap_or("unknown").to_owned()
}
