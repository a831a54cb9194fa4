//! Latents to pixels by a tiny VAE: for pictures that are wanted soon, and to look at those that are not finished.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::decode::{one, to_pixels};
use super::network::Network;
use super::preferences::Preferences;
use super::tiles::{Plane, Tiling};
use super::{Cancel, Error, Loaded, LoadedShape, pins};
use crate::checkpoint::{TinyVae, VaeConfig};
use crate::graph::{GraphOptions, SectionPolicy, tiny_decoder};
use crate::onnx::ElementType;
use crate::runtime::Runtime;

/// Side of the corner that is decoded to find out how long the rest takes, in latents.
const CORNER: usize = 8;

/// A tiny VAE on a runtime. It is loaded when it is first needed, and then kept: it is small.
#[derive(Debug)]
pub struct TinyDecoder {
    runtime: Arc<Runtime>,
    vae: TinyVae,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    loaded: Option<Loaded>,
    /// Seconds for each latent, as last measured.
    pace: Option<f64>,
}

impl TinyDecoder {
    /// Loads nothing yet.
    #[must_use]
    pub fn new(runtime: Arc<Runtime>, vae: TinyVae) -> Self {
        Self {
            runtime,
            vae,
            state: Mutex::default(),
        }
    }

    /// The VAE.
    pub fn vae(&self) -> &TinyVae {
        &self.vae
    }

    /// How long [`pixels`](Self::pixels) will take for latents of this shape, channels, height and width. `None` as long
    /// as nothing was measured.
    #[must_use]
    pub fn expected(&self, [_, height, width]: [usize; 3]) -> Option<Duration> {
        let pace = self.state().pace?;
        Duration::try_from_secs_f64(pace * (height * width) as f64).ok()
    }

    /// Loads it, and decodes a corner of some latents, so that it can be said how long the whole of them
    /// [takes](Self::expected).
    ///
    /// # Errors
    /// As [`pixels`](Self::pixels).
    pub fn measure(
        &self,
        latents: &[f32],
        shape: [usize; 3],
        cancel: &Cancel,
    ) -> Result<(), Error> {
        let latents = plane(latents, shape)?;
        let corner = latents.cut(0, 0, CORNER.min(latents.height), CORNER.min(latents.width));
        let mut state = self.state();
        let mut inside = Duration::ZERO;
        // The first run of a session makes room, which the others need not.
        self.run(&mut state, corner.clone(), cancel, &mut inside)?;
        self.run(&mut state, corner, cancel, &mut inside)?;
        Ok(())
    }

    /// From latents as the UNet has them, of channels, height and width, to red, green and blue, row by row, of pictures
    /// as many times as large as [`TinyConfig::factor`](crate::checkpoint::TinyConfig::factor) says.
    ///
    /// # Errors
    /// Latents of another shape, and the model's; [`Error::Cancelled`].
    pub fn pixels(
        &self,
        latents: &[f32],
        shape: [usize; 3],
        cancel: &Cancel,
    ) -> Result<Vec<u8>, Error> {
        let mut inside = Duration::ZERO;
        let sample = self.run(
            &mut self.state(),
            plane(latents, shape)?,
            cancel,
            &mut inside,
        )?;
        finite(sample)
    }

    /// The same, in tiles as those of another VAE where they are needed.
    pub(super) fn finished(
        &self,
        latents: &[f32],
        shape: [usize; 3],
        tiles: Option<&VaeConfig>,
        cancel: &Cancel,
        inside: &mut Duration,
    ) -> Result<Vec<u8>, Error> {
        let latents = plane(latents, shape)?;
        let tiling = tiles.and_then(Tiling::decoding);
        let mut state = self.state();
        let mut decode = |tile: Plane| self.run(&mut state, tile, cancel, inside);
        let sample = match tiling.filter(|it| it.is_needed(&latents)) {
            Some(tiling) => tiling.each(&latents, &mut decode)?,
            None => decode(latents)?,
        };
        finite(sample)
    }

    fn run(
        &self,
        state: &mut State,
        mut latents: Plane,
        cancel: &Cancel,
        inside: &mut Duration,
    ) -> Result<Plane, Error> {
        let config = &self.vae.config;
        if latents.channels != config.latent_channels {
            return Err(Error::Request {
                field: "latents",
                found: format!("{} channels", latents.channels),
                expected: format!("{}, as the tiny VAE has", config.latent_channels),
            });
        }
        for value in &mut latents.values {
            *value = *value / config.scaling_factor + config.shift_factor;
        }
        let count = latents.height * latents.width;
        let preferences = Preferences::of(self.runtime.provider().kind());
        let pinned = preferences
            .fixed_shapes
            .then_some([1, latents.height, latents.width]);
        let shape = LoadedShape {
            odd_sizes: false,
            pinned,
        };
        let network = Loaded::for_shape(&mut state.loaded, shape, || {
            let half = preferences.half_precision && self.vae.weights.are_half();
            let options = GraphOptions {
                compute: if half {
                    ElementType::F16
                } else {
                    ElementType::F32
                },
                attention: preferences.attention,
                sections: SectionPolicy::Whole,
            };
            let sections = tiny_decoder(&self.vae, options)?;
            let names = ["batch_size", "latent_height", "latent_width"];
            Network::load(&self.runtime, "tiny vae", &sections, &pins(pinned, names))
        })?;
        let start = Instant::now();
        let sample = one(network, latents, config.factor(), cancel, inside)?;
        state.pace = Some(start.elapsed().as_secs_f64() / count.max(1) as f64);
        Ok(sample)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn plane(latents: &[f32], [channels, height, width]: [usize; 3]) -> Result<Plane, Error> {
    if latents.is_empty() || latents.len() != channels * height * width {
        return Err(Error::Request {
            field: "latents",
            found: format!("{} numbers", latents.len()),
            expected: format!("{channels}x{height}x{width} of them"),
        });
    }
    Ok(Plane {
        channels,
        height,
        width,
        values: latents.to_vec(),
    })
}

fn finite(sample: Plane) -> Result<Vec<u8>, Error> {
    if sample.values.iter().any(|value| !value.is_finite()) {
        return Err(Error::NotFinite { part: "tiny vae" });
    }
    Ok(to_pixels(&sample.values))
}
