use super::Projection;

/// How strongly factors are held near 0, per sample: pictures of few colours do not say all of them.
const RIDGE: f64 = 1e-4;

/// Finds the [`Projection`] of an autoencoder from latents and the pictures that became of them, by least squares.
#[derive(Clone, Debug)]
pub struct Fit {
    channels: usize,
    samples: f64,
    /// Sums of the products of latents (and 1) with each other, and with colours.
    latents: Vec<Vec<f64>>,
    colours: Vec<[f64; 3]>,
}

impl Fit {
    /// For latents of so many channels.
    #[must_use]
    pub fn new(channels: usize) -> Self {
        Self {
            channels,
            samples: 0.0,
            latents: vec![vec![0.0; channels + 1]; channels + 1],
            colours: vec![[0.0; 3]; channels + 1],
        }
    }

    /// Takes a picture into account: latents `[channels, height, width]`, and red, green and blue of `factor` times the
    /// size, row by row. Sizes that do not fit say nothing and are left out.
    pub fn add(
        &mut self,
        latents: &[f32],
        [height, width]: [usize; 2],
        pixels: &[u8],
        factor: usize,
    ) {
        let plane = height * width;
        if factor == 0
            || latents.len() != plane * self.channels
            || pixels.len() != plane * factor * factor * 3
        {
            return;
        }
        let area = (factor * factor) as f64;
        let mut inputs = vec![1.0; self.channels + 1];
        for y in 0..height {
            for x in 0..width {
                for (channel, input) in inputs.iter_mut().take(self.channels).enumerate() {
                    *input = f64::from(latents[channel * plane + y * width + x]);
                }
                let mut mean = [0.0; 3];
                for row in y * factor..(y + 1) * factor {
                    let start = (row * width + x) * factor * 3;
                    for pixel in pixels[start..start + factor * 3].as_chunks::<3>().0 {
                        for (mean, colour) in mean.iter_mut().zip(pixel) {
                            *mean += f64::from(*colour) / area;
                        }
                    }
                }
                for (i, a) in inputs.iter().enumerate() {
                    for (sum, b) in self.latents[i].iter_mut().zip(&inputs) {
                        *sum += a * b;
                    }
                    for (sum, colour) in self.colours[i].iter_mut().zip(mean) {
                        *sum += a * colour;
                    }
                }
                self.samples += 1.0;
            }
        }
    }

    /// The projection; `None` without any picture.
    #[must_use]
    pub fn solve(&self) -> Option<Projection> {
        if self.samples == 0.0 {
            return None;
        }
        let mut left = self.latents.clone();
        let mut right = self.colours.clone();
        for (i, row) in left.iter_mut().enumerate().take(self.channels) {
            row[i] += RIDGE * self.samples;
        }
        // Gauss and Jordan. The matrix is positive definite, so no pivot is 0.
        let size = self.channels + 1;
        for pivot in 0..size {
            let scale = left[pivot][pivot];
            if !(scale.is_finite() && scale > 0.0) {
                return None;
            }
            left[pivot].iter_mut().for_each(|value| *value /= scale);
            right[pivot].iter_mut().for_each(|value| *value /= scale);
            let (row, colours) = (left[pivot].clone(), right[pivot]);
            for other in (0..size).filter(|other| *other != pivot) {
                let factor = left[other][pivot];
                for (value, of_row) in left[other].iter_mut().zip(&row) {
                    *value -= factor * of_row;
                }
                for (value, of_row) in right[other].iter_mut().zip(colours) {
                    *value -= factor * of_row;
                }
            }
        }
        let rounded = |row: [f64; 3]| row.map(|value| ((value * 100.0).round() / 100.0) as f32);
        let bias = rounded(right.pop()?);
        Some(Projection {
            factors: right.into_iter().map(rounded).collect(),
            bias,
        })
    }
}
