//! Scaling and blurring: both are sums of neighbours, along rows and then along columns.

use std::collections::VecDeque;
use std::f64::consts::PI;
use std::sync::Arc;

use super::{Picture, PictureError, PixelFormat, Size, Stopped};

/// How pixels between pixels are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The nearest pixel.
    Nearest,
    /// A triangle.
    Bilinear,
    /// Catmull-Rom's cubic (Keys, "Cubic convolution interpolation", 1981, with a = -1/2).
    Bicubic,
    /// A windowed sinc with three lobes.
    Lanczos3,
}

impl Filter {
    /// How far it reaches, in pixels of the coarser of the two pictures.
    fn support(self) -> f64 {
        match self {
            Self::Nearest => 0.5,
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
            Self::Lanczos3 => 3.0,
        }
    }

    fn weight(self, x: f64) -> f64 {
        let x = x.abs();
        match self {
            Self::Nearest => f64::from(x <= 0.5),
            Self::Bilinear => (1.0 - x).max(0.0),
            Self::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Self::Bicubic if x < 2.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
            Self::Bicubic => 0.0,
            Self::Lanczos3 if x == 0.0 => 1.0,
            Self::Lanczos3 if x < 3.0 => sinc(x) * sinc(x / 3.0),
            Self::Lanczos3 => 0.0,
        }
    }
}

/// With `libm`, which is the same on every machine.
fn sinc(x: f64) -> f64 {
    libm::sin(PI * x) / (PI * x)
}

/// What one pixel of the result is the sum of.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

/// The largest standard deviation of a blur.
const LARGEST_RADIUS: f32 = 256.0;
/// How far a blur reaches, in standard deviations: what is left out is less than a 15,000th.
const REACH: f64 = 4.0;

impl Picture {
    /// A scaled copy. What is transparent does not bleed.
    ///
    /// # Errors
    /// The size is none, or it was stopped.
    pub fn resize(
        &self,
        size: Size,
        filter: Filter,
        stopped: Stopped<'_>,
    ) -> Result<Self, PictureError> {
        size.check()?;
        if filter == Filter::Nearest {
            return self.nearest(size, stopped);
        }
        let across = scaling(self.size.width, size.width, filter);
        let down = scaling(self.size.height, size.height, filter);
        self.convolve(size, &across, &down, stopped)
    }

    /// A blurred copy: a Gaussian with a standard deviation of `radius` pixels.
    ///
    /// # Errors
    /// The radius is not 0 to 256, or it was stopped.
    pub fn blur(&self, radius: f32, stopped: Stopped<'_>) -> Result<Self, PictureError> {
        if !(0.0..=LARGEST_RADIUS).contains(&radius) {
            return Err(PictureError::Invalid(format!(
                "radius {radius}, expected 0 to {LARGEST_RADIUS}"
            )));
        }
        if radius == 0.0 {
            return Ok(self.clone());
        }
        let kernel = gaussian(f64::from(radius));
        let across = blurring(self.size.width, &kernel);
        let down = blurring(self.size.height, &kernel);
        self.convolve(self.size, &across, &down, stopped)
    }

    fn nearest(&self, size: Size, stopped: Stopped<'_>) -> Result<Self, PictureError> {
        let bytes = self.format.bytes_per_pixel();
        // The pixel under the middle of the new one, in whole numbers.
        let at = |new: u32, from: u32, to: u32| {
            ((2 * u64::from(new) + 1) * u64::from(from) / (2 * u64::from(to))) as usize
        };
        let columns: Vec<usize> = (0..size.width)
            .map(|x| at(x, self.size.width, size.width) * bytes)
            .collect();
        let mut pixels = Vec::with_capacity(size.pixels() as usize * bytes);
        for y in 0..size.height {
            if stopped() {
                return Err(PictureError::Stopped);
            }
            let row = self.row(at(y, self.size.height, size.height));
            for column in &columns {
                pixels.extend_from_slice(&row[*column..][..bytes]);
            }
        }
        Ok(self.with_pixels(size, pixels))
    }

    fn with_pixels(&self, size: Size, pixels: Vec<u8>) -> Self {
        Self {
            size,
            format: self.format,
            pixels: Arc::new(pixels),
            metadata: self.metadata.clone(),
        }
    }

    /// Sums along rows, then along columns. Only the rows that one row of the result needs are held.
    fn convolve(
        &self,
        size: Size,
        across: &[Taps],
        down: &[Taps],
        stopped: Stopped<'_>,
    ) -> Result<Self, PictureError> {
        let channels = channels(self.format);
        let width = size.width as usize;
        let mut source = vec![0.0; self.size.width as usize * channels];
        let mut sum = vec![0.0; width * channels];
        let mut held: VecDeque<Vec<f32>> = VecDeque::new();
        let mut first_held = 0;
        let stride = width * self.format.bytes_per_pixel();
        let mut pixels = vec![0; stride * size.height as usize];
        for (taps, target) in down.iter().zip(pixels.chunks_exact_mut(stride)) {
            let end = taps.first + taps.weights.len();
            let mut spare = Vec::new();
            while first_held < taps.first && !held.is_empty() {
                spare.extend(held.pop_front());
                first_held += 1;
            }
            if held.is_empty() {
                first_held = taps.first;
            }
            while first_held + held.len() < end {
                if stopped() {
                    return Err(PictureError::Stopped);
                }
                load_row(self.format, self.row(first_held + held.len()), &mut source);
                let mut row = spare.pop().unwrap_or_default();
                row.clear();
                row.resize(width * channels, 0.0);
                sum_across(&source, across, channels, &mut row);
                held.push_back(row);
            }
            sum.fill(0.0);
            for (row, weight) in held.iter().zip(&taps.weights) {
                for (total, value) in sum.iter_mut().zip(row) {
                    *total += value * weight;
                }
            }
            store_row(self.format, &sum, target);
        }
        Ok(self.with_pixels(size, pixels))
    }
}

fn sum_across(source: &[f32], across: &[Taps], channels: usize, row: &mut [f32]) {
    match channels {
        1 => sum_pixels::<1>(source, across, row),
        3 => sum_pixels::<3>(source, across, row),
        _ => sum_pixels::<4>(source, across, row),
    }
}

fn sum_pixels<const N: usize>(source: &[f32], across: &[Taps], row: &mut [f32]) {
    let (pixels, _) = source.as_chunks::<N>();
    let (targets, _) = row.as_chunks_mut::<N>();
    for (target, taps) in targets.iter_mut().zip(across) {
        let mut sum = [0.0; N];
        for (pixel, weight) in pixels[taps.first..].iter().zip(&taps.weights) {
            for (total, value) in sum.iter_mut().zip(pixel) {
                *total += value * weight;
            }
        }
        *target = sum;
    }
}

fn channels(format: PixelFormat) -> usize {
    match format {
        PixelFormat::Gray8 => 1,
        PixelFormat::Rgb8 => 3,
        PixelFormat::Rgba8 | PixelFormat::RgbaF32 => 4,
    }
}

/// Colours are multiplied by alpha, so that what is transparent weighs nothing.
fn load_row(format: PixelFormat, bytes: &[u8], row: &mut [f32]) {
    match format {
        PixelFormat::Gray8 | PixelFormat::Rgb8 => {
            for (value, byte) in row.iter_mut().zip(bytes) {
                *value = f32::from(*byte);
            }
        }
        PixelFormat::Rgba8 => {
            for (pixel, bytes) in row.chunks_exact_mut(4).zip(bytes.chunks_exact(4)) {
                let alpha = f32::from(bytes[3]);
                for (value, byte) in pixel.iter_mut().zip(&bytes[..3]) {
                    *value = f32::from(*byte) * alpha;
                }
                pixel[3] = alpha;
            }
        }
        PixelFormat::RgbaF32 => {
            for (pixel, bytes) in row.chunks_exact_mut(4).zip(bytes.chunks_exact(16)) {
                let [red, green, blue, alpha] = super::convert::load(format, bytes);
                pixel.copy_from_slice(&[red * alpha, green * alpha, blue * alpha, alpha]);
            }
        }
    }
}

fn store_row(format: PixelFormat, row: &[f32], bytes: &mut [u8]) {
    let byte = |value: f32| (value.clamp(0.0, 255.0) + 0.5) as u8;
    match format {
        PixelFormat::Gray8 | PixelFormat::Rgb8 => {
            for (target, value) in bytes.iter_mut().zip(row) {
                *target = byte(*value);
            }
        }
        PixelFormat::Rgba8 => {
            for (target, pixel) in bytes.chunks_exact_mut(4).zip(row.chunks_exact(4)) {
                let alpha = pixel[3];
                // Below half a step of alpha there is nothing to be seen, and nothing to divide by.
                let scale = if alpha < 0.5 { 0.0 } else { 1.0 / alpha };
                for (target, value) in target.iter_mut().zip(&pixel[..3]) {
                    *target = byte(value * scale);
                }
                target[3] = byte(alpha);
            }
        }
        PixelFormat::RgbaF32 => {
            for (target, pixel) in bytes.chunks_exact_mut(16).zip(row.chunks_exact(4)) {
                let alpha = pixel[3];
                let scale = if alpha.abs() < 1e-6 { 0.0 } else { 1.0 / alpha };
                let straight = [pixel[0] * scale, pixel[1] * scale, pixel[2] * scale, alpha];
                super::convert::store(format, straight, target);
            }
        }
    }
}

/// Where each pixel of a scaled picture comes from. When shrinking, the filter is as wide as what it covers.
fn scaling(from: u32, to: u32, filter: Filter) -> Vec<Taps> {
    let scale = f64::from(from) / f64::from(to);
    let wide = scale.max(1.0);
    let support = filter.support() * wide;
    (0..to)
        .map(|new| {
            let center = (f64::from(new) + 0.5) * scale;
            let first = (center - support + 0.5).max(0.0) as usize;
            let end = ((center + support + 0.5) as usize).min(from as usize);
            let end = end.max(first + 1);
            let weights: Vec<f64> = (first..end)
                .map(|at| filter.weight((at as f64 + 0.5 - center) / wide))
                .collect();
            let sum: f64 = weights.iter().sum();
            Taps {
                first,
                weights: weights.iter().map(|it| (it / sum) as f32).collect(),
            }
        })
        .collect()
}

/// One half of the bell: from the middle outwards.
fn gaussian(radius: f64) -> Vec<f64> {
    let reach = (REACH * radius + 0.5) as usize;
    let half: Vec<f64> = (0..=reach)
        .map(|at| libm::exp(-0.5 * (at as f64 / radius) * (at as f64 / radius)))
        .collect();
    let sum = 2.0 * half.iter().sum::<f64>() - half[0];
    half.iter().map(|it| it / sum).collect()
}

/// Edges are extended: what reaches beyond counts for the last pixel.
fn blurring(side: u32, half: &[f64]) -> Vec<Taps> {
    let last = side as i64 - 1;
    let reach = half.len() as i64 - 1;
    (0..i64::from(side))
        .map(|at| {
            let first = (at - reach).max(0);
            let end = (at + reach).min(last);
            let mut weights = vec![0.0; (end - first + 1) as usize];
            for offset in -reach..=reach {
                let index = (at + offset).clamp(0, last) - first;
                weights[index as usize] += half[offset.unsigned_abs() as usize];
            }
            Taps {
                first: first as usize,
                weights: weights.iter().map(|it: &f64| *it as f32).collect(),
            }
        })
        .collect()
}
