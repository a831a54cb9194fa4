//! Filling the masked part with what is around it.

use aquatint_sandbox::pixels::{Blend, Picture, PixelFormat};

use super::box_blur::gaussian;
use super::{OriginError, never};

/// Blurs of what is kept, the widest first, and how often each is laid over the others (`fill` in A1111's
/// `modules/masking.py`).
const BLURS: [(f64, usize); 6] = [
    (256.0, 1),
    (64.0, 1),
    (16.0, 2),
    (4.0, 4),
    (2.0, 2),
    (0.0, 1),
];

/// The picture with what the mask is white on filled.
pub(super) fn filled(picture: &Picture, mask: &Picture) -> Result<Picture, OriginError> {
    let size = picture.size();
    let (width, height) = (size.width as usize, size.height as usize);
    // Premultiplied, so that what is masked bleeds into nothing.
    let kept: Vec<u8> = picture
        .pixels()
        .as_chunks::<3>()
        .0
        .iter()
        .zip(mask.pixels())
        .flat_map(|([red, green, blue], mask)| {
            let kept = 255 - mask;
            [*red, *green, *blue, 255].map(|value| divided(u32::from(value) * u32::from(kept)))
        })
        .collect();
    let mut filled = Picture::new(size, PixelFormat::Rgba8)?;
    for (radius, times) in BLURS {
        let blurred = gaussian(&kept, width, height, radius);
        let straight = blurred
            .as_chunks::<4>()
            .0
            .iter()
            .flat_map(|pixel| straight(*pixel))
            .collect();
        let blurred = Picture::from_pixels(size, PixelFormat::Rgba8, straight)?;
        for _ in 0..times {
            filled.paste(&blurred, 0, 0, 1.0, Blend::Normal, &never)?;
        }
    }
    // Without its transparency: where nothing reached it stays black, as in A1111.
    let rgb = filled
        .pixels()
        .as_chunks::<4>()
        .0
        .iter()
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    Ok(Picture::from_pixels(size, PixelFormat::Rgb8, rgb)?)
}

/// By 255, rounded.
fn divided(product: u32) -> u8 {
    ((product + 127) / 255) as u8
}

fn straight([red, green, blue, alpha]: [u8; 4]) -> [u8; 4] {
    if alpha == 0 {
        return [red, green, blue, alpha];
    }
    let up = |value: u8| (255 * u32::from(value) / u32::from(alpha)).min(255) as u8;
    [up(red), up(green), up(blue), alpha]
}
