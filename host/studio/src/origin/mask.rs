//! Masks: what is white may change.

use aquatint_sandbox::pixels::{Area, Picture, PictureError, PixelFormat, Size};

/// Black for white.
pub(super) fn inverted(mask: &Picture) -> Result<Picture, PictureError> {
    each(mask, |value| 255 - value)
}

/// Twice as bright: where the mask fades, what was drawn shows more than half.
pub(super) fn doubled(mask: &Picture) -> Result<Picture, PictureError> {
    each(mask, |value| value.saturating_mul(2))
}

fn each(mask: &Picture, change: impl Fn(u8) -> u8) -> Result<Picture, PictureError> {
    let values = mask.pixels().iter().map(|value| change(*value)).collect();
    Picture::from_pixels(mask.size(), PixelFormat::Gray8, values)
}

/// The part of a picture that is drawn, by its edges: `left..right`, `top..bottom`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
    whole: Size,
}

impl Region {
    /// Around everything that is not black.
    pub(super) fn of(mask: &Picture) -> Option<Self> {
        let whole = mask.size();
        let mut found: Option<Self> = None;
        let rows = mask.pixels().chunks_exact(whole.width as usize);
        for (y, row) in (0..).zip(rows) {
            let Some(first) = row.iter().position(|value| *value > 0) else {
                continue;
            };
            let last = row.iter().rposition(|value| *value > 0).unwrap_or(first);
            let (left, right) = (first as u32, last as u32 + 1);
            let region = found.get_or_insert(Self {
                left,
                top: y,
                right,
                bottom: y + 1,
                whole,
            });
            region.left = region.left.min(left);
            region.right = region.right.max(right);
            region.bottom = y + 1;
        }
        found
    }

    /// Larger by so many pixels on each side, as far as the picture goes.
    pub(super) fn with_padding(self, padding: u32) -> Self {
        Self {
            left: self.left.saturating_sub(padding),
            top: self.top.saturating_sub(padding),
            right: (self.right + padding).min(self.whole.width),
            bottom: (self.bottom + padding).min(self.whole.height),
            ..self
        }
    }

    /// Larger until it has the shape of what is drawn, as far as the picture goes (`expand_crop_region` in A1111's
    /// `modules/masking.py`).
    pub(super) fn shaped_as(self, canvas: Size) -> Self {
        let (width, height) = (self.right - self.left, self.bottom - self.top);
        let wider = u64::from(width) * u64::from(canvas.height)
            > u64::from(canvas.width) * u64::from(height);
        let mut region = self;
        if wider {
            let wanted = u64::from(width) * u64::from(canvas.height) / u64::from(canvas.width);
            let more = u32::try_from(wanted)
                .unwrap_or(u32::MAX)
                .saturating_sub(height);
            (region.top, region.bottom) = grown(self.top, self.bottom, more, self.whole.height);
        } else {
            let wanted = u64::from(height) * u64::from(canvas.width) / u64::from(canvas.height);
            let more = u32::try_from(wanted)
                .unwrap_or(u32::MAX)
                .saturating_sub(width);
            (region.left, region.right) = grown(self.left, self.right, more, self.whole.width);
        }
        region
    }

    pub(super) fn area(self) -> Area {
        Area {
            x: self.left,
            y: self.top,
            width: self.right - self.left,
            height: self.bottom - self.top,
        }
    }
}

/// `from..to` with so many more, half on each side, moved back into `0..end`.
fn grown(from: u32, to: u32, more: u32, end: u32) -> (u32, u32) {
    let (from, to, end) = (i64::from(from), i64::from(to), i64::from(end));
    let half = i64::from(more / 2);
    let (mut from, mut to) = (from - half, to + i64::from(more) - half);
    if to > end {
        from -= to - end;
        to = end;
    }
    if from < 0 {
        to = (to - from).min(end);
        from = 0;
    }
    let side = |value: i64| u32::try_from(value).unwrap_or(0);
    (side(from), side(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Size = Size {
        width: 100,
        height: 80,
    };

    fn region(left: u32, top: u32, right: u32, bottom: u32) -> Region {
        Region {
            left,
            top,
            right,
            bottom,
            whole: WHOLE,
        }
    }

    #[test]
    fn a_region_is_what_is_not_black() {
        let mut pixels = vec![0; 8000];
        assert!(
            Region::of(
                &Picture::from_pixels(WHOLE, PixelFormat::Gray8, pixels.clone())
                    .expect("a picture")
            )
            .is_none()
        );
        pixels[20 * 100 + 30] = 1;
        pixels[41 * 100 + 12] = 255;
        let mask = Picture::from_pixels(WHOLE, PixelFormat::Gray8, pixels).expect("a picture");
        assert_eq!(Region::of(&mask), Some(region(12, 20, 31, 42)));
    }

    #[test]
    fn it_takes_the_shape_of_what_is_drawn_and_stays_in_the_picture() {
        let square = Size {
            width: 64,
            height: 64,
        };
        let shaped = |it: Region| it.shaped_as(square);
        assert_eq!(shaped(region(40, 30, 60, 40)), region(40, 25, 60, 45));
        assert_eq!(shaped(region(0, 0, 40, 10)), region(0, 0, 40, 40));
        assert_eq!(shaped(region(60, 70, 90, 80)), region(60, 50, 90, 80));
        // There is no more of it.
        assert_eq!(shaped(region(0, 0, 100, 80)), region(0, 0, 100, 80));
        assert_eq!(region(5, 5, 95, 75).with_padding(9), region(0, 0, 100, 80));
    }
}
