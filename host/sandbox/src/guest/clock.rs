//! The clocks of a plugin that may not know the time. They begin at the same moment in every call, go on by a
//! microsecond each time they are read, so that a loop that waits for them ends, and jump when a plugin sleeps: the
//! same calls see the same times, and nobody waits for nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{self, SystemTime};

use wasmtime::component::{HasData, Resource, ResourceTable};
use wasmtime_wasi::clocks::{HostMonotonicClock, HostWallClock};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock::{self, Duration, Instant};
use wasmtime_wasi::p2::bindings::clocks::wall_clock::{self, Datetime};
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

/// 2026-01-01T00:00:00Z: when every call takes place.
const EPOCH: u64 = 1_767_225_600;
const NANOS: u64 = 1_000_000_000;
const TICK: u64 = 1_000;

/// Nanoseconds since the call began, as the plugin counts them.
#[derive(Clone, Debug, Default)]
pub(crate) struct VirtualClock(Arc<AtomicU64>);

impl VirtualClock {
    fn read(&self) -> u64 {
        self.0.fetch_add(TICK, Ordering::Relaxed)
    }
}

/// The clocks of a call, as the linker wants them.
pub(crate) struct VirtualClocks<'a> {
    pub(crate) clock: &'a VirtualClock,
    pub(crate) table: &'a mut ResourceTable,
}

/// What the linker calls [`VirtualClocks`].
pub(crate) struct VirtualTime;

impl HasData for VirtualTime {
    type Data<'a> = VirtualClocks<'a>;
}

impl wall_clock::Host for VirtualClocks<'_> {
    fn now(&mut self) -> wasmtime::Result<Datetime> {
        let now = self.clock.read();
        Ok(Datetime {
            seconds: EPOCH + now / NANOS,
            nanoseconds: (now % NANOS) as u32,
        })
    }

    fn resolution(&mut self) -> wasmtime::Result<Datetime> {
        Ok(Datetime {
            seconds: 0,
            nanoseconds: TICK as u32,
        })
    }
}

impl monotonic_clock::Host for VirtualClocks<'_> {
    fn now(&mut self) -> wasmtime::Result<Instant> {
        Ok(self.clock.read())
    }

    fn resolution(&mut self) -> wasmtime::Result<Duration> {
        Ok(TICK)
    }

    fn subscribe_instant(&mut self, when: Instant) -> wasmtime::Result<Resource<DynPollable>> {
        let sleep = self.table.push(Sleep {
            clock: self.clock.clone(),
            until: when,
        })?;
        subscribe(self.table, sleep)
    }

    fn subscribe_duration(&mut self, time: Duration) -> wasmtime::Result<Resource<DynPollable>> {
        let now = self.clock.read();
        self.subscribe_instant(now.saturating_add(time))
    }
}

struct Sleep {
    clock: VirtualClock,
    until: u64,
}

#[wasmtime_wasi::async_trait]
impl Pollable for Sleep {
    async fn ready(&mut self) {
        // Lets the call's own clock be looked at: a plugin that sleeps in a loop runs no code of its own in between.
        tokio::task::yield_now().await;
        self.clock.0.fetch_max(self.until, Ordering::Relaxed);
    }
}

/// The real clocks, for who has the permission.
pub(crate) type SystemClocks = wasmtime_wasi::clocks::WasiClocks;

/// What the real clocks show: milliseconds. That is enough to tell the time, and too little to measure what a cache
/// holds, which is how code reads memory that is not its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coarse(std::time::Instant);

const GRAIN: time::Duration = time::Duration::from_millis(1);

impl Coarse {
    /// Clocks that begin now, as far as they have a beginning.
    pub(crate) fn begin() -> Self {
        Self(std::time::Instant::now())
    }
}

fn whole(time: time::Duration) -> time::Duration {
    time::Duration::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

impl HostWallClock for Coarse {
    fn resolution(&self) -> time::Duration {
        GRAIN
    }

    fn now(&self) -> time::Duration {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        // A machine that believes to be before 1970 has no time to tell.
        whole(since.unwrap_or_default())
    }
}

impl HostMonotonicClock for Coarse {
    fn resolution(&self) -> u64 {
        GRAIN.as_nanos() as u64
    }

    fn now(&self) -> u64 {
        u64::try_from(whole(self.0.elapsed()).as_nanos()).unwrap_or(u64::MAX)
    }
}
