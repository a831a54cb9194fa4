use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Stage;

/// How often one stage came up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// How often it was run.
    pub run: u64,
    /// How often there was a result already.
    pub reused: u64,
}

/// How often each stage was run, and how often there was a result already. A stage that was not even asked for, since a
/// later one had a result, is not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counts(BTreeMap<Stage, Count>);

impl Counts {
    /// The count of one stage.
    #[must_use]
    pub fn of(&self, stage: Stage) -> Count {
        self.0.get(&stage).copied().unwrap_or_default()
    }

    /// With those of another.
    pub fn add(&mut self, other: &Self) {
        for (stage, count) in &other.0 {
            let own = self.0.entry(*stage).or_default();
            own.run += count.run;
            own.reused += count.reused;
        }
    }

    /// What came on top since `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let later = self.0.iter().map(|(stage, count)| {
            let before = earlier.of(*stage);
            let more = Count {
                run: count.run - before.run,
                reused: count.reused - before.reused,
            };
            (*stage, more)
        });
        Self(
            later
                .filter(|(_, count)| *count != Count::default())
                .collect(),
        )
    }

    pub(super) fn ran(&mut self, stage: Stage) {
        self.0.entry(stage).or_default().run += 1;
    }

    pub(super) fn reused(&mut self, stage: Stage) {
        self.0.entry(stage).or_default().reused += 1;
    }
}
