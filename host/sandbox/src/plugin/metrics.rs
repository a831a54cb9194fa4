use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Report;

/// How a plugin's calls went, since it was loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Calls, whichever way they ended.
    pub calls: u64,
    /// Those that ended in a problem, a trap, or by a limit.
    pub failures: u64,
    /// Their time together.
    pub time: Duration,
    /// The most memory that one took, in bytes.
    pub peak_memory: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    calls: AtomicU64,
    failures: AtomicU64,
    nanos: AtomicU64,
    peak: AtomicU64,
}

impl Counters {
    pub(super) fn add(&self, report: &Report, failed: bool) {
        let nanos = u64::try_from(report.time.as_nanos()).unwrap_or(u64::MAX);
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.failures
            .fetch_add(u64::from(failed), Ordering::Relaxed);
        self.nanos.fetch_add(nanos, Ordering::Relaxed);
        self.peak
            .fetch_max(report.peak_memory as u64, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Metrics {
        Metrics {
            calls: self.calls.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
            time: Duration::from_nanos(self.nanos.load(Ordering::Relaxed)),
            peak_memory: self.peak.load(Ordering::Relaxed),
        }
    }
}
