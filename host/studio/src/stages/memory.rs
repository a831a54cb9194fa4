use std::sync::Arc;

use lru::LruCache;

use super::{Key, Value};

/// Results in memory, least recently used out first.
#[derive(Debug)]
pub(super) struct Memory {
    held: LruCache<Key, Arc<Value>>,
    bytes: usize,
    budget: usize,
}

impl Memory {
    pub(super) fn new(budget: u64) -> Self {
        Self {
            held: LruCache::unbounded(),
            bytes: 0,
            budget: usize::try_from(budget).unwrap_or(usize::MAX),
        }
    }

    pub(super) fn get(&mut self, key: &Key) -> Option<Arc<Value>> {
        self.held.get(key).cloned()
    }

    pub(super) fn put(&mut self, key: Key, value: Arc<Value>) {
        let bytes = value.bytes();
        if bytes > self.budget {
            return;
        }
        self.bytes += bytes;
        if let Some(old) = self.held.put(key, value) {
            self.bytes -= old.bytes();
        }
        while self.bytes > self.budget {
            let Some((_, oldest)) = self.held.pop_lru() else {
                break;
            };
            self.bytes -= oldest.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{KeyMaker, Stage};
    use super::*;

    fn key(number: u64) -> Key {
        let maker = KeyMaker::new(Stage::Denoise).int("number", number);
        maker.finish().expect("a key")
    }

    fn latents(length: usize) -> Arc<Value> {
        Arc::new(Value::Latents(vec![0.0; length]))
    }

    #[test]
    fn the_least_recently_used_goes_first_and_the_budget_is_kept() {
        let one = latents(1000).bytes();
        let mut memory = Memory::new((one * 3) as u64);
        for number in 0..3 {
            memory.put(key(number), latents(1000));
        }
        assert!(memory.get(&key(0)).is_some());
        memory.put(key(3), latents(1000));
        let held = |memory: &mut Memory| {
            (0..4)
                .map(|n| memory.get(&key(n)).is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(held(&mut memory), [true, false, true, true]);
        assert_eq!(memory.bytes, one * 3);
        // The same again takes no more.
        memory.put(key(3), latents(1000));
        assert_eq!(memory.bytes, one * 3);
        // What is larger than everything is not worth everything.
        memory.put(key(4), latents(100_000));
        assert_eq!(held(&mut memory), [true, false, true, true]);
    }
}
