//! Large pictures through the VAE in tiles that overlap, so that memory does not grow with the picture. The seams are
//! blended, as `AutoencoderKL.tiled_decode` and `tiled_encode` of diffusers do it.

use std::time::Duration;

use super::network::{Network, Tensors, floats};
use super::{Cancel, Error};
use crate::checkpoint::VaeConfig;

/// Numbers `[channels, height, width]`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plane {
    pub(super) channels: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) values: Vec<f32>,
}

/// How a plane is cut and put together again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tiling {
    /// Side of a tile that goes in.
    side: usize,
    /// From one tile to the next, going in.
    stride: usize,
    /// Of what comes out: how much of a tile fades into its neighbour.
    blend: usize,
    /// Of what comes out: how much of a tile is kept.
    keep: usize,
}

/// A quarter of a tile lies over the next.
const OVERLAP: f64 = 0.25;

impl Tiling {
    pub(super) fn decoding(config: &VaeConfig) -> Option<Self> {
        let (pixels, latents) = sides(config);
        Self::new(latents, pixels)
    }

    pub(super) fn encoding(config: &VaeConfig) -> Option<Self> {
        let (pixels, latents) = sides(config);
        Self::new(pixels, latents)
    }

    fn new(side: usize, side_out: usize) -> Option<Self> {
        let part = |side: usize, part: f64| (side as f64 * part) as usize;
        let blend = part(side_out, OVERLAP);
        let stride = part(side, 1.0 - OVERLAP);
        // A model of a few pixels has nothing to overlap.
        (stride > 0 && blend > 0).then_some(Self {
            side,
            stride,
            blend,
            keep: side_out - blend,
        })
    }

    /// Whether a plane is larger than a tile.
    pub(super) fn is_needed(self, plane: &Plane) -> bool {
        plane.height > self.side || plane.width > self.side
    }

    /// Cuts, lets `each` work on every tile, and puts together.
    pub(super) fn each(
        self,
        plane: &Plane,
        each: &mut dyn FnMut(Plane) -> Result<Plane, Error>,
    ) -> Result<Plane, Error> {
        let mut above: Vec<Plane> = Vec::new();
        let mut bands: Vec<Plane> = Vec::new();
        for top in (0..plane.height).step_by(self.stride) {
            let mut row: Vec<Plane> = Vec::new();
            for left in (0..plane.width).step_by(self.stride) {
                let mut tile = each(plane.cut(top, left, self.side, self.side))?;
                if let Some(above) = above.get(row.len()) {
                    tile.fade_from_above(above, self.blend);
                }
                if let Some(before) = row.last() {
                    tile.fade_from_left(before, self.blend);
                }
                row.push(tile);
            }
            let kept: Vec<Plane> = row
                .iter()
                .map(|tile| tile.cut(0, 0, self.keep, self.keep))
                .collect();
            bands.push(side_by_side(&kept));
            above = row;
        }
        Ok(one_below_the_other(&bands))
    }
}

/// Side of a tile in pixels and in latents.
fn sides(config: &VaeConfig) -> (usize, usize) {
    let latents = config.sample_size / config.factor();
    (config.sample_size, latents)
}

impl Plane {
    /// Through a network that takes one plane as `input` and gives one as `output`, of the size that `sides` makes of its
    /// height and of its width.
    pub(super) fn through(
        self,
        network: &mut Network,
        [input, output]: [&str; 2],
        sides: impl Fn(usize) -> usize,
        cancel: &Cancel,
        inside: &mut Duration,
    ) -> Result<Self, Error> {
        let (height, width) = (sides(self.height), sides(self.width));
        let shape = [1, self.channels, self.height, self.width];
        let inputs: Tensors = [(input.to_owned(), floats(&shape, self.values)?)].into();
        let values = network.run_for(output, inputs, cancel, inside)?;
        Ok(Self {
            channels: values.len() / (height * width),
            height,
            width,
            values,
        })
    }

    fn at(&self, channel: usize, y: usize) -> &[f32] {
        let row = channel * self.height + y;
        &self.values[row * self.width..][..self.width]
    }

    fn at_mut(&mut self, channel: usize, y: usize) -> &mut [f32] {
        let row = channel * self.height + y;
        &mut self.values[row * self.width..][..self.width]
    }

    /// As much of the wanted part as there is.
    pub(super) fn cut(&self, top: usize, left: usize, height: usize, width: usize) -> Self {
        let height = height.min(self.height - top);
        let width = width.min(self.width - left);
        let mut values = Vec::with_capacity(self.channels * height * width);
        for channel in 0..self.channels {
            for y in top..top + height {
                values.extend_from_slice(&self.at(channel, y)[left..left + width]);
            }
        }
        Self {
            channels: self.channels,
            height,
            width,
            values,
        }
    }

    fn fade_from_above(&mut self, above: &Self, extent: usize) {
        let extent = extent.min(above.height).min(self.height);
        for channel in 0..self.channels {
            for y in 0..extent {
                let share = y as f32 / extent as f32;
                let from = above.at(channel, above.height - extent + y).to_vec();
                for (value, from) in self.at_mut(channel, y).iter_mut().zip(from) {
                    *value = from * (1.0 - share) + *value * share;
                }
            }
        }
    }

    fn fade_from_left(&mut self, before: &Self, extent: usize) {
        let extent = extent.min(before.width).min(self.width);
        for channel in 0..self.channels {
            for y in 0..self.height.min(before.height) {
                let from = &before.at(channel, y)[before.width - extent..];
                for (x, (value, from)) in self.at_mut(channel, y).iter_mut().zip(from).enumerate() {
                    let share = x as f32 / extent as f32;
                    *value = from * (1.0 - share) + *value * share;
                }
            }
        }
    }
}

fn side_by_side(tiles: &[Plane]) -> Plane {
    let (channels, height) = tiles
        .first()
        .map_or((0, 0), |tile| (tile.channels, tile.height));
    let width = tiles.iter().map(|tile| tile.width).sum();
    let mut values = Vec::with_capacity(channels * height * width);
    for channel in 0..channels {
        for y in 0..height {
            for tile in tiles {
                values.extend_from_slice(tile.at(channel, y));
            }
        }
    }
    Plane {
        channels,
        height,
        width,
        values,
    }
}

fn one_below_the_other(bands: &[Plane]) -> Plane {
    let (channels, width) = bands
        .first()
        .map_or((0, 0), |band| (band.channels, band.width));
    let height = bands.iter().map(|band| band.height).sum();
    let mut values = Vec::with_capacity(channels * height * width);
    for channel in 0..channels {
        for band in bands {
            let plane = band.height * band.width;
            values.extend_from_slice(&band.values[channel * plane..][..plane]);
        }
    }
    Plane {
        channels,
        height,
        width,
        values,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TILING: Tiling = Tiling {
        side: 8,
        stride: 6,
        blend: 2,
        keep: 6,
    };

    fn ramp(channels: usize, height: usize, width: usize) -> Plane {
        Plane {
            channels,
            height,
            width,
            values: (0..channels * height * width).map(|i| i as f32).collect(),
        }
    }

    #[test]
    fn tiles_that_are_left_as_they_are_give_the_plane_again() {
        for (height, width) in [(8, 8), (9, 8), (8, 15), (20, 31), (6, 40)] {
            let plane = ramp(2, height, width);
            let same = TILING.each(&plane, &mut Ok).expect("works");
            assert_eq!((same.height, same.width), (height, width));
            for (a, b) in same.values.iter().zip(&plane.values) {
                assert!((a - b).abs() < 1e-3, "{a} is not {b}");
            }
        }
    }

    #[test]
    fn seams_fade() {
        let mut count = 0.0;
        let flat = TILING
            .each(&ramp(1, 8, 14), &mut |mut tile| {
                count += 1.0;
                tile.values.fill(count);
                Ok(tile)
            })
            .expect("works");
        assert_eq!(
            flat.values[..9],
            [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.5, 2.0]
        );
    }
}
