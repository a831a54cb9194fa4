use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What becomes of the weights of words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emphasis {
    /// What the encoder gives for a token is multiplied by its weight; then all of it by one factor, so that the mean of
    /// the chunk is what it was.
    #[default]
    Original,
    /// Multiplied, and no more.
    NoNorm,
    /// The brackets go, and weigh nothing.
    Ignore,
    /// Brackets are text like any other, and `BREAK` is a word.
    None,
}

impl Emphasis {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Original, Self::NoNorm, Self::Ignore, Self::None];

    /// Its name in requests and recipes.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::NoNorm => "no_norm",
            Self::Ignore => "ignore",
            Self::None => "none",
        }
    }

    /// Its name in A1111.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Original => "Original",
            Self::NoNorm => "No norm",
            Self::Ignore => "Ignore",
            Self::None => "None",
        }
    }

    /// Weighs what an encoder gives for one chunk, `[tokens, channels]`. There is a weight for each token.
    pub(crate) fn apply(self, hidden: &mut [f32], weights: &[f32]) {
        if matches!(self, Self::Ignore | Self::None) || weights.iter().all(|weight| *weight == 1.0)
        {
            return;
        }
        let channels = hidden.len() / weights.len().max(1);
        let before = mean(hidden);
        for (token, weight) in hidden.chunks_mut(channels.max(1)).zip(weights) {
            token.iter_mut().for_each(|value| *value *= weight);
        }
        if self == Self::NoNorm {
            return;
        }
        // A mean of nothing cannot be brought back.
        let factor = (before / mean(hidden)) as f32;
        if factor.is_finite() {
            hidden.iter_mut().for_each(|value| *value *= factor);
        }
    }
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len() as f64
}

impl fmt::Display for Emphasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Emphasis {
    type Err = UnknownEmphasis;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let plain = |name: &str| name.trim().to_lowercase().replace([' ', '-'], "_");
        let wanted = plain(name);
        Self::ALL
            .into_iter()
            .find(|emphasis| plain(emphasis.id()) == wanted || plain(emphasis.label()) == wanted)
            .ok_or_else(|| UnknownEmphasis {
                given: name.to_owned(),
            })
    }
}

/// A name that no emphasis has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown emphasis {given:?}, expected original, no_norm, ignore or none")]
pub struct UnknownEmphasis {
    /// What was given.
    pub given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_stays_what_it_was() {
        let hidden = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0];
        let weights = [1.0, 2.0, 0.5];
        let mut weighed = hidden;
        Emphasis::Original.apply(&mut weighed, &weights);
        assert!((mean(&weighed) - mean(&hidden)).abs() < 1e-6);
        // 1 2 6 8 2.5 3.5, whose sum is 23 instead of 22.
        let expected = [1.0, 2.0, 6.0, 8.0, 2.5, 3.5].map(|value: f32| value * 22.0 / 23.0);
        for (ours, expected) in weighed.iter().zip(expected) {
            assert!((ours - expected).abs() < 1e-6, "{weighed:?}");
        }
        let mut plain = hidden;
        Emphasis::NoNorm.apply(&mut plain, &weights);
        assert_eq!(plain, [1.0, 2.0, 6.0, 8.0, 2.5, 3.5]);
        for none in [Emphasis::Ignore, Emphasis::None] {
            let mut same = hidden;
            none.apply(&mut same, &weights);
            assert_eq!(same, hidden);
        }
    }

    #[test]
    fn weights_of_one_change_no_bit_and_a_mean_of_zero_no_sign() {
        let hidden = [0.1, -0.2, 0.3, 1e-9];
        let mut same = hidden;
        Emphasis::Original.apply(&mut same, &[1.0, 1.0]);
        assert_eq!(same, hidden);
        let mut balanced = [1.0, -1.0, 2.0, -2.0];
        Emphasis::Original.apply(&mut balanced, &[1.0, 2.0]);
        assert!(balanced.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn names_are_ours_and_a1111s() {
        for emphasis in Emphasis::ALL {
            assert_eq!(emphasis.id().parse(), Ok(emphasis));
            assert_eq!(emphasis.label().parse(), Ok(emphasis));
        }
        let error = "loud".parse::<Emphasis>().expect_err("no such");
        assert!(error.to_string().contains("no_norm"), "{error}");
    }
}
