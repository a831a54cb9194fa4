//! Pixels on their way through sums of neighbours: 0 to 255, colours multiplied by alpha, so that what is transparent
//! weighs nothing.

use super::PixelFormat;
use super::convolve::Sums;

/// Pixels that can be summed.
pub(super) trait Premultiplied: Sums {
    /// From the bytes of a row.
    fn load(format: PixelFormat, bytes: &[u8], row: &mut [Self]);
    /// To the bytes of a row.
    fn store(format: PixelFormat, row: &[Self], bytes: &mut [u8]);
}

/// Luma alone: for gray8.
impl Premultiplied for [f32; 1] {
    fn load(_: PixelFormat, bytes: &[u8], row: &mut [Self]) {
        for ([value], byte) in row.iter_mut().zip(bytes) {
            *value = f32::from(*byte);
        }
    }

    fn store(_: PixelFormat, row: &[Self], bytes: &mut [u8]) {
        for (target, [value]) in bytes.iter_mut().zip(row) {
            *target = byte(*value);
        }
    }
}

/// Three channels and one to spare, or four: for the other formats.
impl Premultiplied for [f32; 4] {
    fn load(format: PixelFormat, bytes: &[u8], row: &mut [Self]) {
        match format {
            PixelFormat::Gray8 => {
                for (pixel, byte) in row.iter_mut().zip(bytes) {
                    *pixel = [f32::from(*byte), 0.0, 0.0, 0.0];
                }
            }
            PixelFormat::Rgb8 => {
                for (pixel, [red, green, blue]) in row.iter_mut().zip(bytes.as_chunks().0) {
                    *pixel = [f32::from(*red), f32::from(*green), f32::from(*blue), 0.0];
                }
            }
            PixelFormat::Rgba8 => {
                for (pixel, bytes) in row.iter_mut().zip(bytes.as_chunks::<4>().0) {
                    let [red, green, blue, alpha] = bytes.map(f32::from);
                    *pixel = [red * alpha, green * alpha, blue * alpha, alpha];
                }
            }
            PixelFormat::RgbaF32 => {
                for (pixel, bytes) in row.iter_mut().zip(bytes.as_chunks::<16>().0) {
                    let [red, green, blue, alpha] = super::convert::floats(bytes);
                    // Whatever is written there, an infinity for example.
                    *pixel = if alpha == 0.0 {
                        [0.0; 4]
                    } else {
                        [red * alpha, green * alpha, blue * alpha, alpha]
                    };
                }
            }
        }
    }

    fn store(format: PixelFormat, row: &[Self], bytes: &mut [u8]) {
        match format {
            PixelFormat::Gray8 => {
                for (target, pixel) in bytes.iter_mut().zip(row) {
                    *target = byte(pixel[0]);
                }
            }
            PixelFormat::Rgb8 => {
                for (target, pixel) in bytes.as_chunks_mut().0.iter_mut().zip(row) {
                    *target = [byte(pixel[0]), byte(pixel[1]), byte(pixel[2])];
                }
            }
            PixelFormat::Rgba8 => {
                for (target, pixel) in bytes.as_chunks_mut().0.iter_mut().zip(row) {
                    let [red, green, blue, alpha] = *pixel;
                    // Below half a step of alpha there is nothing to be seen, and nothing to divide by.
                    let scale = if alpha < 0.5 { 0.0 } else { 1.0 / alpha };
                    *target = [red * scale, green * scale, blue * scale, alpha].map(byte);
                }
            }
            PixelFormat::RgbaF32 => {
                for (target, pixel) in bytes.as_chunks_mut::<16>().0.iter_mut().zip(row) {
                    let [red, green, blue, alpha] = *pixel;
                    let scale = if alpha.abs() < 1e-6 { 0.0 } else { 1.0 / alpha };
                    let straight = [red * scale, green * scale, blue * scale, alpha];
                    *target = super::convert::bytes(straight);
                }
            }
        }
    }
}

/// To the nearest; what is not a number is 0.
fn byte(value: f32) -> u8 {
    (value.clamp(0.0, 255.0) + 0.5) as u8
}
