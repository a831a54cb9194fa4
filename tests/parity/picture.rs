//! Pictures as bytes.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Red, green and blue, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// Reads an 8-bit PNG; an alpha channel must be opaque.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let fail = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let file = File::open(path).map_err(|error| fail(&error))?;
        let mut reader = png::Decoder::new(BufReader::new(file))
            .read_info()
            .map_err(|error| fail(&error))?;
        let size = reader
            .output_buffer_size()
            .ok_or_else(|| fail(&"too large"))?;
        let mut bytes = vec![0; size];
        let info = reader
            .next_frame(&mut bytes)
            .map_err(|error| fail(&error))?;
        bytes.truncate(info.buffer_size());
        if info.bit_depth != png::BitDepth::Eight {
            return Err(fail(&"not 8 bits a channel"));
        }
        let pixels = match info.color_type {
            png::ColorType::Rgb => bytes.as_chunks::<3>().0.to_vec(),
            png::ColorType::Rgba if bytes.iter().skip(3).step_by(4).all(|&alpha| alpha == 255) => {
                bytes
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .map(|&[r, g, b, _]| [r, g, b])
                    .collect()
            }
            other => return Err(fail(&format!("unexpected {other:?} pixels"))),
        };
        Ok(Self {
            width: info.width as usize,
            height: info.height as usize,
            pixels,
        })
    }

    /// A part of it.
    pub(crate) fn cut(&self, x: usize, y: usize, width: usize, height: usize) -> Self {
        let rows = (y..y + height).map(|row| &self.pixels[row * self.width + x..][..width]);
        Self {
            width,
            height,
            pixels: rows.flatten().copied().collect(),
        }
    }
}
