//! Random numbers for the runtimes of languages: out of the job's seed, or real for who has the permission.

use wasmtime::component::HasData;
use wasmtime_wasi::p2::bindings::random::{insecure, insecure_seed, random};

/// Bytes that one call may ask for.
const MOST: u64 = 64 << 10;

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014), from the job's seed. Not a
/// secret to anyone: the same job must see the same numbers.
#[derive(Clone, Debug)]
pub(crate) struct Entropy(u64);

impl Entropy {
    pub(crate) fn of_job(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn bytes(&mut self, count: u64) -> wasmtime::Result<Vec<u8>> {
        check(count)?;
        let mut bytes = Vec::with_capacity(count as usize + 8);
        while (bytes.len() as u64) < count {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(count as usize);
        Ok(bytes)
    }
}

fn check(count: u64) -> wasmtime::Result<()> {
    if count > MOST {
        return Err(wasmtime::Error::msg(format!(
            "asked for {count} random bytes, at most {MOST} are given at once"
        )));
    }
    Ok(())
}

impl HasData for Entropy {
    type Data<'a> = &'a mut Entropy;
}

impl random::Host for Entropy {
    fn get_random_bytes(&mut self, count: u64) -> wasmtime::Result<Vec<u8>> {
        self.bytes(count)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.next())
    }
}

impl insecure::Host for Entropy {
    fn get_insecure_random_bytes(&mut self, count: u64) -> wasmtime::Result<Vec<u8>> {
        self.bytes(count)
    }

    fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.next())
    }
}

impl insecure_seed::Host for Entropy {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        Ok((self.next(), self.next()))
    }
}

/// The system's own, for who has the permission.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemEntropy;

impl SystemEntropy {
    fn bytes(count: u64) -> wasmtime::Result<Vec<u8>> {
        check(count)?;
        let mut bytes = vec![0; count as usize];
        getrandom::fill(&mut bytes)
            .map_err(|error| wasmtime::Error::msg(format!("no random numbers: {error}")))?;
        Ok(bytes)
    }

    fn number() -> wasmtime::Result<u64> {
        getrandom::u64()
            .map_err(|error| wasmtime::Error::msg(format!("no random numbers: {error}")))
    }
}

impl HasData for SystemEntropy {
    type Data<'a> = &'a mut SystemEntropy;
}

impl random::Host for SystemEntropy {
    fn get_random_bytes(&mut self, count: u64) -> wasmtime::Result<Vec<u8>> {
        Self::bytes(count)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        Self::number()
    }
}

impl insecure::Host for SystemEntropy {
    fn get_insecure_random_bytes(&mut self, count: u64) -> wasmtime::Result<Vec<u8>> {
        Self::bytes(count)
    }

    fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        Self::number()
    }
}

impl insecure_seed::Host for SystemEntropy {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        Ok((Self::number()?, Self::number()?))
    }
}
