//! The filter that is measured: a film's look. Compiled into the plugin and into the program that it is measured against,
//! so this is the same source both ways.
//!
//! Colours become linear light, are mixed by a matrix, get grain, and become sRGB again; both curves are approximations
//! without tables, so that the compiler can make vectors of all of it.

/// Pixels that are worked on side by side.
const LANES: usize = 16;
/// Of 1, x, x² and x³: sRGB to linear light, within 0.002.
const TO_LINEAR: [f32; 3] = [0.012_521_84, 0.682_174_1, 0.305_304_06];
/// Of the second, fourth and eighth root: linear light to sRGB, within 0.02.
const FROM_LINEAR: [f32; 3] = [0.599_851_27, 0.747_011_08, -0.346_862_35];
/// Warmer, with less colour. Each row sums to nearly 1.
const MATRIX: [[f32; 3]; 3] = [[0.86, 0.12, 0.05], [0.08, 0.84, 0.07], [0.06, 0.14, 0.76]];
const GRAIN: f32 = 0.04;

type Lanes = [f32; LANES];

/// Filters RGBA pixels in place. `first` is the place of the first of them in the picture, counted from 0: grain is the
/// same however the picture is cut.
pub(crate) fn develop(pixels: &mut [u8], first: u32) {
    let (blocks, rest) = pixels.as_chunks_mut::<{ 4 * LANES }>();
    let mut place = first;
    for block in blocks {
        develop_block(block, place);
        place = place.wrapping_add(LANES as u32);
    }
    let mut last = [0; 4 * LANES];
    last[..rest.len()].copy_from_slice(rest);
    develop_block(&mut last, place);
    rest.copy_from_slice(&last[..rest.len()]);
}

fn develop_block(block: &mut [u8; 4 * LANES], first: u32) {
    let mut linear = [[0.0; LANES]; 3];
    for lane in 0..LANES {
        for (channel, values) in linear.iter_mut().enumerate() {
            values[lane] = f32::from(block[4 * lane + channel]);
        }
    }
    for values in &mut linear {
        for value in values {
            let x = *value * (1.0 / 255.0);
            *value = x * (TO_LINEAR[0] + x * (TO_LINEAR[1] + x * TO_LINEAR[2]));
        }
    }
    let grain = grain(first);
    for (channel, row) in MATRIX.iter().enumerate() {
        let mut bytes = [0; LANES];
        for lane in 0..LANES {
            let [red, green, blue] = [linear[0][lane], linear[1][lane], linear[2][lane]];
            let mixed = row[0] * red + row[1] * green + row[2] * blue;
            let second = clamp(mixed).sqrt();
            let fourth = second.sqrt();
            let eighth = fourth.sqrt();
            let encoded =
                FROM_LINEAR[0] * second + FROM_LINEAR[1] * fourth + FROM_LINEAR[2] * eighth;
            bytes[lane] = (clamp(encoded + grain[lane]) * 255.0 + 0.5) as i32 as u8;
        }
        for (lane, byte) in bytes.iter().enumerate() {
            block[4 * lane + channel] = *byte;
        }
    }
}

/// Numbers from -`GRAIN` / 2 to `GRAIN` / 2, out of the places of pixels.
fn grain(first: u32) -> Lanes {
    let mut noise = [0.0; LANES];
    for (lane, value) in noise.iter_mut().enumerate() {
        let mut hash = first.wrapping_add(lane as u32).wrapping_mul(0x9e37_79b1);
        hash = (hash ^ (hash >> 15)).wrapping_mul(0x85eb_ca77);
        hash ^= hash >> 13;
        // 24 bits, which a float has exactly.
        let unit = (hash >> 8) as i32 as f32 * (1.0 / 16_777_216.0);
        *value = (unit - 0.5) * GRAIN;
    }
    noise
}

/// To 0 to 1, in the way that becomes one instruction for each side.
fn clamp(value: f32) -> f32 {
    let value = if value > 0.0 { value } else { 0.0 };
    if value < 1.0 { value } else { 1.0 }
}
