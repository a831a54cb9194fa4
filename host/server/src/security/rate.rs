//! How much one client may cause in a minute.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many clients are remembered. Whoever has not come for a minute is forgotten first.
const MOST: usize = 100_000;

/// Buckets that fill up again by time, one for each client.
#[derive(Debug)]
pub(crate) struct Rates<K> {
    /// A minute's worth; 0 is without bounds.
    limit: u32,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl<K: Eq + Hash> Rates<K> {
    pub(crate) fn new(limit: u32) -> Self {
        Self {
            limit,
            buckets: Mutex::default(),
        }
    }

    /// Takes a cost out of a client's bucket, or says after which time there is enough in it.
    pub(crate) fn take(&self, client: K, cost: u32, now: Instant) -> Result<(), Duration> {
        if self.limit == 0 || cost == 0 {
            return Ok(());
        }
        let most = f64::from(self.limit);
        let each_second = most / 60.0;
        let cost = f64::from(cost).min(most);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| now.duration_since(bucket.at) < Duration::from_secs(60));
        }
        let bucket = buckets.entry(client).or_insert(Bucket {
            left: most,
            at: now,
        });
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * each_second).min(most);
        bucket.at = now;
        if bucket.left < cost {
            let wait = (cost - bucket.left) / each_second;
            return Err(Duration::from_secs_f64(wait));
        }
        bucket.left -= cost;
        Ok(())
    }
}
