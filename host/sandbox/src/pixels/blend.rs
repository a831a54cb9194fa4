//! Pictures on pictures.

use std::sync::Arc;

use super::convert::{Pixel, load, luma, store, unit};
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
    /// Puts a row of pixels over another.
    fn over(self, source: &[Pixel], opacity: f32, target: &mut [Pixel]) {
        match self {
            Self::Normal => over(source, opacity, target, |s, _| s),
            Self::Multiply => over(source, opacity, target, |s, d| s * d),
            Self::Screen => over(source, opacity, target, |s, d| s + d - s * d),
            Self::Overlay => over(source, opacity, target, |s, d| {
                if d <= 0.5 {
                    2.0 * s * d
                } else {
                    1.0 - 2.0 * (1.0 - s) * (1.0 - d)
                }
            }),
            Self::Add => over(source, opacity, target, |s, d| (s + d).min(1.0)),
        }
    }
}

/// Source over backdrop, both with straight alpha (the same document, §5.1 and §5.8):
/// `(sa * ((1 - da) * s + da * blend(s, d)) + (1 - sa) * da * d) / (sa + da * (1 - sa))`. What is transparent changes
/// nothing, nothing of what is transparent comes through, and nothing comes through what is opaque.
fn over(
    source: &[Pixel],
    opacity: f32,
    target: &mut [Pixel],
    blend: impl Fn(f32, f32) -> f32 + Copy,
) {
    for (target, s) in target.iter_mut().zip(source) {
        let d = *target;
        let (sa, da) = (unit(s[3] * opacity), unit(d[3]));
        let alpha = if da >= 1.0 { 1.0 } else { sa + da * (1.0 - sa) };
        let color = |at: usize| {
            let below = if da > 0.0 { da * d[at] } else { 0.0 };
            let mixed = between(s[at], blend(s[at], d[at]), da);
            between(below, mixed, sa) / alpha
        };
        let result = [color(0), color(1), color(2), alpha];
        *target = if sa > 0.0 { result } else { d };
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
        let length = columns.len() * to_bytes;
        let place = |row: usize| row * stride + columns.start * to_bytes;
        // Beside the picture, so that what is stopped half-way leaves what was.
        let mut pasted = vec![0; rows.len() * length];
        let mut above = vec![[0.0; 4]; columns.len()];
        let mut below = above.clone();
        for (row, target) in rows.clone().zip(pasted.chunks_exact_mut(length)) {
            if stopped() {
                return Err(PictureError::Stopped);
            }
            let theirs = source.row((row as i64 - i64::from(y)) as usize);
            let theirs = &theirs[left * from_bytes..][..columns.len() * from_bytes];
            if plain {
                target.copy_from_slice(theirs);
                continue;
            }
            load(from, theirs, &mut above);
            load(format, &self.pixels[place(row)..][..length], &mut below);
            blend.over(&above, opacity, &mut below);
            store(format, &below, target);
        }
        let mine = Arc::make_mut(&mut self.pixels);
        for (row, pasted) in rows.zip(pasted.chunks_exact(length)) {
            mine[place(row)..][..length].copy_from_slice(pasted);
        }
        Ok(())
    }

    /// Weighs this picture (where `mask` is 0) against `other` (where it is full), channel by channel. The mask's luma
    /// counts; in floats, what is below 0 counts as 0 and what is above 1 as 1.
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
        let width = self.size.width as usize;
        let stride = width * self.format.bytes_per_pixel();
        let mut mine = vec![[0.0; 4]; width];
        let (mut others, mut weights) = (mine.clone(), mine.clone());
        // Whole, so that what is stopped half-way leaves what was.
        let mut pixels = vec![0; self.pixels.len()];
        for (y, target) in pixels.chunks_exact_mut(stride).enumerate() {
            if stopped() {
                return Err(PictureError::Stopped);
            }
            load(self.format, self.row(y), &mut mine);
            load(other.format, other.row(y), &mut others);
            load(mask.format, mask.row(y), &mut weights);
            for ((mine, other), weight) in mine.iter_mut().zip(&others).zip(&weights) {
                let weight = unit(luma(*weight));
                for (mine, other) in mine.iter_mut().zip(other) {
                    *mine = between(*mine, *other, weight);
                }
            }
            store(self.format, &mine, target);
        }
        self.pixels = Arc::new(pixels);
        Ok(())
    }
}

/// From `a`, at 0, to `b`, at 1: exactly these, whatever the other is.
fn between(a: f32, b: f32, weight: f32) -> f32 {
    if weight >= 1.0 {
        b
    } else if weight > 0.0 {
        a + weight * (b - a)
    } else {
        a
    }
}
