//! When a call ends before it is done: somebody stops it, or its time is up.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whether somebody wants a call to end. Clones are one.
#[derive(Clone, Default)]
pub struct Stop {
    flag: Arc<AtomicBool>,
    also: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
}

impl Stop {
    /// Nobody does, so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Also when `asked` says so. It is asked often, so it should only look at a flag.
    #[must_use]
    pub fn when(asked: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self {
            flag: Arc::default(),
            also: Some(Arc::new(asked)),
        }
    }

    /// A stop of its own, that this one sets too.
    #[must_use]
    pub fn child(&self) -> Self {
        let parent = self.clone();
        Self::when(move || parent.is_set())
    }

    /// Ends whatever has it.
    pub fn set(&self) {
        self.flag.store(true, Ordering::Relaxed);
    }

    /// Whether it was set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.flag.load(Ordering::Relaxed) || self.also.as_ref().is_some_and(|asked| asked())
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stop").field(&self.is_set()).finish()
    }
}

/// When a call's time is up. The clock stands still while the host draws pictures or runs a model for it.
#[derive(Debug)]
pub(crate) struct Deadline {
    state: Mutex<Clock>,
}

#[derive(Debug)]
struct Clock {
    end: Instant,
    waiting_since: Option<Instant>,
}

impl Deadline {
    pub(crate) fn after(time: Duration) -> Self {
        let now = Instant::now();
        // Far beyond every limit there is.
        let end = now
            .checked_add(time)
            .unwrap_or(now + Duration::from_secs(1 << 30));
        Self {
            state: Mutex::new(Clock {
                end,
                waiting_since: None,
            }),
        }
    }

    /// What is left.
    pub(crate) fn left(&self) -> Duration {
        let clock = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock.waiting_since.unwrap_or_else(Instant::now);
        clock.end.saturating_duration_since(now)
    }

    pub(crate) fn passed(&self) -> bool {
        self.left().is_zero()
    }

    /// Stops the clock until the guard is dropped.
    pub(crate) fn pause(self: &Arc<Self>) -> Paused {
        let mut clock = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        clock.waiting_since.get_or_insert_with(Instant::now);
        Paused(self.clone())
    }
}

pub(crate) struct Paused(Arc<Deadline>);

impl Drop for Paused {
    fn drop(&mut self) {
        let mut clock = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(since) = clock.waiting_since.take() {
            clock.end += since.elapsed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_stops_with_its_parent_and_not_the_other_way() {
        let parent = Stop::new();
        let child = parent.child();
        child.set();
        assert!(child.is_set() && !parent.is_set());
        let other = parent.child();
        parent.set();
        assert!(other.is_set());
    }

    #[test]
    fn a_paused_clock_stands_still() {
        let deadline = Arc::new(Deadline::after(Duration::from_millis(50)));
        let paused = deadline.pause();
        std::thread::sleep(Duration::from_millis(80));
        assert!(!deadline.passed());
        drop(paused);
        assert!(!deadline.passed());
        std::thread::sleep(Duration::from_millis(60));
        assert!(deadline.passed());
    }
}
