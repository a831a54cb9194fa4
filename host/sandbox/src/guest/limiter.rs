use wasmtime::ResourceLimiter;

/// A table's element takes a pointer or two.
const ELEMENT: usize = 16;
const INSTANCES: usize = 2_000;

/// Sums what all memories and tables of a store take. (The engine's own limits are for each alone, so a component made
/// of many would have many times as much: <https://github.com/spinframework/spin/issues/3705>.)
pub(crate) struct Limiter {
    most: usize,
    used: usize,
    peak: usize,
}

/// A plugin wanted more memory than it has.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("it needs more than {} bytes of memory", .most)]
pub(crate) struct OverMemory {
    /// What it has.
    pub(crate) most: usize,
}

impl Limiter {
    pub(crate) fn new(most: u64) -> Self {
        Self {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            used: 0,
            peak: 0,
        }
    }

    pub(crate) fn peak(&self) -> usize {
        self.peak
    }

    fn grow(&mut self, current: usize, desired: usize) -> wasmtime::Result<bool> {
        let more = desired.saturating_sub(current);
        let used = self.used.saturating_add(more);
        if used > self.most {
            // An error and not "no": a plugin that is told no does who knows what, and its user learns nothing.
            return Err(wasmtime::Error::new(OverMemory { most: self.most }));
        }
        self.used = used;
        self.peak = self.peak.max(used);
        Ok(true)
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // Beyond what the memory itself may ever have is the plugin's own business: it is told no.
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.grow(current, desired)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.grow(
            current.saturating_mul(ELEMENT),
            desired.saturating_mul(ELEMENT),
        )
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        // The system had none to give. What was counted stays counted: the call is as good as over.
        Err(error)
    }

    fn instances(&self) -> usize {
        INSTANCES
    }

    fn tables(&self) -> usize {
        INSTANCES
    }

    fn memories(&self) -> usize {
        INSTANCES
    }
}
