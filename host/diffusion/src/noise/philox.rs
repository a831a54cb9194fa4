//! `torch.randn` on an NVIDIA GPU: Philox4x32-10 (Salmon and others, "Parallel random numbers: as
//! easy as 1, 2, 3", 2011), one counter an element.
//!
//! Torch gives each GPU thread one counter. For tensors larger than the number of threads that a
//! card runs at once, which thread makes which element depends on the card. This is the form for
//! smaller tensors, applied to all sizes, as A1111's "NV" source does: element `i` of call `c` is
//! the first normal of counter `(c, 0, i, 0)`.

use std::f32::consts::TAU;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
/// What the key grows by each round: the golden ratio and the square root of 3, less 1.
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

/// 2^-32 as CUDA's cuRAND writes it.
const UNIT: f32 = 2.328_306_4e-10;
const UNIT_ANGLE: f32 = UNIT * TAU;

/// Normal numbers as torch makes them from Philox.
#[derive(Clone, Debug)]
pub(super) struct PhiloxNormal {
    key: [u32; 2],
    /// How many fills there were.
    calls: u32,
}

impl PhiloxNormal {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            key: [seed as u32, (seed >> 32) as u32],
            calls: 0,
        }
    }

    pub(super) fn fill(&mut self, out: &mut [f32]) {
        for (i, value) in (0_u32..).zip(out) {
            let [a, b, ..] = philox4x32([self.calls, 0, i, 0], self.key);
            *value = box_muller(a, b);
        }
        self.calls = self.calls.wrapping_add(1);
    }
}

fn philox4x32(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for round in 0..ROUNDS {
        if round > 0 {
            key[0] = key[0].wrapping_add(WEYL[0]);
            key[1] = key[1].wrapping_add(WEYL[1]);
        }
        let (high0, low0) = wide_mul(MULTIPLIERS[0], counter[0]);
        let (high1, low1) = wide_mul(MULTIPLIERS[1], counter[2]);
        counter = [
            high1 ^ counter[1] ^ key[0],
            low1,
            high0 ^ counter[3] ^ key[1],
            low0,
        ];
    }
    counter
}

/// The high and the low half of a product.
fn wide_mul(a: u32, b: u32) -> (u32, u32) {
    let product = u64::from(a) * u64::from(b);
    ((product >> 32) as u32, product as u32)
}

/// The sine branch, in f32 as the GPU computes it. Half a unit keeps the logarithm finite.
fn box_muller(a: u32, b: u32) -> f32 {
    let u = a as f32 * UNIT + UNIT / 2.0;
    let angle = b as f32 * UNIT_ANGLE + UNIT_ANGLE / 2.0;
    (-2.0 * u.ln()).sqrt() * angle.sin()
}

#[cfg(test)]
mod tests {
    use super::philox4x32;

    /// Known answer of the Random123 library for counter 0 and key 0.
    #[test]
    fn known_answer() {
        let expected = [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8];
        assert_eq!(philox4x32([0; 4], [0; 2]), expected);
    }
}
