//! In which order cells are best drawn.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::canonical;
use super::fields::{self, Level};
use crate::{PluginUse, Request};

/// Everything of a request that takes part up to each level: two requests whose keys are equal up to
/// [`Level::Denoise`], say, have the same picture before it is finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderKey([[u8; 16]; 5]);

impl OrderKey {
    /// The key of a request. `plugin` says where a plugin first takes part.
    #[must_use]
    pub fn of(request: &Request, plugin: &dyn Fn(&PluginUse) -> Level) -> Self {
        let mut texts: [String; 5] = Default::default();
        if let Json::Object(object) = canonical::to_json(request) {
            let mut fields: Vec<_> = object.iter().filter(|(key, _)| *key != "plugins").collect();
            fields.sort_unstable_by_key(|(key, _)| key.as_str());
            for (key, value) in fields {
                let text = &mut texts[fields::level(key) as usize];
                text.push_str(key);
                text.push('=');
                canonical::write(value, text);
                text.push('\n');
            }
        }
        for used in &request.plugins {
            let text = &mut texts[plugin(used) as usize];
            text.push('+');
            canonical::write(&canonical::to_json(used), text);
            text.push('\n');
        }
        let mut hasher = blake3::Hasher::new();
        Self(texts.map(|text| {
            // The length, so that nothing of one level can pass for the next.
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
            let mut key = [0; 16];
            hasher.finalize_xof().fill(&mut key);
            key
        }))
    }

    /// What everything up to this level, and with it, is called.
    #[must_use]
    pub fn up_to(&self, level: Level) -> [u8; 16] {
        self.0[level as usize]
    }
}

/// Puts cells together that have most in common, and finds those that are the same.
///
/// Models stand in the order in which they first come; within a model texts do, and so on. Cells that are the same stand
/// one behind the other. Nothing is kept of a cell but 8 bytes, and, while keys are added, a table of those that differ.
#[derive(Default)]
pub(super) struct Ordering {
    /// What each key of a level is called: numbers rise as keys come.
    numbers: [HashMap<[u8; 16], u32>; 5],
    /// For each cell, its number on the last level.
    last: Vec<u32>,
    /// For each number on the last level, those on all levels.
    paths: Vec<[u32; 5]>,
}

/// What comes of it.
pub(super) struct Ordered {
    /// Cells, as they are best drawn.
    pub(super) order: Vec<u32>,
    /// For each cell, the first that is the same; itself if there is none before it.
    pub(super) first: Vec<u32>,
    /// How many cells differ up to each level.
    pub(super) distinct: [usize; 5],
}

impl Ordering {
    /// Adds the next cell.
    pub(super) fn push(&mut self, key: &OrderKey) {
        let mut path = [0; 5];
        for ((numbers, key), number) in self.numbers.iter_mut().zip(&key.0).zip(&mut path) {
            let next = numbers.len() as u32;
            *number = *numbers.entry(*key).or_insert(next);
        }
        let last = path[4];
        if last as usize == self.paths.len() {
            self.paths.push(path);
        }
        self.last.push(last);
    }

    pub(super) fn finish(self) -> Ordered {
        let Self {
            numbers,
            last,
            paths,
        } = self;
        let mut order: Vec<u32> = (0..last.len() as u32).collect();
        order.sort_by_key(|cell| paths[last[*cell as usize] as usize]);
        let mut first = vec![u32::MAX; paths.len()];
        for (cell, last) in last.iter().enumerate() {
            let first = &mut first[*last as usize];
            *first = (*first).min(cell as u32);
        }
        Ordered {
            order,
            first: last.iter().map(|last| first[*last as usize]).collect(),
            distinct: numbers.map(|numbers| numbers.len()),
        }
    }
}
