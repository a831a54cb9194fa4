//! Measurements, as ratios side by side in one run. What they gave is in `tests/bench/README.md`.

mod asked;
mod plugin;
mod previews;
mod prompts;
mod samples;
mod serve;
mod sweep;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use serde_json::Value;

use self::samples::Samples;
use crate::setup::target_folder;
use crate::shell::{cargo, root, run};

#[derive(Subcommand)]
pub(crate) enum Bench {
    /// A whole picture at SD 1.5's size against diffusers and Optimum, and the starter model from start to file
    Pipeline(PipelineArgs),
    /// Memory while an SD 1.5-size UNet loads, from 32-bit and from 16-bit files (Linux)
    Memory(Reference),
    /// Calls of plugins, filters in them, reloading, and Extism doing the same
    Plugin(plugin::PluginArgs),
    /// What a step costs while somebody watches, and while nobody does
    Previews(previews::PreviewArgs),
    /// Reading prompts that are nothing but brackets
    Prompts,
    /// The cells of a sweep beside their stages, all of them kept, and finding what is kept
    Sweep(sweep::SweepArgs),
    /// From the start of a server to its first answer, without plugins and with many
    Serve(serve::ServeArgs),
}

#[derive(Args)]
pub(crate) struct Reference {
    /// The Python that has what tests/parity/requirements.txt lists
    #[arg(long, value_name = "FILE", default_value = "python3")]
    python: PathBuf,
}

#[derive(Args)]
pub(crate) struct PipelineArgs {
    #[command(flatten)]
    reference: Reference,
    /// Sizes in pixels
    #[arg(long, value_delimiter = ',', default_values_t = [256, 512])]
    sizes: Vec<usize>,
    /// Steps of each picture
    #[arg(long, default_value_t = 4)]
    steps: usize,
    /// Pictures of each; the median counts
    #[arg(long, default_value_t = 3)]
    repeat: usize,
}

impl Bench {
    pub(crate) fn run(&self) -> Result<()> {
        match self {
            Self::Pipeline(args) => pipeline(args),
            Self::Memory(reference) => memory(reference),
            Self::Plugin(args) => plugin::measure(args),
            Self::Previews(args) => previews::measure(args),
            Self::Prompts => prompts::measure(),
            Self::Sweep(args) => sweep::measure(args),
            Self::Serve(args) => serve::measure(args),
        }
    }
}

fn pipeline(args: &PipelineArgs) -> Result<()> {
    run(&mut cargo(&["build", "--release", "--package", "aquatint"]))?;
    starter(args.repeat.max(5))?;
    let python = &args.reference;
    let model = python.checkpoint("fp32")?;
    let onnx = folder()?.join("optimum");
    if !onnx.join("unet/model.onnx").exists() {
        println!("exporting with Optimum (minutes, once)");
        run(python
            .script("reference.py")
            .arg("export")
            .args([&model, &onnx]))?;
    }
    for size in &args.sizes {
        let mut ours = Samples::default();
        let mut overhead = Samples::default();
        let mut diffusers = Samples::default();
        let mut optimum = Samples::default();
        // One after the other in each round, so that a change of the machine's mood meets all alike.
        for _ in 0..args.repeat {
            let report = aquatint(&[
                "a red apple",
                "--negative",
                "blurry",
                "--cfg",
                "7.5",
                "--seed",
                "0",
                "--provider",
                "cpu",
                "--steps",
                &args.steps.to_string(),
                "--size",
                &format!("{size}x{size}"),
                "--model",
                &model.to_string_lossy(),
            ])?;
            let timing = |name: &str| report["timings"][name].as_f64().unwrap_or_default();
            let picture = timing("text") + timing("denoise") + timing("decode");
            ours.push(picture);
            overhead.push((picture - timing("inside_onnx")) / picture * 100.0);
            diffusers.push(python.picture("diffusers", &model, *size, args.steps)?);
            optimum.push(python.picture("optimum", &onnx, *size, args.steps)?);
        }
        let (us, torch, onnx) = (ours.median(), diffusers.median(), optimum.median());
        println!(
            "\n{size}x{size}, {} steps, guided, median of {}:",
            args.steps, args.repeat
        );
        println!(
            "  aquatint            {us:8.2} s, {:.2} % of it outside ONNX Runtime",
            overhead.median()
        );
        println!("  diffusers, PyTorch  {torch:8.2} s  {:.2} x", torch / us);
        println!("  Optimum             {onnx:8.2} s  {:.2} x", onnx / us);
    }
    Ok(())
}

/// From the start of the process to the file on disk.
fn starter(repeat: usize) -> Result<()> {
    let mut seconds = Samples::default();
    let draw = || aquatint(&["a red apple", "--seed", "1", "--provider", "cpu"]);
    // The first one fills the page cache.
    draw()?;
    for _ in 0..repeat {
        let start = Instant::now();
        draw()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    println!(
        "starter model, process start to file, warm: {:.2} s (median of {repeat})",
        seconds.median()
    );
    Ok(())
}

fn memory(reference: &Reference) -> Result<()> {
    let program = example("aquatint-diffusion", "load_unet")?;
    for dtype in ["fp32", "fp16"] {
        let model = reference.checkpoint(dtype)?;
        let output = answer(
            Command::new(&program)
                .arg(&model)
                .env("AQUATINT_DATA", data()?),
        )?;
        let ratio = |name: &str| output[name].as_f64().unwrap_or_default();
        println!(
            "{dtype} files: peak at load {:.2} x the fp32 size, after it {:.2} x, peak in a step {:.2} x",
            ratio("peak_at_load"),
            ratio("after_load"),
            ratio("peak_in_step")
        );
    }
    Ok(())
}

impl Reference {
    fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.python);
        command
            .arg(root().join("tests/bench").join(name))
            .env("HF_HUB_OFFLINE", "1")
            // Busy waiting makes PyTorch many times slower whenever something else runs.
            .env("OMP_WAIT_POLICY", "PASSIVE");
        command
    }

    /// A checkpoint with random weights in the shapes of SD 1.5.
    fn checkpoint(&self, dtype: &str) -> Result<PathBuf> {
        let model = folder()?.join(dtype);
        if !model.join("model_index.json").exists() {
            println!("making a checkpoint of SD 1.5's size in {dtype}");
            run(self
                .script("make_checkpoint.py")
                .arg(&model)
                .arg(root().join("models/starter/tokenizer"))
                .arg(dtype))?;
        }
        Ok(model)
    }

    fn picture(&self, what: &str, model: &Path, size: usize, steps: usize) -> Result<f64> {
        let report = answer(
            self.script("reference.py")
                .arg(what)
                .arg(model)
                .args([size.to_string(), steps.to_string()]),
        )?;
        report["picture"]
            .as_f64()
            .context("the reference gave no time")
    }
}

fn aquatint(args: &[&str]) -> Result<Value> {
    let output = folder()?.join("pictures");
    let mut command = Command::new(target_folder()?.join("release/aquatint"));
    command
        .args(["generate", "--no-cache"])
        .args(args)
        .arg("--json")
        .arg("-o")
        .arg(output);
    answer(command.env("AQUATINT_DATA", data()?))
}

/// Runs it; the last line of what it prints is JSON.
fn answer(command: &mut Command) -> Result<Value> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next_back().unwrap_or_default();
    serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))
}

fn folder() -> Result<PathBuf> {
    let folder = target_folder()?.join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Builds programs as they are measured, and says where they are.
fn measured<const N: usize>(programs: [&str; N]) -> Result<[PathBuf; N]> {
    let mut build = cargo(&["build", "--release"]);
    for program in programs {
        build.args(["--package", program]);
    }
    run(&mut build)?;
    let folder = target_folder()?.join("release");
    Ok(programs.map(|name| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))))
}

/// Builds an example of a package as it is measured, and says where it is.
fn example(package: &str, name: &str) -> Result<PathBuf> {
    let mut build = cargo(&["build", "--release", "--package", package]);
    run(build.args(["--example", name]))?;
    let folder = target_folder()?.join("release/examples");
    Ok(folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// The data folder that `cargo xtask setup` fills, unless another is named.
fn data() -> Result<PathBuf> {
    match std::env::var_os("AQUATINT_DATA") {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => Ok(target_folder()?.join("test-data")),
    }
}
