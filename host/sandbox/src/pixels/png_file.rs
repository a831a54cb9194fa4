use std::io::Cursor;
use std::sync::Arc;

use png::{BitDepth, ColorType, Transformations};

use super::convert::{bytes, each};
use super::{Picture, PictureError, PixelFormat, Size};

/// Bytes that a decoder may take beside the pixels: texts and profiles, which are not kept.
const SLACK: usize = 16 << 20;

impl Picture {
    /// A picture from the bytes of a PNG file, of at most `most` pixels. Becomes rgb8, rgba8 or gray8; 16-bit channels
    /// become rgba-f32.
    ///
    /// # Errors
    /// It is no PNG, damaged, or too large.
    pub fn decode(file: &[u8], most: u64) -> Result<Self, PictureError> {
        if !file.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Err(PictureError::Unsupported(
                "not a PNG file, which is the only kind that is read".to_owned(),
            ));
        }
        let damaged = |error: png::DecodingError| match error {
            png::DecodingError::LimitsExceeded => {
                PictureError::Exhausted("the PNG takes too much memory".to_owned())
            }
            error => PictureError::Invalid(format!("PNG: {error}")),
        };
        let mut decoder =
            png::Decoder::new_with_limits(Cursor::new(file), png::Limits { bytes: SLACK });
        decoder.set_ignore_text_chunk(true);
        decoder.set_ignore_iccp_chunk(true);
        // Palettes, fewer than 8 bits and one transparent colour become plain channels.
        decoder.set_transformations(Transformations::EXPAND);
        let header = decoder.read_header_info().map_err(damaged)?;
        let size = Size {
            width: header.width,
            height: header.height,
        };
        // Before anything of that size is made.
        size.check()?;
        if size.pixels() > most {
            return Err(PictureError::Exhausted(format!(
                "the PNG has {}x{} pixels, {most} are left",
                size.width, size.height
            )));
        }
        // A row of the widest picture, for the decoder itself.
        let row = size.width as usize * 8 * 4;
        decoder.set_limits(png::Limits {
            bytes: SLACK + 4 * row,
        });
        let mut reader = decoder.read_info().map_err(damaged)?;
        let (color, depth) = reader.output_color_type();
        let length = reader
            .output_buffer_size()
            .ok_or_else(|| PictureError::Exhausted("the PNG takes too much memory".to_owned()))?;
        let mut pixels = vec![0; length];
        reader.next_frame(&mut pixels).map_err(damaged)?;
        let (format, pixels) = match (color, depth) {
            (ColorType::Grayscale, BitDepth::Eight) => (PixelFormat::Gray8, pixels),
            (ColorType::Rgb, BitDepth::Eight) => (PixelFormat::Rgb8, pixels),
            (ColorType::Rgba, BitDepth::Eight) => (PixelFormat::Rgba8, pixels),
            (ColorType::GrayscaleAlpha, BitDepth::Eight) => {
                let mut wide = vec![0; 2 * pixels.len()];
                each(&pixels, &mut wide, |[gray, alpha]| {
                    [gray, gray, gray, alpha]
                });
                (PixelFormat::Rgba8, wide)
            }
            (color, BitDepth::Sixteen) => (PixelFormat::RgbaF32, floats(color, &pixels)),
            (color, depth) => {
                return Err(PictureError::Unsupported(format!(
                    "a PNG of {color:?} with {depth:?} bits"
                )));
            }
        };
        Self::from_pixels(size, format, pixels)
    }

    /// The bytes of a PNG file with these pixels, without metadata.
    ///
    /// # Errors
    /// The format is rgba-f32.
    pub fn encode(&self) -> Result<Vec<u8>, PictureError> {
        let color = match self.format {
            PixelFormat::Gray8 => ColorType::Grayscale,
            PixelFormat::Rgb8 => ColorType::Rgb,
            PixelFormat::Rgba8 => ColorType::Rgba,
            PixelFormat::RgbaF32 => {
                return Err(PictureError::Unsupported(
                    "rgba-f32 in a PNG, expected one of the other formats".to_owned(),
                ));
            }
        };
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.size.width, self.size.height);
        encoder.set_color(color);
        encoder.set_depth(BitDepth::Eight);
        let failed = |error: png::EncodingError| PictureError::Invalid(format!("PNG: {error}"));
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&self.pixels).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(file)
    }

    /// Whether another picture has the very same pixels in memory.
    #[must_use]
    pub fn shares_pixels(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pixels, &other.pixels)
    }
}

/// 16-bit channels, the high byte first, as the bytes of floats.
fn floats(color: ColorType, samples: &[u8]) -> Vec<u8> {
    let pixels = samples.len() / 2 / color.samples();
    let mut target = vec![0; pixels * PixelFormat::RgbaF32.bytes_per_pixel()];
    match color {
        ColorType::GrayscaleAlpha => each(samples, &mut target, |[a, b, c, d]| {
            let gray = float([a, b]);
            bytes([gray, gray, gray, float([c, d])])
        }),
        ColorType::Rgb => each(samples, &mut target, |[a, b, c, d, e, f]| {
            bytes([float([a, b]), float([c, d]), float([e, f]), 1.0])
        }),
        ColorType::Rgba => each(samples, &mut target, |[a, b, c, d, e, f, g, h]| {
            bytes([[a, b], [c, d], [e, f], [g, h]].map(float))
        }),
        // Palettes are 8 bits deep: this is gray.
        ColorType::Grayscale | ColorType::Indexed => each(samples, &mut target, |sample| {
            let gray = float(sample);
            bytes([gray, gray, gray, 1.0])
        }),
    }
    target
}

fn float(sample: [u8; 2]) -> f32 {
    f32::from(u16::from_be_bytes(sample)) / 65535.0
}
