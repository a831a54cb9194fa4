//! sRGB as CIELAB (white D65) and back: where a step of a size looks about the same everywhere.

/// Linear sRGB to XYZ, each row divided by the white's part, so that white is 1, 1, 1 (IEC 61966-2-1).
const TO_XYZ: [[f32; 3]; 3] = [
    [
        0.412_456_4 / 0.950_47,
        0.357_576_1 / 0.950_47,
        0.180_437_5 / 0.950_47,
    ],
    [0.212_672_9, 0.715_152_2, 0.072_175],
    [
        0.019_333_9 / 1.088_83,
        0.119_192 / 1.088_83,
        0.950_304_1 / 1.088_83,
    ],
];
const FROM_XYZ: [[f32; 3]; 3] = [
    [
        3.240_454_2 * 0.950_47,
        -1.537_138_5,
        -0.498_531_4 * 1.088_83,
    ],
    [-0.969_266 * 0.950_47, 1.876_010_8, 0.041_556 * 1.088_83],
    [0.055_643_4 * 0.950_47, -0.204_025_9, 1.057_225_2 * 1.088_83],
];
/// Below this the cube root is replaced by a line: (6 / 29)^3.
const DARK: f32 = 216.0 / 24_389.0;
const SLOPE: f32 = 24_389.0 / 27.0;

/// What is between these points of a curve is taken as straight: wrong by a hundredth of a step of 8 bits at most.
const POINTS: usize = 4096;

/// The way there and back, with tables of the curves on it: their powers would take most of the time.
pub struct Lab {
    linear: Curve,
    root: Curve,
    encoded: Curve,
}

impl Lab {
    pub fn new() -> Self {
        Self {
            linear: Curve::new(linear),
            root: Curve::new(root),
            encoded: Curve::new(encoded),
        }
    }

    /// Lightness 0 to 100, green to red, blue to yellow.
    pub fn of_srgb(&self, rgb: [f32; 3]) -> [f32; 3] {
        let xyz = through(&TO_XYZ, rgb.map(|part| self.linear.at(part)));
        let [x, y, z] = xyz.map(|part| self.root.at(part));
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// The inverse. Colours that sRGB does not have are outside 0 to 1.
    pub fn to_srgb(&self, [light, red, yellow]: [f32; 3]) -> [f32; 3] {
        let y = (light + 16.0) / 116.0;
        let xyz = [y + red / 500.0, y, y - yellow / 200.0].map(|part| {
            let cube = part * part * part;
            if cube > DARK {
                cube
            } else {
                (116.0 * part - 16.0) / SLOPE
            }
        });
        through(&FROM_XYZ, xyz).map(|part| self.encoded.at(part))
    }
}

/// A function, tabulated from 0 to 1.
struct Curve {
    points: Vec<f32>,
    exact: fn(f32) -> f32,
}

impl Curve {
    fn new(exact: fn(f32) -> f32) -> Self {
        let points = (0..=POINTS)
            .map(|at| exact(at as f32 / POINTS as f32))
            .collect();
        Self { points, exact }
    }

    fn at(&self, value: f32) -> f32 {
        let place = value * POINTS as f32;
        let index = place as usize;
        match self.points.get(index..index + 2) {
            Some([low, high]) if place >= 0.0 => low + (place - index as f32) * (high - low),
            _ => (self.exact)(value),
        }
    }
}

fn through(matrix: &[[f32; 3]; 3], [x, y, z]: [f32; 3]) -> [f32; 3] {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

fn root(part: f32) -> f32 {
    if part > DARK {
        part.cbrt()
    } else {
        (SLOPE * part + 16.0) / 116.0
    }
}

fn linear(encoded: f32) -> f32 {
    if encoded <= 0.040_45 {
        encoded / 12.92
    } else {
        ((encoded + 0.055) / 1.055).powf(2.4)
    }
}

fn encoded(linear: f32) -> f32 {
    if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(one: [f32; 3], other: [f32; 3], tolerance: f32) -> bool {
        one.iter()
            .zip(other)
            .all(|(one, other)| (one - other).abs() <= tolerance)
    }

    #[test]
    fn known_colors_are_where_they_should_be() {
        // Values of CIE 15:2004 for sRGB's primaries, as Lindbloom's calculator gives them.
        for (rgb, lab) in [
            ([1.0, 1.0, 1.0], [100.0, 0.0, 0.0]),
            ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
            ([1.0, 0.0, 0.0], [53.24, 80.09, 67.20]),
            ([0.0, 1.0, 0.0], [87.73, -86.18, 83.18]),
            ([0.0, 0.0, 1.0], [32.30, 79.19, -107.86]),
        ] {
            let found = Lab::new().of_srgb(rgb);
            assert!(close(found, lab, 0.05), "{rgb:?}: {found:?}");
        }
    }

    #[test]
    fn the_way_back_leads_back() {
        let lab = Lab::new();
        for at in 0..1000_u16 {
            let rgb = [at % 10, at / 10 % 10, at / 100].map(|part| f32::from(part) / 9.0);
            let back = lab.to_srgb(lab.of_srgb(rgb));
            assert!(close(back, rgb, 1e-4), "{rgb:?}: {back:?}");
        }
    }

    #[test]
    fn outside_of_the_table_a_curve_is_exact() {
        let curve = Curve::new(root);
        for value in [-0.5, 1.0, 1.5, 100.0] {
            assert_eq!(curve.at(value), root(value), "{value}");
        }
        assert!(curve.at(f32::NAN).is_nan());
        for value in [0.001, 0.0089, 0.3, 0.9999] {
            assert!((curve.at(value) - root(value)).abs() < 1e-5, "{value}");
        }
    }
}
