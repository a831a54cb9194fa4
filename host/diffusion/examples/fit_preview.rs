//! Finds how the latents of a checkpoint are previewed, for its `aquatint.json`:
//!
//! ```text
//! cargo run --example fit_preview -- CHECKPOINT DATA_FOLDER PROMPT…
//! ```
//!
//! DATA_FOLDER is one with an ONNX Runtime in it. Prints the value of `preview`, and how far the previews are from the
//! pictures, in steps of 255.

#![allow(clippy::print_stdout)] // what it finds is its output

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use aquatint_diffusion::checkpoint::Checkpoint;
use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::pipeline::{
    Cancel, Control, Event, Generation, Guided, Pipeline, StartOptions, TextSettings,
};
use aquatint_diffusion::preview::{Fit, Projection};
use aquatint_diffusion::runtime::{ProviderChoice, Runtime, RuntimeOptions};
use aquatint_diffusion::sampler::{SamplerKind, SamplerOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let (Some(folder), Some(data)) = (args.next(), args.next()) else {
        return Err("expected: fit_preview CHECKPOINT DATA_FOLDER PROMPT…".into());
    };
    let checkpoint = Checkpoint::open(&PathBuf::from(folder))?;
    let runtime = Runtime::start(&RuntimeOptions {
        data_dir: PathBuf::from(data),
        provider: ProviderChoice::Auto,
        threads: None,
    })?;
    let (defaults, usual) = (checkpoint.defaults.clone(), checkpoint.preview.clone());
    let factor = checkpoint.factor();
    let mut fit = Fit::new(checkpoint.vae.config.latent_channels);
    let mut pipeline = Pipeline::new(Arc::new(runtime), checkpoint);
    let mut drawings = Vec::new();
    for (seed, prompt) in args.enumerate() {
        let generation = Generation {
            prompt,
            negative: String::new(),
            seed: seed as u64,
            steps: defaults.steps,
            cfg: defaults.cfg,
            cfg_rescale: 0.0,
            sampler: defaults.sampler.unwrap_or(SamplerKind::Euler),
            schedule: defaults.schedule,
            width: defaults.width,
            height: defaults.height,
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
        let mut latents = (Vec::new(), [0; 3]);
        let mut note = |event: Event<'_>| {
            if let Event::Step {
                denoised: Some(denoised),
                ..
            } = event
            {
                latents = (denoised.latents.to_vec(), denoised.shape);
            }
        };
        let cancel = Cancel::new();
        let (pictures, _) = pipeline.draw(&generation, &mut Control::new(&cancel, &mut note))?;
        let (latents, shape) = latents;
        let picture = pictures.into_iter().next().ok_or("no picture")?;
        fit.add(&latents, [shape[1], shape[2]], &picture.pixels, factor);
        drawings.push((latents, shape, picture.pixels));
    }
    let found = fit.solve().ok_or("expected at least one prompt")?;
    println!("{}", serde_json::to_string(&found)?);
    for (name, projection) in [("this", &found), ("before", &usual)] {
        let errors = drawings.iter().filter_map(|(latents, shape, pixels)| {
            difference(projection, latents, *shape, pixels, factor)
        });
        let mean = errors.sum::<f64>() / drawings.len() as f64;
        eprintln!("{name}: {mean:.1} of 255 on average");
    }
    Ok(())
}

/// The mean difference of a preview, enlarged, from the picture.
fn difference(
    projection: &Projection,
    latents: &[f32],
    shape: [usize; 3],
    pixels: &[u8],
    factor: usize,
) -> Option<f64> {
    let small = projection.apply(latents, shape)?;
    let width = shape[2];
    let far = pixels.iter().enumerate().map(|(at, colour)| {
        let (pixel, channel) = (at / 3, at % 3);
        let (x, y) = (pixel % (width * factor), pixel / (width * factor));
        let near = small[(y / factor * width + x / factor) * 3 + channel];
        f64::from(near.abs_diff(*colour))
    });
    Some(far.sum::<f64>() / pixels.len() as f64)
}
