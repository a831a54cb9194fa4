//! What a call holds, in pixels: pictures, tensors and what models take.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::problem::Problem;
use crate::units::Pixels;

/// How many pixels a call may hold, and holds. Clones are one.
#[derive(Clone)]
pub(crate) struct Budget {
    held: Arc<AtomicU64>,
    limit: Pixels,
}

/// Pixels out of a budget, which has them back when this is dropped.
pub(crate) struct Charge {
    held: Arc<AtomicU64>,
    pixels: u64,
}

impl Budget {
    pub(crate) fn new(limit: Pixels) -> Self {
        Self {
            held: Arc::default(),
            limit,
        }
    }

    /// Whether there is room: asked before what takes it is made. How many pixels would be held then.
    pub(crate) fn check(&self, pixels: u64) -> Result<u64, Problem> {
        let total = self.held.load(Ordering::Relaxed).saturating_add(pixels);
        if total > self.limit.0 {
            let limit = &self.limit;
            return Err(Problem::Exhausted(format!(
                "{total} pixels would be held, the limit is {limit}: drop pictures that are done with"
            )));
        }
        Ok(total)
    }

    pub(crate) fn take(&self, pixels: u64) -> Result<Charge, Problem> {
        // One call is one thread: nothing comes between the two.
        self.held.store(self.check(pixels)?, Ordering::Relaxed);
        Ok(Charge {
            held: self.held.clone(),
            pixels,
        })
    }

    /// How many more there may be.
    pub(crate) fn left(&self) -> u64 {
        self.limit
            .0
            .saturating_sub(self.held.load(Ordering::Relaxed))
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.held.fetch_sub(self.pixels, Ordering::Relaxed);
    }
}

/// Something that a plugin has a handle of.
pub struct Held<T> {
    pub(crate) value: T,
    /// What it takes of the budget: nothing if it is the host's. Handles of the same pixels share one charge, which ends
    /// with the last of them.
    charge: Option<Arc<Charge>>,
}

impl<T> Held<T> {
    /// The host's own, lent.
    pub(crate) fn lent(value: T) -> Self {
        Self {
            value,
            charge: None,
        }
    }

    /// The plugin's.
    pub(crate) fn charged(value: T, charge: Charge) -> Self {
        Self {
            value,
            charge: Some(Arc::new(charge)),
        }
    }

    /// Another handle of the same.
    pub(crate) fn shared(&self) -> Self
    where
        T: Clone,
    {
        Self {
            value: self.value.clone(),
            charge: self.charge.clone(),
        }
    }

    /// Sees to a charge of its own before it is changed, which parts it from whatever it shares its pixels with.
    pub(crate) fn own(&mut self, budget: &Budget, pixels: u64) -> Result<(), Problem> {
        let is_own = self
            .charge
            .as_ref()
            .is_some_and(|charge| Arc::strong_count(charge) == 1);
        if !is_own {
            self.charge = Some(Arc::new(budget.take(pixels)?));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_charge_ends_with_its_last_handle() {
        let budget = Budget::new(Pixels(10));
        let first = Held::charged((), budget.take(6).expect("room"));
        let second = first.shared();
        drop(first);
        assert_eq!(budget.left(), 4, "the second holds the same pixels");
        assert!(budget.take(5).is_err());
        drop(second);
        assert_eq!(budget.left(), 10);
    }

    #[test]
    fn what_is_written_to_is_counted_by_itself() {
        let budget = Budget::new(Pixels(20));
        let mut first = Held::charged((), budget.take(6).expect("room"));
        let mut second = first.shared();
        second.own(&budget, 6).expect("room");
        assert_eq!(budget.left(), 8);
        first.own(&budget, 6).expect("it is alone now");
        assert_eq!(budget.left(), 8);
        let mut lent = Held::lent(());
        lent.own(&budget, 8).expect("room");
        assert!(Held::lent(()).own(&budget, 1).is_err());
        drop((first, second, lent));
        assert_eq!(budget.left(), 20);
    }
}
