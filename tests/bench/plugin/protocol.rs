//! How `cargo xtask bench plugin` speaks with what it measures, which is in two programs: a line `WHAT COUNT` goes in, and
//! a line of JSON comes out, a list with the nanoseconds of each time. So both can be asked by turns.

use std::hint::black_box;
use std::io::{BufRead, Write};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Of one time: nanoseconds by name.
pub(crate) type Sample = Vec<(&'static str, u64)>;

/// Bytes of the picture: 1024×1024, RGBA.
pub(crate) const BYTES: usize = 4 << 20;

/// Answers until there are no more lines.
pub(crate) fn serve(mut measure: impl FnMut(&str) -> Result<Sample>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let Some((what, count)) = line.rsplit_once(' ') else {
            bail!("`{line}`, expected WHAT COUNT");
        };
        let count: usize = count.parse().with_context(|| format!("`{line}`"))?;
        // What the processor had of this was driven out by the other program's turn.
        measure(what)?;
        let mut samples = Vec::with_capacity(count);
        for _ in 0..count {
            let sample = measure(what)?;
            let named = sample
                .into_iter()
                .map(|(name, ns)| (name.to_owned(), ns.into()));
            samples.push(serde_json::Value::Object(named.collect()));
        }
        writeln!(out, "{}", serde_json::Value::Array(samples))?;
        out.flush()?;
    }
    Ok(())
}

/// Two copies of 4 MiB, in memory that is there already.
pub(crate) struct Copies([Vec<u8>; 3]);

impl Copies {
    pub(crate) fn new() -> Self {
        Self([1, 2, 3].map(|byte| vec![byte; BYTES]))
    }

    pub(crate) fn measure(&mut self) -> Sample {
        let [first, second, third] = &mut self.0;
        let start = Instant::now();
        second.copy_from_slice(black_box(first));
        black_box(&mut *second);
        third.copy_from_slice(second);
        black_box(third);
        vec![("copies", nanoseconds(start))]
    }
}

pub(crate) fn nanoseconds(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
