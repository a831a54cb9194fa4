//! Blurring as Pillow does it, which A1111 fills masks with: a Gaussian as three boxes (P. Gwosdek and others,
//! "Theoretical foundations of Gaussian convolution by extended box filtering", 2011), a byte after each.

const PASSES: usize = 3;
/// Weights are whole numbers of this many bits.
const BITS: u32 = 24;

/// Four channels, blurred by a standard deviation of `radius` pixels. Edges go on.
pub(super) fn gaussian(pixels: &[u8], width: usize, height: usize, radius: f64) -> Vec<u8> {
    let mut blurred = pixels.to_vec();
    if radius <= 0.0 {
        return blurred;
    }
    let radius = box_radius(radius);
    for (long, lines) in [(width, height), (height, width)] {
        for line in blurred.chunks_mut(long * 4) {
            for _ in 0..PASSES {
                blur_line(line, radius);
            }
        }
        blurred = transposed(&blurred, long, lines);
    }
    blurred
}

/// Half the width of a box, of which there are [`PASSES`], less the half pixel in its middle.
fn box_radius(deviation: f64) -> f64 {
    let variance = deviation * deviation / PASSES as f64;
    let length = (12.0 * variance + 1.0).sqrt();
    let whole = ((length - 1.0) / 2.0).floor();
    let part = (2.0 * whole + 1.0) * (whole * (whole + 1.0) - 3.0 * variance)
        / (6.0 * (variance - (whole + 1.0) * (whole + 1.0)));
    whole + part
}

fn blur_line(line: &mut [u8], radius: f64) {
    let one = 1_u64 << BITS;
    let whole = radius as usize;
    let weight = (one as f64 / (radius * 2.0 + 1.0)) as u64;
    // What is left of the box lies half on the pixel before and half on the one after.
    let edge = (one - (whole as u64 * 2 + 1) * weight) / 2;
    let given = line.to_vec();
    let count = given.len() / 4;
    let at = |x: isize, channel: usize| {
        let x = x.clamp(0, count as isize - 1) as usize;
        u64::from(given[x * 4 + channel])
    };
    let reach = whole as isize;
    for channel in 0..4 {
        let mut sum: u64 = (-reach..=reach).map(|x| at(x, channel)).sum();
        for x in 0..count as isize {
            let edges = at(x - reach - 1, channel) + at(x + reach + 1, channel);
            let value = (sum * weight + edges * edge + one / 2) >> BITS;
            line[x as usize * 4 + channel] = value.min(255) as u8;
            sum = sum + at(x + reach + 1, channel) - at(x - reach, channel);
        }
    }
}

fn transposed(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let mut turned = Vec::with_capacity(pixels.len());
    for x in 0..width {
        for y in 0..height {
            turned.extend_from_slice(&pixels[(y * width + x) * 4..][..4]);
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_stays_flat_and_light_is_kept() {
        let flat = [9, 130, 255, 77].repeat(12 * 7);
        assert_eq!(gaussian(&flat, 12, 7, 4.0), flat);
        let mut dot = vec![0; 4 * 31 * 31];
        dot[(15 * 31 + 15) * 4..][..4].fill(255);
        let blurred = gaussian(&dot, 31, 31, 2.0);
        let light: u32 = blurred
            .iter()
            .step_by(4)
            .map(|value| u32::from(*value))
            .sum();
        assert!((200..=310).contains(&light), "{light}");
        // As far to the right as to the left, and as far down.
        let red = |x: usize, y: usize| blurred[(y * 31 + x) * 4];
        for i in 0..15 {
            assert_eq!(red(15 + i, 15), red(15 - i, 15));
            assert_eq!(red(15 + i, 15), red(15, 15 + i));
        }
    }

    /// `ImageFilter.GaussianBlur(2)` of Pillow 13.0 of a line 0, 0, 0, 255, 255, 0, 10, 0, 90 in RGBa.
    #[test]
    fn a_line_is_blurred_as_by_pillow() {
        let line = [0, 0, 0, 255, 255, 0, 10, 0, 90];
        let pixels: Vec<u8> = line.iter().flat_map(|value| [*value; 4]).collect();
        let blurred = gaussian(&pixels, 9, 1, 2.0);
        let red: Vec<u8> = blurred.iter().step_by(4).copied().collect();
        assert_eq!(red, PILLOW);
    }

    const PILLOW: [u8; 9] = [31, 51, 76, 94, 97, 87, 71, 58, 52];
}
