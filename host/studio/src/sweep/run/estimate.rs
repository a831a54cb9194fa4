//! How long a sweep takes.

use std::collections::BTreeMap;
use std::time::Duration;

use aquatint_diffusion::pipeline::Timings;

use crate::Request;
use crate::stages::{Counts, Stage};
use crate::sweep::{Level, OrderKey, Sweep, Turn};

/// How many different results of each stage a sweep has: what is run if nothing was ever run before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Distinct {
    /// Models that are loaded.
    pub models: u64,
    /// Requests with different texts.
    pub texts: u64,
    /// Noises with different texts.
    pub denoisings: u64,
    /// Pictures.
    pub pictures: u64,
}

impl Distinct {
    /// Of the cells whose turns these are, which stand in a sweep's order.
    #[must_use]
    pub fn of(sweep: &Sweep, turns: impl Iterator<Item = Turn>) -> Self {
        let mut walk = Walk::default();
        let mut distinct = Self::default();
        for turn in turns {
            distinct.add(walk.step(sweep, turn));
        }
        distinct
    }

    fn add(&mut self, more: Self) {
        self.models += more.models;
        self.texts += more.texts;
        self.denoisings += more.denoisings;
        self.pictures += more.pictures;
    }

    pub(super) fn take(&mut self, less: Self) {
        self.models = self.models.saturating_sub(less.models);
        self.texts = self.texts.saturating_sub(less.texts);
        self.denoisings = self.denoisings.saturating_sub(less.denoisings);
        self.pictures = self.pictures.saturating_sub(less.pictures);
    }
}

/// Goes from cell to cell, in a sweep's order.
#[derive(Default)]
pub(super) struct Walk {
    last: Option<OrderKey>,
}

impl Walk {
    /// What the next cell needs that the last one did not have.
    pub(super) fn step(&mut self, sweep: &Sweep, turn: Turn) -> Distinct {
        let cell = match turn.same_as {
            None => sweep.cell(turn.cell),
            Some(_) => None,
        };
        let Some(cell) = cell else {
            return Distinct::default();
        };
        let key = sweep.key(&cell.request);
        let last = self.last.replace(key);
        let is_new =
            |level| u64::from(last.is_none_or(|last| last.up_to(level) != key.up_to(level)));
        Distinct {
            models: is_new(Level::Model),
            texts: is_new(Level::Text),
            denoisings: is_new(Level::Denoise),
            pictures: 1,
        }
    }
}

/// How long denoising and decoding a sweep takes if none of it was done before, by what was measured in other drawings.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Forecast {
    /// For the denoisings whose like was measured; `None` if there are none.
    pub seconds: Option<f64>,
    /// How many denoisings are like nothing that was measured.
    pub unknown: u64,
}

impl Forecast {
    /// `seconds` says how long one picture takes, if it knows.
    pub(crate) fn of(sweep: &Sweep, mut seconds: impl FnMut(&Request) -> Option<f64>) -> Self {
        let mut walk = Walk::default();
        let mut forecast = Self::default();
        for turn in sweep.turns() {
            let is_denoised = walk.step(sweep, turn).denoisings > 0;
            let Some(cell) = sweep.cell(turn.cell).filter(|_| is_denoised) else {
                continue;
            };
            match seconds(&cell.request) {
                Some(more) => *forecast.seconds.get_or_insert_default() += more,
                None => forecast.unknown += 1,
            }
        }
        forecast
    }
}

/// How long stages took so far.
#[derive(Clone, Debug, Default)]
pub struct Times {
    seconds: BTreeMap<&'static str, f64>,
    counts: BTreeMap<Stage, u64>,
}

impl Times {
    /// Adds what was run for a picture.
    pub fn add(&mut self, timings: &Timings, counts: &Counts) {
        for (what, time) in &timings.stages {
            *self.seconds.entry(what).or_default() += time.as_secs_f64();
        }
        for stage in Stage::ALL {
            *self.counts.entry(stage).or_default() += counts.of(stage).run;
        }
    }

    /// How long the rest takes, if nothing of it was run before; `None` while nothing was denoised yet and something is
    /// to be.
    #[must_use]
    pub fn left(&self, left: Distinct) -> Option<Duration> {
        let mean = |what: &str, stage| {
            let runs = self.counts.get(&stage).copied().unwrap_or_default();
            let seconds = self.seconds.get(what).copied().unwrap_or_default();
            (runs > 0).then(|| seconds / runs as f64)
        };
        let denoise = mean("denoise", Stage::Denoise);
        if denoise.is_none() && left.denoisings > 0 {
            return None;
        }
        let each = denoise.unwrap_or_default() + mean("decode", Stage::Decode).unwrap_or_default();
        let seconds = left.denoisings as f64 * each
            + left.texts as f64 * mean("text", Stage::Text).unwrap_or_default()
            + left.pictures as f64 * mean("plugins", Stage::PostProcess).unwrap_or_default();
        Duration::try_from_secs_f64(seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_takes_what_it_took_so_far() {
        let left = Distinct {
            models: 0,
            texts: 1,
            denoisings: 3,
            pictures: 30,
        };
        let mut times = Times::default();
        assert_eq!(times.left(left), None);
        let mut timings = Timings::default();
        timings.add("denoise", Duration::from_secs(4));
        timings.add("decode", Duration::from_secs(1));
        timings.add("load unet", Duration::from_secs(100));
        let counts: Counts = serde_json::from_str(
            r#"{"denoise": {"run": 2, "reused": 0}, "decode": {"run": 1, "reused": 0}}"#,
        )
        .expect("counts");
        times.add(&timings, &counts);
        assert_eq!(times.left(left), Some(Duration::from_secs(9)));
        let done = Distinct::default();
        assert_eq!(times.left(done), Some(Duration::ZERO));
    }
}
