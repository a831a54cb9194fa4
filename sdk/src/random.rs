use crate::bindings::aquatint::plugin::job;

/// Random numbers out of the job's seed: the same job sees the same ones.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Those of the picture at hand.
    #[must_use]
    pub fn of_job() -> Self {
        Self::new(job::seed())
    }

    /// Those of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, and not, 1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1 << 24) as f32
    }

    /// A whole number from 0 up to, and not, `end`, which is at least 1.
    pub fn below(&mut self, end: u32) -> u32 {
        ((self.bits() >> 32) * u64::from(end.max(1)) >> 32) as u32
    }

    /// A number of a bell curve around 0 with a standard deviation of 1, nearly: the sum of four even ones, which never
    /// is beyond 3.5.
    pub fn bell(&mut self) -> f32 {
        let bits = self.bits();
        let sum: i32 = (0..4).map(|at| ((bits >> (16 * at)) & 0xffff) as i32).sum();
        // Four even numbers up to 65535 have the mean 131070, and this standard deviation.
        (sum - 131_070) as f32 / 37_837.2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bell_is_round_zero_and_one_wide() {
        let mut random = Random::new(7);
        let numbers: Vec<f32> = (0..100_000).map(|_| random.bell()).collect();
        let mean = numbers.iter().sum::<f32>() / 1e5;
        let square = numbers.iter().map(|it| it * it).sum::<f32>() / 1e5;
        assert!(mean.abs() < 0.01 && (square - 1.0).abs() < 0.02, "{mean} {square}");
    }
}
