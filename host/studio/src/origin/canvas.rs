//! Bringing a picture to the size that is drawn (`resize_image` in A1111's `modules/images.py`).

use aquatint_sandbox::pixels::{Area, Blend, Filter, Picture, Size};

use super::{Asked, OriginError, never};
use crate::request::Resize;

/// The size that is drawn.
pub(super) fn size(own: Size, resize: Resize, asked: Asked) -> Result<Size, OriginError> {
    let round = |side: u32| side.next_multiple_of(asked.step);
    let size = if resize == Resize::Keep {
        let kept = Size {
            width: round(own.width),
            height: round(own.height),
        };
        let wanted = (
            asked.width.unwrap_or(kept.width),
            asked.height.unwrap_or(kept.height),
        );
        if wanted != (kept.width, kept.height) {
            return Err(OriginError::OwnSize {
                own: (kept.width, kept.height),
                asked: wanted,
            });
        }
        kept
    } else {
        // With one side given the other follows.
        let follow = |given: u32, own: u32, other: u32| {
            let side = u64::from(own) * u64::from(given) / u64::from(other);
            round(u32::try_from(side).unwrap_or(u32::MAX / 2).max(1))
        };
        let (width, height) = match (asked.width, asked.height) {
            (Some(width), Some(height)) => (width, height),
            (Some(width), None) => (width, follow(width, own.height, own.width)),
            (None, Some(height)) => (follow(height, own.width, own.height), height),
            (None, None) => (round(own.width), round(own.height)),
        };
        Size { width, height }
    };
    if size.width > asked.most || size.height > asked.most {
        return Err(OriginError::TooLarge {
            size: (size.width, size.height),
            most: asked.most,
        });
    }
    Ok(size)
}

/// A picture at that size.
pub(super) fn resized(picture: &Picture, resize: Resize, to: Size) -> Result<Picture, OriginError> {
    let own = picture.size();
    if own == to {
        return Ok(picture.clone());
    }
    match resize {
        Resize::Keep => continued(picture, (0, 0), to),
        Resize::Stretch | Resize::Latent => Ok(picture.resize(to, Filter::Lanczos3, &never)?),
        Resize::Crop => {
            let covering = scaled(own, to, |across, down| across > down);
            let large = picture.resize(covering, Filter::Lanczos3, &never)?;
            Ok(large.crop(Area {
                x: (covering.width - to.width) / 2,
                y: (covering.height - to.height) / 2,
                width: to.width,
                height: to.height,
            })?)
        }
        Resize::Fill => {
            let fitting = scaled(own, to, |across, down| across < down);
            let small = picture.resize(fitting, Filter::Lanczos3, &never)?;
            let left = (to.width - fitting.width) / 2;
            let top = (to.height - fitting.height) / 2;
            continued(&small, (left, top), to)
        }
    }
}

/// One side as wanted, the other in proportion. `across` and `down` are the shapes of what is wanted and what is there.
fn scaled(own: Size, to: Size, follows_width: impl Fn(u64, u64) -> bool) -> Size {
    let wanted = u64::from(to.width) * u64::from(own.height);
    let there = u64::from(own.width) * u64::from(to.height);
    let by = |side: u32, to: u32, from: u32| {
        let side = u64::from(side) * u64::from(to) / u64::from(from);
        u32::try_from(side).unwrap_or(u32::MAX).max(1)
    };
    if follows_width(wanted, there) {
        Size {
            width: to.width,
            height: by(own.height, to.width, own.width),
        }
    } else {
        Size {
            width: by(own.width, to.height, own.height),
            height: to.height,
        }
    }
}

/// A picture with its edges continued, its top left corner at `left`, `top`.
pub(super) fn continued(
    picture: &Picture,
    (left, top): (u32, u32),
    to: Size,
) -> Result<Picture, OriginError> {
    let own = picture.size();
    let mut canvas = Picture::new(to, picture.format())?;
    let (right, bottom) = (own.width - 1, own.height - 1);
    // Edges first, then corners, then the picture over them.
    let strips = [
        // Above and below.
        (0, 0, own.width, 1, left, 0, own.width, top),
        (
            0,
            bottom,
            own.width,
            1,
            left,
            top + own.height,
            own.width,
            to.height - top - own.height,
        ),
    ];
    for (x, y, width, height, at_x, at_y, new_width, new_height) in strips {
        if new_height == 0 || new_width == 0 {
            continue;
        }
        let strip = picture.crop(Area {
            x,
            y,
            width,
            height,
        })?;
        let size = Size {
            width: new_width,
            height: new_height,
        };
        let strip = strip.resize(size, Filter::Nearest, &never)?;
        paste(&mut canvas, &strip, at_x, at_y)?;
    }
    paste(&mut canvas, picture, left, top)?;
    // Left and right of all that, corners with them.
    let whole = canvas.clone();
    for (x, at_x, width) in [
        (left, 0, left),
        (left + right, left + own.width, to.width - left - own.width),
    ] {
        if width == 0 {
            continue;
        }
        let column = whole.crop(Area {
            x,
            y: 0,
            width: 1,
            height: to.height,
        })?;
        let size = Size {
            width,
            height: to.height,
        };
        let strip = column.resize(size, Filter::Nearest, &never)?;
        paste(&mut canvas, &strip, at_x, 0)?;
    }
    Ok(canvas)
}

fn paste(canvas: &mut Picture, picture: &Picture, x: u32, y: u32) -> Result<(), OriginError> {
    // Sizes of pictures are far below what 31 bits hold.
    let at = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    canvas.paste(picture, at(x), at(y), 1.0, Blend::Normal, &never)?;
    Ok(())
}
