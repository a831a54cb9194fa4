//! Loads a checkpoint's networks, runs a step, and prints what memory that took, as JSON: `load_unet MODEL`.
//!
//! `cargo xtask bench memory` runs it. Linux only: it reads `/proc/self/status`.

#![allow(clippy::print_stdout)] // what it measures is its output

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use aquatint_diffusion::checkpoint::Checkpoint;
use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::pipeline::{
    Cancel, Control, Event, Generation, Guided, Pipeline, Start, StartOptions, TextSettings,
    Timings,
};
use aquatint_diffusion::runtime::{Runtime, RuntimeOptions};
use aquatint_diffusion::sampler::SamplerOptions;

fn main() -> Result<(), Box<dyn Error>> {
    let model = std::env::args().nth(1).ok_or("expected a model folder")?;
    let data = std::env::var("AQUATINT_DATA").map_err(|_| "AQUATINT_DATA is not set")?;
    let checkpoint = Checkpoint::open(model.as_ref())?;
    let tensors = checkpoint.unet.weights.tensors().values();
    let parameters: usize = tensors.map(|tensor| tensor.elements()).sum();
    let runtime = Runtime::start(&RuntimeOptions {
        data_dir: PathBuf::from(data),
        provider: "cpu".parse()?,
        threads: None,
    })?;
    let generation = Generation {
        prompt: "a red apple".to_owned(),
        negative: String::new(),
        seed: 1,
        steps: 1,
        cfg: 7.5,
        cfg_rescale: 0.0,
        sampler: checkpoint
            .defaults
            .sampler
            .ok_or("the model has no sampler")?,
        schedule: checkpoint.defaults.schedule,
        width: 256,
        height: 256,
        batch: 1,
        noise: NoiseKind::Cpu,
        strength: None,
        tiled: false,
        tiny: false,
        start: StartOptions::default(),
        options: SamplerOptions::default(),
        guided: Guided::default(),
        text: TextSettings::default(),
    };
    let mut pipeline = Pipeline::new(Arc::new(runtime), checkpoint);
    let cancel = Cancel::new();
    let mut timings = Timings::default();
    let mut loaded = None;
    let mut note = |event: Event<'_>| {
        if matches!(event, Event::Ready { .. }) {
            loaded = Some((memory("VmHWM"), memory("VmRSS")));
        }
    };
    let mut control = Control::new(&cancel, &mut note);
    let texts = pipeline.encode_both(&generation, &mut control, &mut timings)?;
    let length = pipeline.latent_shape(&generation).iter().product();
    let starts = [Start::new(generation.noise, generation.seed, length)];
    pipeline.denoise(
        &generation,
        &starts,
        &texts,
        None,
        &mut control,
        &mut timings,
    )?;
    let (peak, after) = loaded.ok_or("the UNet was not loaded")?;
    let fp32 = parameters as f64 * 4.0;
    println!(
        "{{\"fp32_bytes\": {fp32}, \"peak_at_load\": {}, \"after_load\": {}, \"peak_in_step\": {}}}",
        peak? / fp32,
        after? / fp32,
        memory("VmHWM")? / fp32,
    );
    Ok(())
}

/// A line of the process's status, in bytes.
fn memory(line: &str) -> Result<f64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let value = status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))
        .and_then(|text| text.split_whitespace().next())
        .ok_or("no such line")?;
    Ok(value.parse::<f64>()? * 1024.0)
}
