//! From one format to another.

use std::sync::Arc;

use super::{Picture, PixelFormat};
use crate::settings::Color;

/// Rec. 709's weights, on the encoded values.
const LUMA: [f32; 3] = [0.2126, 0.7152, 0.0722];

/// Red, green, blue and alpha, 0 to 1.
pub(super) type Pixel = [f32; 4];

impl Picture {
    /// A copy in another format.
    #[must_use]
    pub fn convert(&self, format: PixelFormat) -> Self {
        if format == self.format {
            return self.clone();
        }
        let from = self.format.bytes_per_pixel();
        let mut pixels = vec![0; self.size.pixels() as usize * format.bytes_per_pixel()];
        let pairs = self
            .pixels
            .chunks_exact(from)
            .zip(pixels.chunks_exact_mut(format.bytes_per_pixel()));
        for (source, target) in pairs {
            match (self.format, format) {
                // Bytes stay bytes.
                (PixelFormat::Rgb8, PixelFormat::Rgba8) => {
                    target[..3].copy_from_slice(source);
                    target[3] = 255;
                }
                (PixelFormat::Rgba8, PixelFormat::Rgb8) => target.copy_from_slice(&source[..3]),
                (PixelFormat::Gray8, PixelFormat::Rgb8) => target.fill(source[0]),
                (PixelFormat::Gray8, PixelFormat::Rgba8) => {
                    target[..3].fill(source[0]);
                    target[3] = 255;
                }
                _ => store(format, load(self.format, source), target),
            }
        }
        Self {
            size: self.size,
            format,
            pixels: Arc::new(pixels),
            metadata: self.metadata.clone(),
        }
    }
}

pub(super) fn load(format: PixelFormat, bytes: &[u8]) -> Pixel {
    let part = |at: usize| f32::from(bytes[at]) / 255.0;
    let float = |at: usize| {
        let at = at * 4;
        f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
    };
    match format {
        PixelFormat::Gray8 => [part(0), part(0), part(0), 1.0],
        PixelFormat::Rgb8 => [part(0), part(1), part(2), 1.0],
        PixelFormat::Rgba8 => [part(0), part(1), part(2), part(3)],
        PixelFormat::RgbaF32 => [float(0), float(1), float(2), float(3)],
    }
}

pub(super) fn store(format: PixelFormat, pixel: Pixel, bytes: &mut [u8]) {
    match format {
        PixelFormat::Gray8 => bytes[0] = byte(luma(pixel)),
        PixelFormat::Rgb8 => {
            for (target, value) in bytes.iter_mut().zip(pixel) {
                *target = byte(value);
            }
        }
        PixelFormat::Rgba8 => bytes.copy_from_slice(&pixel.map(byte)),
        PixelFormat::RgbaF32 => {
            for (target, value) in bytes.chunks_exact_mut(4).zip(pixel) {
                target.copy_from_slice(&value.to_le_bytes());
            }
        }
    }
}

/// To the nearest of 256; what is not a number is 0.
pub(super) fn byte(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

pub(super) fn luma([red, green, blue, _]: Pixel) -> f32 {
    LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
}

pub(super) fn from_color(color: Color, format: PixelFormat) -> Vec<u8> {
    let bytes = [color.red, color.green, color.blue, color.alpha];
    let mut pixel = vec![0; format.bytes_per_pixel()];
    store(format, bytes.map(|it| f32::from(it) / 255.0), &mut pixel);
    pixel
}
