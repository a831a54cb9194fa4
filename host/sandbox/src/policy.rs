//! What follows when a plugin fails. Pure: time is given, nothing is waited for.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What becomes of a picture when a plugin fails on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// It goes on without the plugin, with a warning.
    #[default]
    Skip,
    /// It fails.
    Fail,
}

/// How a call ended, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returned, well or with a problem of its own: a plugin that says no does its work.
    Returned,
    /// It trapped, ran out of time or memory, or gave what cannot be used: the plugin is broken.
    Broke,
    /// Somebody stopped it. Says nothing about the plugin.
    Cancelled,
}

/// When a plugin that breaks is left alone, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// So many strikes ...
    pub strikes: usize,
    /// ... within this time lead into quarantine.
    pub window: Duration,
    /// The first quarantine. Each that follows is twice as long ...
    pub first: Duration,
    /// ... up to this.
    pub longest: Duration,
    /// After so long without a strike, the next quarantine is a first one again.
    pub forgiven: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            strikes: 3,
            window: Duration::from_secs(10 * 60),
            first: Duration::from_secs(30),
            longest: Duration::from_secs(60 * 60),
            forgiven: Duration::from_secs(2 * 60 * 60),
        }
    }
}

/// What is remembered about a plugin's failures. Times count from whatever the caller counts from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    strikes: VecDeque<Duration>,
    last: Option<Duration>,
    quarantines: u32,
}

/// What a strike leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// Nothing yet.
    None,
    /// The plugin is left alone until then.
    Quarantine {
        /// When it may run again.
        until: Duration,
        /// The how manyth in a row this is.
        level: u32,
    },
}

impl Record {
    /// Adds the end of a call at time `now`.
    pub fn add(&mut self, outcome: Outcome, now: Duration, policy: &Policy) -> Consequence {
        if outcome != Outcome::Broke {
            return Consequence::None;
        }
        if self
            .last
            .is_some_and(|last| now.saturating_sub(last) >= policy.forgiven)
        {
            self.quarantines = 0;
        }
        self.last = Some(now);
        self.strikes.push_back(now);
        self.strikes
            .retain(|strike| now.saturating_sub(*strike) < policy.window);
        if self.strikes.len() < policy.strikes.max(1) {
            return Consequence::None;
        }
        self.strikes.clear();
        self.quarantines = self.quarantines.saturating_add(1);
        // 2^31 times anything is beyond the longest.
        let factor = 1_u32 << (self.quarantines - 1).min(31);
        let length = policy.first.saturating_mul(factor).min(policy.longest);
        Consequence::Quarantine {
            until: now.saturating_add(length),
            level: self.quarantines,
        }
    }

    /// How many strikes count at time `now`.
    #[must_use]
    pub fn strikes(&self, now: Duration, policy: &Policy) -> usize {
        self.strikes
            .iter()
            .filter(|strike| now.saturating_sub(**strike) < policy.window)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn three_strikes_within_the_window_are_too_many() {
        let policy = Policy::default();
        let mut record = Record::default();
        assert_eq!(
            record.add(Outcome::Broke, seconds(0), &policy),
            Consequence::None
        );
        assert_eq!(
            record.add(Outcome::Broke, seconds(599), &policy),
            Consequence::None
        );
        assert_eq!(record.strikes(seconds(599), &policy), 2);
        assert_eq!(
            record.add(Outcome::Broke, seconds(600), &policy),
            Consequence::None,
            "the first has left the window"
        );
        assert_eq!(
            record.add(Outcome::Broke, seconds(601), &policy),
            Consequence::Quarantine {
                until: seconds(631),
                level: 1
            }
        );
    }

    #[test]
    fn only_broken_calls_count() {
        let policy = Policy::default();
        let mut record = Record::default();
        for now in 0..100 {
            for outcome in [Outcome::Returned, Outcome::Cancelled] {
                assert_eq!(
                    record.add(outcome, seconds(now), &policy),
                    Consequence::None
                );
            }
        }
        assert_eq!(record, Record::default());
    }

    #[test]
    fn quarantine_doubles_up_to_the_longest_and_is_forgiven() {
        let policy = Policy {
            strikes: 1,
            ..Policy::default()
        };
        let mut record = Record::default();
        let mut lengths = Vec::new();
        for _ in 0..40 {
            let Consequence::Quarantine { until, .. } =
                record.add(Outcome::Broke, seconds(5), &policy)
            else {
                panic!("one strike is enough")
            };
            lengths.push((until - seconds(5)).as_secs());
        }
        assert_eq!(lengths[..8], [30, 60, 120, 240, 480, 960, 1920, 3600]);
        assert!(lengths[8..].iter().all(|length| *length == 3600));
        let later = seconds(5) + policy.forgiven;
        assert_eq!(
            record.add(Outcome::Broke, later, &policy),
            Consequence::Quarantine {
                until: later + policy.first,
                level: 1
            }
        );
    }

    #[test]
    fn time_that_goes_backwards_harms_nothing() {
        let policy = Policy::default();
        let mut record = Record::default();
        record.add(Outcome::Broke, seconds(1000), &policy);
        assert_eq!(
            record.add(Outcome::Broke, seconds(1), &policy),
            Consequence::None
        );
        assert!(matches!(
            record.add(Outcome::Broke, Duration::MAX, &policy),
            Consequence::None
        ));
    }
}
