//! Scaling.

use std::f64::consts::PI;
use std::sync::Arc;

use super::convolve::{Plan, Source, convolve};
use super::premultiplied::Premultiplied;
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
        if size == self.size {
            return Ok(self.clone());
        }
        if filter == Filter::Nearest {
            return match self.format {
                PixelFormat::Gray8 => self.nearest::<1>(size, stopped),
                PixelFormat::Rgb8 => self.nearest::<3>(size, stopped),
                PixelFormat::Rgba8 => self.nearest::<4>(size, stopped),
                PixelFormat::RgbaF32 => self.nearest::<16>(size, stopped),
            };
        }
        match self.format {
            PixelFormat::Gray8 => self.scale::<[f32; 1]>(size, filter, stopped),
            _ => self.scale::<[f32; 4]>(size, filter, stopped),
        }
    }

    fn scale<P: Premultiplied>(
        &self,
        size: Size,
        filter: Filter,
        stopped: Stopped<'_>,
    ) -> Result<Self, PictureError> {
        let across = scaling(self.size.width, size.width, filter);
        let down = scaling(self.size.height, size.height, filter);
        let stride = size.width as usize * self.format.bytes_per_pixel();
        let mut pixels = vec![0; stride * size.height as usize];
        let store = |y: usize, row: &[P]| {
            P::store(self.format, row, &mut pixels[y * stride..][..stride]);
        };
        convolve(self.premultiplied(), &across, &down, store, stopped)?;
        Ok(self.with_pixels(size, pixels))
    }

    /// Its rows, ready to be summed.
    pub(super) fn premultiplied<P: Premultiplied>(
        &self,
    ) -> Source<impl FnMut(usize, &mut [P]) + '_> {
        Source {
            width: self.size.width as usize,
            height: self.size.height as usize,
            load: |y, row: &mut [P]| P::load(self.format, self.row(y), row),
        }
    }

    /// `N` are the bytes of a pixel.
    fn nearest<const N: usize>(
        &self,
        size: Size,
        stopped: Stopped<'_>,
    ) -> Result<Self, PictureError> {
        // The pixel under the middle of the new one, in whole numbers.
        let at = |new: u32, from: u32, to: u32| {
            ((2 * u64::from(new) + 1) * u64::from(from) / (2 * u64::from(to))) as usize
        };
        let columns: Vec<usize> = (0..size.width)
            .map(|x| at(x, self.size.width, size.width))
            .collect();
        let stride = size.width as usize * N;
        let mut pixels = Vec::with_capacity(stride * size.height as usize);
        let mut last = None;
        for y in 0..size.height {
            if stopped() {
                return Err(PictureError::Stopped);
            }
            let from = at(y, self.size.height, size.height);
            if last == Some(from) {
                pixels.extend_from_within(pixels.len() - stride..);
                continue;
            }
            last = Some(from);
            let row = self.row(from).as_chunks::<N>().0;
            pixels.extend(columns.iter().flat_map(|column| row[*column]));
        }
        Ok(self.with_pixels(size, pixels))
    }

    /// Other pixels, the same texts.
    pub(super) fn with_pixels(&self, size: Size, pixels: Vec<u8>) -> Self {
        Self {
            size,
            format: self.format,
            pixels: Arc::new(pixels),
            metadata: self.metadata.clone(),
        }
    }
}

/// Where each pixel of a scaled line comes from. When shrinking, the filter is as wide as what it covers.
pub(super) fn scaling(from: u32, to: u32, filter: Filter) -> Plan {
    let scale = f64::from(from) / f64::from(to);
    let wide = scale.max(1.0);
    let support = filter.support() * wide;
    let mut plan = Plan::default();
    for new in 0..to {
        let center = (f64::from(new) + 0.5) * scale;
        let first = (center - support + 0.5).max(0.0) as usize;
        let end = ((center + support + 0.5) as usize).min(from as usize);
        let end = end.max(first + 1);
        let mut weights: Vec<f64> = (first..end)
            .map(|at| filter.weight((at as f64 + 0.5 - center) / wide))
            .collect();
        let sum: f64 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= sum;
        }
        plan.push(first, &weights);
    }
    plan
}
