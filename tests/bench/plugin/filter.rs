//! The filter that is measured: a film's look. Compiled into the plugin and into the program that it is measured against,
//! so this is the same source both ways.
//!
//! Colours become linear light, are mixed by a matrix, get grain, and become sRGB again; both curves are approximations
//! without tables. Four pixels at a time, in vectors that both machines have.

use wide::bytemuck::cast;
use wide::{f32x4, i32x4, u32x4};

/// Pixels that are worked on side by side.
const LANES: usize = 4;
/// Of 1, x, x² and x³: sRGB to linear light, within 0.002.
const TO_LINEAR: [f32; 3] = [0.012_521_84, 0.682_174_1, 0.305_304_06];
/// Of the second, fourth and eighth root: linear light to sRGB, within 0.02.
const FROM_LINEAR: [f32; 3] = [0.599_851_27, 0.747_011_08, -0.346_862_35];
/// Warmer, with less colour. Each row sums to nearly 1.
const MATRIX: [[f32; 3]; 3] = [[0.86, 0.12, 0.05], [0.08, 0.84, 0.07], [0.06, 0.14, 0.76]];
const GRAIN: f32 = 0.04;

/// Filters RGBA pixels in place. `first` is the place of the first of them in the picture, counted from 0: grain is the
/// same however the picture is cut.
pub(crate) fn develop(pixels: &mut [u8], first: u32) {
    let (pixels, _) = pixels.as_chunks_mut::<4>();
    let (blocks, rest) = pixels.as_chunks_mut::<LANES>();
    let mut place = first;
    for block in blocks {
        *block = cast(developed(cast(*block), place));
        place = place.wrapping_add(LANES as u32);
    }
    let mut last = [[0; 4]; LANES];
    last[..rest.len()].copy_from_slice(rest);
    let last: [[u8; 4]; LANES] = cast(developed(cast(last), place));
    rest.copy_from_slice(&last[..rest.len()]);
}

/// Pixels as little-endian machines read them: red in the lowest byte.
fn developed(pixels: u32x4, first: u32) -> u32x4 {
    let linear = [0, 8, 16].map(|shift| to_linear((pixels >> shift) & u32x4::splat(255)));
    let grain = grain(first);
    let mut done = pixels & u32x4::splat(0xff00_0000);
    for (shift, row) in [0, 8, 16].into_iter().zip(MATRIX) {
        let [red, green, blue] = linear;
        let mixed = red * row[0] + green * row[1] + blue * row[2];
        done |= from_linear(mixed, grain) << shift;
    }
    done
}

fn to_linear(bytes: u32x4) -> f32x4 {
    let x = cast::<_, i32x4>(bytes).round_float() * (1.0 / 255.0);
    x * ((x * TO_LINEAR[2] + TO_LINEAR[1]) * x + TO_LINEAR[0])
}

fn from_linear(linear: f32x4, grain: f32x4) -> u32x4 {
    let second = clamp(linear).sqrt();
    let fourth = second.sqrt();
    let eighth = fourth.sqrt();
    let encoded = second * FROM_LINEAR[0] + fourth * FROM_LINEAR[1] + eighth * FROM_LINEAR[2];
    cast((clamp(encoded + grain) * 255.0 + 0.5).trunc_int())
}

/// Numbers from -`GRAIN` / 2 to `GRAIN` / 2, out of the places of pixels.
fn grain(first: u32) -> f32x4 {
    let places = u32x4::splat(first) + u32x4::from([0, 1, 2, 3]);
    let mut hash = places * u32x4::splat(0x9e37_79b1);
    hash = (hash ^ (hash >> 15)) * u32x4::splat(0x85eb_ca77);
    hash ^= hash >> 13;
    // 24 bits, which a float has exactly.
    let unit = cast::<_, i32x4>(hash >> 8).round_float() * (1.0 / 16_777_216.0);
    (unit - 0.5) * GRAIN
}

/// To 0 to 1.
fn clamp(values: f32x4) -> f32x4 {
    values.fast_max(f32x4::ZERO).fast_min(f32x4::ONE)
}
