//! From one format to another.

use std::sync::Arc;

use super::{Picture, PixelFormat};
use crate::settings::Color;

/// Rec. 709's weights of red and blue, on the encoded values; green has the rest.
const RED: f32 = 0.2126;
const BLUE: f32 = 0.0722;
/// Pixels that are worked on at once.
const BLOCK: usize = 1024;

/// Red, green, blue and alpha, 0 to 1.
pub(super) type Pixel = [f32; 4];

impl Picture {
    /// A copy in another format.
    #[must_use]
    pub fn convert(&self, format: PixelFormat) -> Self {
        if format == self.format {
            return self.clone();
        }
        let mut pixels = vec![0; self.size.pixels() as usize * format.bytes_per_pixel()];
        match (self.format, format) {
            // Bytes stay bytes.
            (PixelFormat::Rgb8, PixelFormat::Rgba8) => {
                each(&self.pixels, &mut pixels, |[red, green, blue]: [u8; 3]| {
                    [red, green, blue, 255]
                });
            }
            (PixelFormat::Rgba8, PixelFormat::Rgb8) => {
                each(&self.pixels, &mut pixels, |[red, green, blue, _]| {
                    [red, green, blue]
                });
            }
            (PixelFormat::Gray8, PixelFormat::Rgb8) => {
                each(&self.pixels, &mut pixels, |[luma]| [luma; 3]);
            }
            (PixelFormat::Gray8, PixelFormat::Rgba8) => {
                each(&self.pixels, &mut pixels, |[luma]| [luma, luma, luma, 255]);
            }
            _ => {
                let mut block = [[0.0; 4]; BLOCK];
                let sources = self
                    .pixels
                    .chunks(BLOCK * self.format.bytes_per_pixel())
                    .zip(pixels.chunks_mut(BLOCK * format.bytes_per_pixel()));
                for (source, target) in sources {
                    let block = &mut block[..target.len() / format.bytes_per_pixel()];
                    load(self.format, source, block);
                    store(format, block, target);
                }
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

/// Makes pixels of `M` bytes out of pixels of `N` bytes.
pub(super) fn each<const N: usize, const M: usize>(
    source: &[u8],
    target: &mut [u8],
    change: impl Fn([u8; N]) -> [u8; M],
) {
    let pairs = source.as_chunks().0.iter().zip(target.as_chunks_mut().0);
    for (source, target) in pairs {
        *target = change(*source);
    }
}

/// From bytes. There are as many pixels as the bytes are for.
pub(super) fn load(format: PixelFormat, bytes: &[u8], pixels: &mut [Pixel]) {
    let part = |byte: u8| f32::from(byte) / 255.0;
    match format {
        PixelFormat::Gray8 => {
            for (pixel, byte) in pixels.iter_mut().zip(bytes) {
                let luma = part(*byte);
                *pixel = [luma, luma, luma, 1.0];
            }
        }
        PixelFormat::Rgb8 => {
            for (pixel, [red, green, blue]) in pixels.iter_mut().zip(bytes.as_chunks().0) {
                *pixel = [part(*red), part(*green), part(*blue), 1.0];
            }
        }
        PixelFormat::Rgba8 => {
            for (pixel, bytes) in pixels.iter_mut().zip(bytes.as_chunks::<4>().0) {
                *pixel = bytes.map(part);
            }
        }
        PixelFormat::RgbaF32 => {
            for (pixel, bytes) in pixels.iter_mut().zip(bytes.as_chunks().0) {
                *pixel = floats(bytes);
            }
        }
    }
}

/// To bytes. There are as many pixels as the bytes are for.
pub(super) fn store(format: PixelFormat, pixels: &[Pixel], target: &mut [u8]) {
    match format {
        PixelFormat::Gray8 => {
            for (target, pixel) in target.iter_mut().zip(pixels) {
                *target = byte(luma(*pixel));
            }
        }
        PixelFormat::Rgb8 => {
            for (target, pixel) in target.as_chunks_mut().0.iter_mut().zip(pixels) {
                let [red, green, blue, _] = pixel.map(byte);
                *target = [red, green, blue];
            }
        }
        PixelFormat::Rgba8 => {
            for (target, pixel) in target.as_chunks_mut().0.iter_mut().zip(pixels) {
                *target = pixel.map(byte);
            }
        }
        PixelFormat::RgbaF32 => {
            for (target, pixel) in target.as_chunks_mut().0.iter_mut().zip(pixels) {
                *target = bytes(*pixel);
            }
        }
    }
}

/// One pixel of rgba-f32.
pub(super) fn floats(bytes: &[u8; 16]) -> Pixel {
    let (channels, _) = bytes.as_chunks::<4>();
    [0, 1, 2, 3].map(|at: usize| f32::from_le_bytes(channels[at]))
}

/// The bytes of a pixel of rgba-f32. What is not a number is the same such on every machine.
pub(super) fn bytes(pixel: Pixel) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (target, value) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(pixel) {
        let value = if value.is_nan() { f32::NAN } else { value };
        *target = value.to_le_bytes();
    }
    bytes
}

/// To the nearest of 256; what is not a number is 0.
fn byte(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

/// `0.2126 red + 0.7152 green + 0.0722 blue`, in a form in which gray stays what it is to the last bit.
pub(super) fn luma([red, green, blue, _]: Pixel) -> f32 {
    green + RED * (red - green) + BLUE * (blue - green)
}

/// 0 to 1; what is not a number is 0.
pub(super) fn unit(value: f32) -> f32 {
    // Not by `max` and `min`: which zero they give is up to the machine.
    if value >= 1.0 {
        1.0
    } else if value > 0.0 {
        value
    } else {
        0.0
    }
}

pub(super) fn from_color(color: Color, format: PixelFormat) -> Vec<u8> {
    let parts = [color.red, color.green, color.blue, color.alpha];
    let mut pixel = vec![0; format.bytes_per_pixel()];
    store(format, &[parts.map(|it| f32::from(it) / 255.0)], &mut pixel);
    pixel
}
