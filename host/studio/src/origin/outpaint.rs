//! Drawing around a picture.

use aquatint_sandbox::pixels::{Area, Picture, PictureError, PixelFormat, Size};

use super::{OriginError, canvas};
use crate::request::Outpaint;

fn size(own: Size, outpaint: &Outpaint) -> Result<Size, PictureError> {
    let size = Size {
        width: own.width + outpaint.left + outpaint.right,
        height: own.height + outpaint.up + outpaint.down,
    };
    size.check()?;
    Ok(size)
}

/// The picture with its edges continued.
pub(super) fn widened(picture: &Picture, outpaint: &Outpaint) -> Result<Picture, OriginError> {
    if outpaint.is_nothing() {
        return Ok(picture.clone());
    }
    let size = size(picture.size(), outpaint)?;
    canvas::continued(picture, (outpaint.left, outpaint.up), size)
}

/// The mask, black where there is none, with everything around it white.
pub(super) fn widened_mask(
    mask: Option<Picture>,
    own: Size,
    outpaint: &Outpaint,
) -> Result<Picture, OriginError> {
    let mask = match mask {
        Some(mask) if outpaint.is_nothing() => return Ok(mask),
        Some(mask) => mask,
        None => Picture::new(own, PixelFormat::Gray8)?,
    };
    let size = size(own, outpaint)?;
    let white = vec![255; (size.width * size.height) as usize];
    let mut wide = Picture::from_pixels(size, PixelFormat::Gray8, white)?;
    let inside = Area {
        x: outpaint.left,
        y: outpaint.up,
        width: own.width,
        height: own.height,
    };
    wide.write(inside, mask.pixels())?;
    Ok(wide)
}
