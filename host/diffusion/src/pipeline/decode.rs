use std::time::Duration;

use super::network::{Tensors, floats};
use super::{Cancel, Error, Generation, Pipeline, Timings};

impl Pipeline {
    /// From latents `[channels, height, width]` to red, green and blue, row by row.
    pub fn decode(
        &mut self,
        generation: &Generation,
        mut latent: Vec<f32>,
        cancel: &Cancel,
        timings: &mut Timings,
    ) -> Result<Vec<u8>, Error> {
        let config = &self.checkpoint.vae.config;
        let (factor, channels) = (config.factor(), config.latent_channels);
        let (scale, shift) = (config.scaling_factor, config.shift_factor);
        let (height, width) = (generation.height / factor, generation.width / factor);
        let decoder = self.load_decoder([height, width], timings)?;
        let start = std::time::Instant::now();
        for value in &mut latent {
            *value = *value / scale + shift;
        }
        let inputs: Tensors = [(
            "latent_sample".to_owned(),
            floats(&[1, channels, height, width], latent)?,
        )]
        .into();
        let mut inside = Duration::ZERO;
        let sample = decoder.run_for("sample", inputs, cancel, &mut inside)?;
        if sample.iter().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                part: "vae decoder",
            });
        }
        let pixels = to_pixels(&sample);
        timings.add("decode", start.elapsed());
        timings.inside_onnx += inside;
        Ok(pixels)
    }
}

/// Planes in −1..1 to interleaved bytes, rounded half to even as numpy does, so that pictures equal diffusers'.
fn to_pixels(sample: &[f32]) -> Vec<u8> {
    let plane = sample.len() / 3;
    let byte = |value: f32| {
        let unit = (value * 0.5 + 0.5).clamp(0.0, 1.0);
        (unit * 255.0).round_ties_even() as u8
    };
    (0..plane)
        .flat_map(|i| [0, 1, 2].map(|channel| byte(sample[channel * plane + i])))
        .collect()
}
