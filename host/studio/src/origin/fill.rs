//! Filling the masked part with what is around it.

use aquatint_sandbox::pixels::{Blend, Picture, PixelFormat};

use super::{OriginError, never};

/// Blurs of what is kept, the widest first, and how often each is laid over the others (`fill` in A1111's
/// `modules/masking.py`).
const BLURS: [(f32, usize); 6] = [
    (256.0, 1),
    (64.0, 1),
    (16.0, 2),
    (4.0, 4),
    (2.0, 2),
    (0.0, 1),
];

/// The picture with what the mask is white on filled.
pub(super) fn filled(picture: &Picture, mask: &Picture) -> Result<Picture, OriginError> {
    let pixels = picture
        .pixels()
        .chunks_exact(3)
        .zip(mask.pixels())
        .flat_map(|(rgb, mask)| [rgb[0], rgb[1], rgb[2], 255 - mask])
        .collect();
    let kept = Picture::from_pixels(picture.size(), PixelFormat::Rgba8, pixels)?;
    let mut filled = Picture::new(picture.size(), PixelFormat::Rgba8)?;
    for (radius, times) in BLURS {
        let blurred = kept.blur(radius, &never)?;
        for _ in 0..times {
            filled.paste(&blurred, 0, 0, 1.0, Blend::Normal, &never)?;
        }
    }
    // Without its transparency: where nothing reached it stays black, as in A1111.
    let rgb = filled
        .pixels()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    Ok(Picture::from_pixels(
        picture.size(),
        PixelFormat::Rgb8,
        rgb,
    )?)
}
