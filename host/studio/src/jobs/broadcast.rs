//! Events to whoever listens in this process.
//!
//! Whoever tells never waits. A listener that is too slow misses the oldest events and is told how many; a preview is
//! kept only until the job has a newer one, so that a slow listener skips previews long before it misses anything.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{Event, JobEvent, JobId};

/// How many events are kept for those who come late. At a step a second of four jobs it is a quarter of an hour.
const KEPT: usize = 4096;

/// The events of a queue. Clones are one.
#[derive(Clone, Default)]
pub struct Events {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<Ring>,
    told: Condvar,
}

struct Ring {
    events: VecDeque<Arc<Event>>,
    /// Of the next event.
    next: u64,
    /// The event that has the job's newest preview.
    previews: BTreeMap<JobId, u64>,
    /// Those who wait for the next event.
    wakers: Vec<Waker>,
    /// How many want previews: of all jobs, and of one.
    want_all: usize,
    want_one: BTreeMap<JobId, usize>,
}

impl Default for Ring {
    fn default() -> Self {
        // Above what any process before this one gave, as long as none tells a million events a second.
        let next = u64::try_from(Timestamp::now().as_microsecond()).unwrap_or(1);
        Self {
            events: VecDeque::new(),
            next,
            previews: BTreeMap::new(),
            wakers: Vec::new(),
            want_all: 0,
            want_one: BTreeMap::new(),
        }
    }
}

impl Ring {
    fn first(&self) -> u64 {
        self.next - self.events.len() as u64
    }

    fn at(&mut self, id: u64) -> Option<&mut Arc<Event>> {
        let index = usize::try_from(id.checked_sub(self.first())?).ok()?;
        self.events.get_mut(index)
    }

    fn drop_preview(&mut self, job: JobId) {
        let Some(id) = self.previews.remove(&job) else {
            return;
        };
        if let Some(event) = self.at(id) {
            let mut without = Event::clone(event);
            if let JobEvent::Step { preview, .. } = &mut without.what {
                *preview = None;
            }
            *event = Arc::new(without);
        }
    }

    fn wanted(&mut self, job: Option<JobId>) -> &mut usize {
        match job {
            None => &mut self.want_all,
            Some(job) => self.want_one.entry(job).or_default(),
        }
    }
}

/// What a listener wants to hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// Only of this job.
    pub job: Option<JobId>,
    /// With previews. They cost a little, and are only made while somebody wants them.
    pub previews: bool,
    /// The id of the last event that was heard before: what came after it is told first, as far as it is still there.
    pub after: Option<u64>,
}

/// What a listener hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// An event.
    Event(Arc<Event>),
    /// Events are gone that were never heard, of whatever job.
    Missed(u64),
}

impl Events {
    /// Listens from now on, or from [`Interest::after`].
    #[must_use]
    pub fn listen(&self, interest: Interest) -> Listener {
        let mut ring = self.lock();
        let next = match interest.after {
            // One of a future that never was is as good as now.
            Some(after) => after.saturating_add(1).min(ring.next),
            None => ring.next,
        };
        if interest.previews {
            *ring.wanted(interest.job) += 1;
        }
        Listener {
            events: self.clone(),
            interest,
            next,
        }
    }

    /// Whether anyone wants previews of this job.
    #[must_use]
    pub fn want_previews(&self, job: JobId) -> bool {
        let ring = self.lock();
        ring.want_all > 0 || ring.want_one.contains_key(&job)
    }

    pub(crate) fn tell(&self, job: JobId, what: JobEvent) {
        let mut ring = self.lock();
        let id = ring.next;
        if what.is_last() || what.preview().is_some() {
            ring.drop_preview(job);
        }
        if what.preview().is_some() {
            ring.previews.insert(job, id);
        }
        let at = Timestamp::now();
        ring.events.push_back(Arc::new(Event { id, at, job, what }));
        ring.next += 1;
        if ring.events.len() > KEPT {
            ring.events.pop_front();
            let first = ring.first();
            ring.previews.retain(|_, id| *id >= first);
        }
        let wakers = std::mem::take(&mut ring.wakers);
        drop(ring);
        self.shared.told.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events")
            .field("next", &self.lock().next)
            .finish_non_exhaustive()
    }
}

/// Hears events, each once, in order.
#[derive(Debug)]
pub struct Listener {
    events: Events,
    interest: Interest,
    next: u64,
}

impl Listener {
    /// The next event, if there is one already.
    pub fn try_next(&mut self) -> Option<Heard> {
        let events = self.events.clone();
        let ring = events.lock();
        self.take(&ring)
    }

    /// Waits for the next event, at most so long.
    pub fn wait(&mut self, longest: Duration) -> Option<Heard> {
        let until = Instant::now() + longest;
        let events = self.events.clone();
        let mut ring = events.lock();
        loop {
            if let Some(heard) = self.take(&ring) {
                return Some(heard);
            }
            let left = until.checked_duration_since(Instant::now())?;
            let waited = events.shared.told.wait_timeout(ring, left);
            ring = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The next event, on whatever runs futures. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Heard {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// As [`Self::next`], for those who implement streams.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Heard> {
        let events = self.events.clone();
        let mut ring = events.lock();
        if let Some(heard) = self.take(&ring) {
            return Poll::Ready(heard);
        }
        if !ring.wakers.iter().any(|it| it.will_wake(context.waker())) {
            ring.wakers.push(context.waker().clone());
        }
        Poll::Pending
    }

    fn take(&mut self, ring: &Ring) -> Option<Heard> {
        let first = ring.first();
        if self.next < first {
            let missed = first - self.next;
            self.next = first;
            return Some(Heard::Missed(missed));
        }
        while let Some(event) = usize::try_from(self.next - first)
            .ok()
            .and_then(|index| ring.events.get(index))
        {
            self.next += 1;
            if self.interest.job.is_some_and(|job| job != event.job) {
                continue;
            }
            if !self.interest.previews && event.what.preview().is_some() {
                let mut without = Event::clone(event);
                if let JobEvent::Step { preview, .. } = &mut without.what {
                    *preview = None;
                }
                return Some(Heard::Event(Arc::new(without)));
            }
            return Some(Heard::Event(event.clone()));
        }
        None
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if !self.interest.previews {
            return;
        }
        let mut ring = self.events.lock();
        *ring.wanted(self.interest.job) -= 1;
        ring.want_one.retain(|_, count| *count > 0);
    }
}
