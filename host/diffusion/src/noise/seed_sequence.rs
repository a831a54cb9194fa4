//! numpy's `SeedSequence`: from one number and the place of a child in a tree of seeds to words that have nothing to do
//! with their neighbours' (after O'Neill's `seed_seq_fe`, 2015).

const INIT_A: u32 = 0x43B0_D7E5;
const MULTIPLIER_A: u32 = 0x931E_8875;
const INIT_B: u32 = 0x8B51_F9DD;
const MULTIPLIER_B: u32 = 0x58F3_8DED;
const MIX_LEFT: u32 = 0xCA01_F9DD;
const MIX_RIGHT: u32 = 0x4973_F715;
const SHIFT: u32 = 16;

/// A pool of words that entropy was stirred into.
#[derive(Clone, Debug)]
pub(super) struct SeedSequence {
    pool: Vec<u32>,
}

impl SeedSequence {
    /// `SeedSequence(entropy, spawn_key=place, pool_size=size)`.
    pub(super) fn new(entropy: u64, place: &[u64], size: usize) -> Self {
        let mut words = words_of(entropy);
        if !place.is_empty() {
            // So that a place is not taken for more entropy.
            words.resize(words.len().max(size), 0);
            words.extend(place.iter().flat_map(|&number| words_of(number)));
        }
        let mut hash = Hash {
            constant: INIT_A,
            multiplier: MULTIPLIER_A,
        };
        let mut pool: Vec<u32> = (0..size)
            .map(|i| hash.apply(words.get(i).copied().unwrap_or(0)))
            .collect();
        for source in 0..size {
            for target in 0..size {
                if source != target {
                    pool[target] = mix(pool[target], hash.apply(pool[source]));
                }
            }
        }
        for &word in words.iter().skip(size) {
            for target in &mut pool {
                *target = mix(*target, hash.apply(word));
            }
        }
        Self { pool }
    }

    /// The first word of `generate_state`.
    pub(super) fn first(&self) -> u32 {
        let mut hash = Hash {
            constant: INIT_B,
            multiplier: MULTIPLIER_B,
        };
        hash.apply(self.pool.first().copied().unwrap_or(0))
    }
}

/// A hash that changes with each use.
struct Hash {
    constant: u32,
    multiplier: u32,
}

impl Hash {
    fn apply(&mut self, word: u32) -> u32 {
        let word = word ^ self.constant;
        self.constant = self.constant.wrapping_mul(self.multiplier);
        let word = word.wrapping_mul(self.constant);
        word ^ (word >> SHIFT)
    }
}

fn mix(left: u32, right: u32) -> u32 {
    let mixed = left
        .wrapping_mul(MIX_LEFT)
        .wrapping_sub(right.wrapping_mul(MIX_RIGHT));
    mixed ^ (mixed >> SHIFT)
}

/// As few words as hold a number, the lowest first.
fn words_of(number: u64) -> Vec<u32> {
    let (low, high) = (number as u32, (number >> 32) as u32);
    if high == 0 {
        vec![low]
    } else {
        vec![low, high]
    }
}
