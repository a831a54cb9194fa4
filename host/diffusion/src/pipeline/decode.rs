use std::time::Duration;

use super::network::Network;
use super::tiles::{Plane, Tiling};
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
        if generation.tiny {
            return self.decode_tiny(generation, &latent, cancel, timings);
        }
        let config = self.vae().config.clone();
        let factor = config.factor();
        let (scale, shift) = (config.scaling_factor, config.shift_factor);
        for value in &mut latent {
            *value = *value / scale + shift;
        }
        let latents = Plane {
            channels: config.latent_channels,
            height: generation.height / factor,
            width: generation.width / factor,
            values: latent,
        };
        let tiling =
            Tiling::decoding(&config).filter(|it| generation.tiled && it.is_needed(&latents));
        // Tiles at the edges are smaller.
        let size = tiling.is_none().then_some([latents.height, latents.width]);
        let decoder = self.load_decoder(size, timings)?;
        let start = std::time::Instant::now();
        let mut inside = Duration::ZERO;
        let mut decode = |tile: Plane| one(decoder, tile, factor, cancel, &mut inside);
        let sample = match tiling {
            Some(tiling) => tiling.each(&latents, &mut decode)?,
            None => decode(latents)?,
        };
        let sample = sample.values;
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

    fn decode_tiny(
        &self,
        generation: &Generation,
        latent: &[f32],
        cancel: &Cancel,
        timings: &mut Timings,
    ) -> Result<Vec<u8>, Error> {
        let tiny = self.tiny.as_ref().ok_or(Error::NoTinyVae)?;
        let shape = self.latent_shape(generation);
        let tiles = generation.tiled.then_some(&self.vae().config);
        let mut inside = Duration::ZERO;
        let pixels = timings.time("decode", || {
            tiny.finished(latent, shape, tiles, cancel, &mut inside)
        });
        timings.inside_onnx += inside;
        pixels
    }
}

/// Latents of one tile through a decoder, full or tiny.
pub(super) fn one(
    decoder: &mut Network,
    tile: Plane,
    factor: usize,
    cancel: &Cancel,
    inside: &mut Duration,
) -> Result<Plane, Error> {
    let names = ["latent_sample", "sample"];
    tile.through(decoder, names, |side| side * factor, cancel, inside)
}

/// Planes in −1..1 to interleaved bytes, rounded half to even as numpy does, so that pictures equal diffusers'.
pub(super) fn to_pixels(sample: &[f32]) -> Vec<u8> {
    let plane = sample.len() / 3;
    let byte = |value: f32| {
        let unit = (value * 0.5 + 0.5).clamp(0.0, 1.0);
        (unit * 255.0).round_ties_even() as u8
    };
    (0..plane)
        .flat_map(|i| [0, 1, 2].map(|channel| byte(sample[channel * plane + i])))
        .collect()
}
