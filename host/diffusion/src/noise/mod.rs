//! Standard normal noise that is the same on every machine and the same as PyTorch's, so that a
//! seed gives the picture people already know.
//!
//! Both generators are streams: each [`NoiseGenerator::fill`] is one `torch.randn` call, and the
//! next call goes on where the last one ended.

mod brownian;
mod mt19937;
mod philox;
mod seed_sequence;
#[cfg(test)]
mod tests;
mod variation;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use brownian::BrownianTree;
pub use variation::{Variation, resized, varied};

use mt19937::Mt19937Normal;
use philox::PhiloxNormal;

/// Which generator the noise comes from. The same seed gives different noise in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoiseKind {
    /// `torch.randn` on the CPU: what diffusers with a CPU generator, ComfyUI, and A1111 with
    /// "Random number generator source: CPU" use. Only the low 32 bits of the seed matter.
    #[default]
    Cpu,
    /// `torch.randn` on an NVIDIA GPU, in the form that does not depend on the card's size:
    /// what A1111 calls "NV". All 64 bits of the seed matter.
    Philox,
}

impl NoiseKind {
    /// Every kind, the default first.
    pub const ALL: [Self; 2] = [Self::Cpu, Self::Philox];

    /// The name in requests and recipes: `cpu` or `philox`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Philox => "philox",
        }
    }
}

impl fmt::Display for NoiseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A noise kind nobody knows.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown noise `{0}`: expected `cpu` (as torch on the CPU) or `philox` (A1111's \"NV\")")]
pub struct UnknownNoise(String);

impl FromStr for NoiseKind {
    type Err = UnknownNoise;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "cpu" => Ok(Self::Cpu),
            "philox" | "nv" => Ok(Self::Philox),
            _ => Err(UnknownNoise(text.to_owned())),
        }
    }
}

/// The unit noise that a picture with this seed starts from, whose latents have `length` numbers in all: channels ×
/// height × width. Samplers [scale](crate::sampler::Sampler::init_noise_sigma) it.
#[must_use]
pub fn starting_noise(kind: NoiseKind, seed: u64, length: usize) -> Vec<f32> {
    let mut noise = vec![0.0; length];
    NoiseGenerator::new(kind, seed).fill(&mut noise);
    noise
}

/// A stream of standard normal numbers.
#[derive(Clone, Debug)]
pub struct NoiseGenerator(Stream);

#[derive(Clone, Debug)]
enum Stream {
    // Boxed: the twister's state is 2.5 kB, Philox's is 16 bytes.
    Cpu(Box<Mt19937Normal>),
    Philox(PhiloxNormal),
}

impl NoiseGenerator {
    /// A generator at the start of the stream of `seed`.
    #[must_use]
    pub fn new(kind: NoiseKind, seed: u64) -> Self {
        Self(match kind {
            NoiseKind::Cpu => Stream::Cpu(Box::new(Mt19937Normal::new(seed))),
            NoiseKind::Philox => Stream::Philox(PhiloxNormal::new(seed)),
        })
    }

    /// Fills `out` as one float32 `torch.randn` call of `out.len()` elements would.
    ///
    /// Torch looks only at how many elements a tensor has, not at its shape. Two calls of `n` are
    /// not one call of `2n`: keep to the calls that the program you compare with makes.
    pub fn fill(&mut self, out: &mut [f32]) {
        match &mut self.0 {
            Stream::Cpu(stream) => stream.fill(out),
            Stream::Philox(stream) => stream.fill(out),
        }
    }
}
