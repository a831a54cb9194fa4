use std::time::Duration;

use super::tiles::{Plane, Tiling};
use super::{Cancel, Error, Pipeline, Posterior, Timings};

impl Pipeline {
    /// What the VAE says of a picture: from planes `[3, height, width]` in -1..1, of sizes that the model
    /// [takes](crate::checkpoint::Checkpoint::factor), to means and log-variances `[2 · channels, height / f, width / f]`.
    ///
    /// # Errors
    /// For planes of another size, and the model's; [`Error::Cancelled`].
    pub fn encode_picture(
        &mut self,
        planes: &[f32],
        [height, width]: [usize; 2],
        tiled: bool,
        cancel: &Cancel,
        timings: &mut Timings,
    ) -> Result<Vec<f32>, Error> {
        let config = self.vae().config.clone();
        let factor = config.factor();
        let fits = |side: usize| side > 0 && side.is_multiple_of(factor);
        if !fits(width) || !fits(height) || planes.len() != 3 * width * height {
            return Err(Error::Request {
                field: "picture",
                found: format!("{width}x{height} with {} numbers", planes.len()),
                expected: format!("sides that are multiples of {factor}, and 3 numbers a pixel"),
            });
        }
        let picture = Plane {
            channels: 3,
            height,
            width,
            values: planes.to_vec(),
        };
        let tiling = Tiling::encoding(&config).filter(|it| tiled && it.is_needed(&picture));
        // Tiles at the edges are smaller.
        let size = tiling.is_none().then_some([picture.height, picture.width]);
        let encoder = self.load_encoder(size, timings)?;
        let start = std::time::Instant::now();
        let mut inside = Duration::ZERO;
        let names = ["sample", "latent_parameters"];
        let mut encode =
            |tile: Plane| tile.through(encoder, names, |side| side / factor, cancel, &mut inside);
        let encoded = match tiling {
            Some(tiling) => tiling.each(&picture, &mut encode)?,
            None => encode(picture)?,
        };
        timings.add("encode", start.elapsed());
        timings.inside_onnx += inside;
        if encoded.values.iter().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                part: "vae encoder",
            });
        }
        Ok(encoded.values)
    }

    /// What [`Pipeline::encode_picture`] gave, as a distribution.
    #[must_use]
    pub fn posterior(&self, parameters: &[f32]) -> Posterior {
        Posterior::new(&self.vae().config, parameters)
    }
}
