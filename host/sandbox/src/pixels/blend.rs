//! Pictures on pictures.

use std::sync::Arc;

use super::convert::{Pixel, load, luma, store};
use super::{Picture, PictureError, Stopped};

/// How a pasted pixel `s` meets the pixel `d` below it (W3C, Compositing and Blending Level 1, §9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blend {
    /// `s`
    Normal,
    /// `s * d`
    Multiply,
    /// `s + d - s * d`
    Screen,
    /// Multiply where `d` is dark, screen where it is bright.
    Overlay,
    /// `s + d`, at most 1
    Add,
}

impl Blend {
    fn mix(self, s: f32, d: f32) -> f32 {
        match self {
            Self::Normal => s,
            Self::Multiply => s * d,
            Self::Screen => s + d - s * d,
            Self::Overlay if d <= 0.5 => 2.0 * s * d,
            Self::Overlay => 1.0 - 2.0 * (1.0 - s) * (1.0 - d),
            Self::Add => (s + d).min(1.0),
        }
    }

    /// Source over backdrop: both with straight alpha (the same document, §5.1).
    fn over(self, s: Pixel, d: Pixel) -> Pixel {
        let (sa, da) = (s[3], d[3]);
        let alpha = sa + da * (1.0 - sa);
        if alpha <= 0.0 {
            return [0.0; 4];
        }
        let color = |at: usize| {
            let mixed = (1.0 - da) * s[at] + da * self.mix(s[at], d[at]);
            (sa * mixed + (1.0 - sa) * da * d[at]) / alpha
        };
        [color(0), color(1), color(2), alpha]
    }
}

impl Picture {
    /// Puts `source` onto this picture, its top left corner at `x`, `y`. What does not overlap is left out.
    ///
    /// # Errors
    /// The opacity is not 0 to 1, or it was stopped.
    pub fn paste(
        &mut self,
        source: &Self,
        x: i32,
        y: i32,
        opacity: f32,
        blend: Blend,
        stopped: Stopped<'_>,
    ) -> Result<(), PictureError> {
        if !(0.0..=1.0).contains(&opacity) {
            return Err(PictureError::Invalid(format!(
                "opacity {opacity}, expected 0 to 1"
            )));
        }
        let overlap = |at: i32, theirs: u32, mine: u32| {
            let (at, theirs, mine) = (i64::from(at), i64::from(theirs), i64::from(mine));
            at.max(0) as usize..(at + theirs).clamp(0, mine) as usize
        };
        let columns = overlap(x, source.size.width, self.size.width);
        let rows = overlap(y, source.size.height, self.size.height);
        if columns.is_empty() || rows.is_empty() {
            return Ok(());
        }
        let (format, from) = (self.format, source.format);
        let (to_bytes, from_bytes) = (format.bytes_per_pixel(), from.bytes_per_pixel());
        let plain =
            blend == Blend::Normal && opacity == 1.0 && format == from && !format.has_alpha();
        let left = (columns.start as i64 - i64::from(x)) as usize;
        let stride = self.size.width as usize * to_bytes;
        let mine = Arc::make_mut(&mut self.pixels);
        for row in rows {
            if stopped() {
                return Err(PictureError::Stopped);
            }
            let theirs = source.row((row as i64 - i64::from(y)) as usize);
            let theirs = &theirs[left * from_bytes..][..columns.len() * from_bytes];
            let target = &mut mine[row * stride + columns.start * to_bytes..];
            let target = &mut target[..columns.len() * to_bytes];
            if plain {
                target.copy_from_slice(theirs);
                continue;
            }
            let pairs = target
                .chunks_exact_mut(to_bytes)
                .zip(theirs.chunks_exact(from_bytes));
            for (d, s) in pairs {
                let mut s = load(from, s);
                s[3] *= opacity;
                store(format, blend.over(s, load(format, d)), d);
            }
        }
        Ok(())
    }

    /// Weighs this picture (where `mask` is 0) against `other` (where it is full).
    ///
    /// # Errors
    /// Another size, or it was stopped.
    pub fn mix(
        &mut self,
        other: &Self,
        mask: &Self,
        stopped: Stopped<'_>,
    ) -> Result<(), PictureError> {
        for (name, picture) in [("other", other), ("mask", mask)] {
            if picture.size != self.size {
                return Err(PictureError::Invalid(format!(
                    "{name} is {}x{}, expected {}x{}",
                    picture.size.width, picture.size.height, self.size.width, self.size.height
                )));
            }
        }
        let format = self.format;
        let bytes = format.bytes_per_pixel();
        let stride = self.size.width as usize * bytes;
        // Whole, so that what is stopped half-way leaves what was.
        let mut pixels = self.pixels.to_vec();
        for (y, row) in pixels.chunks_exact_mut(stride).enumerate() {
            if stopped() {
                return Err(PictureError::Stopped);
            }
            let others = other.row(y).chunks_exact(other.format.bytes_per_pixel());
            let masks = mask.row(y).chunks_exact(mask.format.bytes_per_pixel());
            for ((d, o), m) in row.chunks_exact_mut(bytes).zip(others).zip(masks) {
                let weight = luma(load(mask.format, m));
                let (a, b) = (load(format, d), load(other.format, o));
                let part = |at: usize| a[at] + weight * (b[at] - a[at]);
                store(format, [part(0), part(1), part(2), part(3)], d);
            }
        }
        self.pixels = Arc::new(pixels);
        Ok(())
    }
}
