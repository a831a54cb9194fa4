//! `torch.randn` on the CPU: a Mersenne Twister (Matsumoto and Nishimura, 1998) under two
//! different Box–Muller transforms, one for tensors of fewer than 16 elements and one for the rest.
//!
//! PyTorch's own AVX2 code takes logarithms and sines from polynomials, so the last bit of a number
//! differs between CPUs there; ours are within 5e-7 of all of them.

use std::f32::consts::TAU as TAU_F32;
use std::f64::consts::TAU;

/// Words of the twister's state.
const WORDS: usize = 624;
/// Distance of the word that is mixed in.
const SHIFT: usize = 397;
/// Elements that the large transform takes at once: 8 radii and 8 angles.
const BLOCK: usize = 16;

/// The 32-bit Mersenne Twister, MT19937.
#[derive(Clone, Debug)]
struct Mt19937 {
    state: [u32; WORDS],
    next: usize,
}

impl Mt19937 {
    /// Torch seeds with the low 32 bits only.
    fn new(seed: u64) -> Self {
        let mut state = [0_u32; WORDS];
        state[0] = (seed & 0xFFFF_FFFF) as u32;
        for i in 1..WORDS {
            let last = state[i - 1];
            state[i] = (last ^ (last >> 30))
                .wrapping_mul(1_812_433_253)
                .wrapping_add(i as u32);
        }
        Self { state, next: WORDS }
    }

    fn twist(&mut self) {
        for i in 0..WORDS {
            let joined =
                (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % WORDS] & 0x7FFF_FFFF);
            let odd = if joined & 1 == 1 { 0x9908_B0DF } else { 0 };
            self.state[i] = self.state[(i + SHIFT) % WORDS] ^ (joined >> 1) ^ odd;
        }
        self.next = 0;
    }

    fn next_u32(&mut self) -> u32 {
        if self.next == WORDS {
            self.twist();
        }
        let mut word = self.state[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9D2C_5680;
        word ^= (word << 15) & 0xEFC6_0000;
        word ^ (word >> 18)
    }

    /// Uniform in [0, 1), 24 bits: as many as an f32 holds.
    fn uniform_f32(&mut self) -> f32 {
        (self.next_u32() & 0x00FF_FFFF) as f32 / (1_u32 << 24) as f32
    }

    /// Uniform in [0, 1), 53 bits: as many as an f64 holds. The first word is the high half.
    fn uniform_f64(&mut self) -> f64 {
        let high = u64::from(self.next_u32());
        let low = u64::from(self.next_u32());
        let bits = ((high << 32) | low) & ((1 << 53) - 1);
        bits as f64 / (1_u64 << 53) as f64
    }
}

/// Normal numbers as torch makes them from the twister.
#[derive(Clone, Debug)]
pub(super) struct Mt19937Normal {
    engine: Mt19937,
    /// The small transform makes two numbers at once. The second waits here, across calls, until
    /// a small tensor wants it; large tensors neither use nor clear it.
    spare: Option<f64>,
}

impl Mt19937Normal {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            engine: Mt19937::new(seed),
            spare: None,
        }
    }

    pub(super) fn fill(&mut self, out: &mut [f32]) {
        if out.len() < BLOCK {
            for value in out {
                *value = self.next_small() as f32;
            }
        } else {
            self.fill_large(out);
        }
    }

    fn next_small(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let angle = TAU * self.engine.uniform_f64();
        let radius = (-2.0 * (-self.engine.uniform_f64()).ln_1p()).sqrt();
        self.spare = Some(radius * angle.sin());
        radius * angle.cos()
    }

    fn fill_large(&mut self, out: &mut [f32]) {
        for value in out.iter_mut() {
            *value = self.engine.uniform_f32();
        }
        let (blocks, rest) = out.as_chunks_mut::<BLOCK>();
        blocks.iter_mut().for_each(box_muller);
        if rest.is_empty() {
            return;
        }
        // The last 16 elements are drawn again, over what was there: the end of the last whole
        // block is replaced, its beginning stays.
        if let Some(tail) = out.last_chunk_mut::<BLOCK>() {
            for value in tail.iter_mut() {
                *value = self.engine.uniform_f32();
            }
            box_muller(tail);
        }
    }
}

/// Turns 16 uniform numbers into 16 normal ones: radii from the first 8, angles from the last 8,
/// cosines into the first 8, sines into the last 8.
fn box_muller(block: &mut [f32; BLOCK]) {
    let (first, last) = block.split_at_mut(BLOCK / 2);
    for (a, b) in first.iter_mut().zip(last) {
        // 1 - u is in (0, 1], where the logarithm is finite.
        let radius = (-2.0 * (1.0 - *a).ln()).sqrt();
        let (sin, cos) = (TAU_F32 * *b).sin_cos();
        *a = radius * cos;
        *b = radius * sin;
    }
}
