//! Pictures, as the host holds them for plugins: `wit/image.wit` says what each operation does.
//!
//! All arithmetic is plain 32-bit floats in a fixed order, so the same picture comes out of every machine.

mod blend;
mod blur;
mod convert;
mod convolve;
mod error;
mod filter;
mod metadata;
mod png_file;
mod premultiplied;

use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::settings::Color;

pub use blend::Blend;
pub use error::PictureError;
pub use filter::Filter;

/// The longest side.
pub const LONGEST_SIDE: u32 = 16_384;

/// How a pixel is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// Red, green, blue.
    Rgb8,
    /// Red, green, blue, alpha; not premultiplied.
    Rgba8,
    /// Luma.
    Gray8,
    /// Red, green, blue, alpha as little-endian 32-bit floats, 0 to 1.
    RgbaF32,
}

impl PixelFormat {
    /// Bytes of one pixel.
    #[must_use]
    pub const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Gray8 => 1,
            Self::Rgb8 => 3,
            Self::Rgba8 => 4,
            Self::RgbaF32 => 16,
        }
    }

    /// Whether pixels can be transparent.
    #[must_use]
    pub const fn has_alpha(self) -> bool {
        matches!(self, Self::Rgba8 | Self::RgbaF32)
    }

    /// The contract's name for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rgb8 => "rgb8",
            Self::Rgba8 => "rgba8",
            Self::Gray8 => "gray8",
            Self::RgbaF32 => "rgba-f32",
        }
    }
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    /// Whether a picture may have it.
    ///
    /// # Errors
    /// A side is 0 or above 16384.
    pub fn check(self) -> Result<(), PictureError> {
        let fits = |side| (1..=LONGEST_SIDE).contains(&side);
        if fits(self.width) && fits(self.height) {
            return Ok(());
        }
        Err(PictureError::Invalid(format!(
            "size {}x{}, expected sides of 1 to {LONGEST_SIDE}",
            self.width, self.height
        )))
    }

    /// How many pixels that are.
    #[must_use]
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// A rectangle inside a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Area {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Asked by what takes long whether to give up.
pub type Stopped<'a> = &'a dyn Fn() -> bool;

/// A picture. Clones share their pixels until one is changed.
#[derive(Clone, PartialEq)]
pub struct Picture {
    size: Size,
    format: PixelFormat,
    pixels: Arc<Vec<u8>>,
    metadata: Vec<(String, String)>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Size { width, height } = self.size;
        write!(f, "Picture({width}x{height} {})", self.format.name())
    }
}

impl Picture {
    /// All zero.
    ///
    /// # Errors
    /// The size is none.
    pub fn new(size: Size, format: PixelFormat) -> Result<Self, PictureError> {
        size.check()?;
        Ok(Self::filled(size, format))
    }

    fn filled(size: Size, format: PixelFormat) -> Self {
        let bytes = size.pixels() as usize * format.bytes_per_pixel();
        Self {
            size,
            format,
            pixels: Arc::new(vec![0; bytes]),
            metadata: Vec::new(),
        }
    }

    /// From pixels, row by row.
    ///
    /// # Errors
    /// The size is none, or the bytes are not as many as it needs.
    pub fn from_pixels(
        size: Size,
        format: PixelFormat,
        pixels: Vec<u8>,
    ) -> Result<Self, PictureError> {
        size.check()?;
        let expected = size.pixels() * format.bytes_per_pixel() as u64;
        check_length(pixels.len(), expected)?;
        Ok(Self {
            size,
            format,
            pixels: Arc::new(pixels),
            metadata: Vec::new(),
        })
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// How pixels are stored.
    #[must_use]
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// All pixels.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Takes everything out and leaves a picture of nothing.
    pub(crate) fn take(&mut self) -> Self {
        let nothing = Self {
            size: Size {
                width: 0,
                height: 0,
            },
            format: self.format,
            pixels: Arc::default(),
            metadata: Vec::new(),
        };
        std::mem::replace(self, nothing)
    }

    /// All pixels, not copied: they stay as they are now, whatever becomes of the picture.
    pub(crate) fn share(&self) -> Bytes {
        struct Shared(Arc<Vec<u8>>);

        impl AsRef<[u8]> for Shared {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
        Bytes::from_owner(Shared(self.pixels.clone()))
    }

    /// The pixels of a window, like [`Self::read`]; not copied if it is as wide as the picture.
    pub(crate) fn share_window(&self, area: Area) -> Result<Bytes, PictureError> {
        self.check_area(area)?;
        if area.width < self.size.width {
            return Ok(self.read(area)?.into());
        }
        let stride = self.size.width as usize * self.format.bytes_per_pixel();
        let start = area.y as usize * stride;
        Ok(self
            .share()
            .slice(start..start + area.height as usize * stride))
    }

    /// All pixels, without a copy if nobody shares them.
    #[must_use]
    pub fn into_pixels(self) -> Vec<u8> {
        Arc::unwrap_or_clone(self.pixels)
    }

    /// Whether an area is inside.
    ///
    /// # Errors
    /// It is not, or has no pixels.
    pub fn check_area(&self, area: Area) -> Result<(), PictureError> {
        let inside = |start: u32, length: u32, side: u32| {
            length > 0 && u64::from(start) + u64::from(length) <= u64::from(side)
        };
        if inside(area.x, area.width, self.size.width)
            && inside(area.y, area.height, self.size.height)
        {
            return Ok(());
        }
        Err(PictureError::Invalid(format!(
            "area {}x{} at {},{}, expected one inside {}x{}",
            area.width, area.height, area.x, area.y, self.size.width, self.size.height
        )))
    }

    /// The bytes of each row of an area, which is inside.
    fn rows(&self, area: Area) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let bytes = self.format.bytes_per_pixel();
        let stride = self.size.width as usize * bytes;
        let (left, length) = (area.x as usize * bytes, area.width as usize * bytes);
        (area.y as usize..(area.y + area.height) as usize).map(move |y| {
            let start = y * stride + left;
            start..start + length
        })
    }

    fn row(&self, y: usize) -> &[u8] {
        let stride = self.size.width as usize * self.format.bytes_per_pixel();
        &self.pixels[y * stride..][..stride]
    }

    /// The pixels of a window.
    ///
    /// # Errors
    /// It is not inside.
    pub fn read(&self, area: Area) -> Result<Vec<u8>, PictureError> {
        self.check_area(area)?;
        let mut pixels = Vec::with_capacity(
            area.width as usize * area.height as usize * self.format.bytes_per_pixel(),
        );
        for row in self.rows(area) {
            pixels.extend_from_slice(&self.pixels[row]);
        }
        Ok(pixels)
    }

    /// Replaces the pixels of a window.
    ///
    /// # Errors
    /// It is not inside, or the bytes are not as many as it needs.
    pub fn write(&mut self, area: Area, pixels: &[u8]) -> Result<(), PictureError> {
        self.check_area(area)?;
        let row = area.width as usize * self.format.bytes_per_pixel();
        check_length(pixels.len(), row as u64 * u64::from(area.height))?;
        let rows = self.rows(area);
        let mine = Arc::make_mut(&mut self.pixels);
        for (target, source) in rows.zip(pixels.chunks(row)) {
            mine[target].copy_from_slice(source);
        }
        Ok(())
    }

    /// Replaces all pixels.
    ///
    /// # Errors
    /// The bytes are not as many as there are.
    pub fn write_all(&mut self, pixels: &[u8]) -> Result<(), PictureError> {
        check_length(pixels.len(), self.pixels.len() as u64)?;
        match Arc::get_mut(&mut self.pixels) {
            Some(mine) => mine.copy_from_slice(pixels),
            None => self.pixels = Arc::new(pixels.to_vec()),
        }
        Ok(())
    }

    /// Sets every pixel of a window to one colour.
    ///
    /// # Errors
    /// It is not inside.
    pub fn fill(&mut self, area: Area, color: Color) -> Result<(), PictureError> {
        self.check_area(area)?;
        let row = convert::from_color(color, self.format).repeat(area.width as usize);
        let rows = self.rows(area);
        let mine = Arc::make_mut(&mut self.pixels);
        for target in rows {
            mine[target].copy_from_slice(&row);
        }
        Ok(())
    }

    /// A copy of a window.
    ///
    /// # Errors
    /// It is not inside.
    pub fn crop(&self, area: Area) -> Result<Self, PictureError> {
        let size = Size {
            width: area.width,
            height: area.height,
        };
        Ok(Self {
            size,
            format: self.format,
            pixels: Arc::new(self.read(area)?),
            metadata: self.metadata.clone(),
        })
    }

    /// The name of these pixels: the same pixels always have the same.
    #[must_use]
    pub fn content_name(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.format.name());
        hash.update(self.size.width.to_le_bytes());
        hash.update(self.size.height.to_le_bytes());
        hash.update(self.pixels.as_slice());
        let digest: [u8; 32] = hash.finalize().into();
        crate::digest::Digest::from_bytes(digest).to_string()
    }
}

fn check_length(found: usize, expected: u64) -> Result<(), PictureError> {
    if found as u64 == expected {
        return Ok(());
    }
    Err(PictureError::Invalid(format!(
        "{found} bytes of pixels, expected {expected}"
    )))
}

#[cfg(test)]
mod tests;
