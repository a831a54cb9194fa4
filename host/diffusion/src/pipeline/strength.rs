use serde::{Deserialize, Serialize};

use super::Error;
use crate::sigmas::Schedule;

/// How much of a picture is drawn anew, where drawing begins from one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strength {
    /// 0 leaves the picture as it is, 1 keeps next to nothing of it.
    pub amount: f32,
    /// How many steps that is.
    pub rule: StepRule,
}

/// How many steps a [`Strength`] is of those that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepRule {
    /// As diffusers: the last `⌊steps · strength⌋` steps of a run.
    Diffusers,
    /// As A1111: the last `⌊steps · min(strength, 0.999)⌋ + 1` steps of a run.
    A1111,
    /// As A1111 with "do exactly the amount of steps the slider specifies": as many as were asked for, of a run of
    /// `⌊steps / min(strength, 0.999)⌋`.
    Exact,
}

/// Which steps of a run are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Steps {
    /// The run that the schedule is made for.
    pub(super) whole: usize,
    /// The first step that is taken, from 0. Equal to `whole` if none is.
    pub(super) begin: usize,
}

impl StepRule {
    /// Every rule.
    pub const ALL: [Self; 3] = [Self::Diffusers, Self::A1111, Self::Exact];

    /// The one that goes with a schedule: diffusers' where its scheduler is followed, else A1111's.
    #[must_use]
    pub fn of(schedule: Schedule) -> Self {
        if schedule.follows_config() {
            Self::Diffusers
        } else {
            Self::A1111
        }
    }

    /// The name in requests and recipes: `diffusers`, `a1111` or `exact`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Diffusers => "diffusers",
            Self::A1111 => "a1111",
            Self::Exact => "exact",
        }
    }
}

/// A rule nobody knows.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown rule `{0}`: expected `diffusers`, `a1111` or `exact`")]
pub struct UnknownStepRule(String);

impl std::str::FromStr for StepRule {
    type Err = UnknownStepRule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim().to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|rule| rule.name() == name)
            .ok_or_else(|| UnknownStepRule(text.to_owned()))
    }
}

impl Steps {
    pub(super) fn all(steps: usize) -> Self {
        Self {
            whole: steps,
            begin: 0,
        }
    }

    /// How many are taken.
    pub(super) fn taken(self) -> usize {
        self.whole - self.begin
    }
}

impl Strength {
    /// The most steps that a run may have, where a small strength asks for a long one.
    const MOST: usize = 100_000;

    /// # Errors
    /// For an amount outside 0 to 1.
    pub(super) fn check(self) -> Result<(), Error> {
        if (0.0..=1.0).contains(&self.amount) {
            return Ok(());
        }
        Err(Error::Request {
            field: "strength",
            found: self.amount.to_string(),
            expected: "0 to 1".to_owned(),
        })
    }

    pub(super) fn steps(self, asked: usize) -> Steps {
        // In 64 bits from the decimal that was typed: 10 · 0.7 is 7, not 6.999….
        let amount = typed(self.amount);
        // A1111 keeps a trace of the picture even at 1.
        let most = amount.min(0.999);
        let floor = |value: f64| value as usize;
        if amount <= 0.0 {
            return Steps {
                whole: asked,
                begin: asked,
            };
        }
        match self.rule {
            StepRule::Diffusers => Steps {
                whole: asked,
                begin: asked - floor(asked as f64 * amount).min(asked),
            },
            StepRule::A1111 => Steps {
                whole: asked,
                begin: asked - (floor(asked as f64 * most) + 1).min(asked),
            },
            StepRule::Exact => {
                let whole = floor(asked as f64 / most).clamp(asked, Self::MOST);
                Steps {
                    whole,
                    begin: whole - asked,
                }
            }
        }
    }
}

/// The number whose shortest decimal is that of `value`: what Python has where a person typed it.
pub(super) fn typed(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(amount: f32, rule: StepRule, asked: usize) -> (usize, usize) {
        let steps = Strength { amount, rule }.steps(asked);
        (steps.whole, steps.taken())
    }

    /// `min(int(steps * strength), steps)` in `get_timesteps` of diffusers' pipelines.
    #[test]
    fn diffusers_rounds_down() {
        for (amount, asked, taken) in [
            (0.8, 50, 40),
            (0.75, 6, 4),
            (0.7, 10, 7),
            (0.29, 100, 28),
            (1.0, 20, 20),
            (0.01, 20, 0),
            (0.0, 20, 0),
        ] {
            assert_eq!(steps(amount, StepRule::Diffusers, asked), (asked, taken));
        }
    }

    /// `t_enc = int(min(strength, 0.999) * steps)`, from `sigmas[steps - t_enc - 1]` on (`setup_img2img_steps` of
    /// A1111's `modules/sd_samplers_common.py`).
    #[test]
    fn a1111_takes_one_more() {
        for (amount, asked, taken) in [(0.75, 20, 16), (1.0, 20, 20), (0.01, 20, 1), (0.5, 1, 1)] {
            assert_eq!(steps(amount, StepRule::A1111, asked), (asked, taken));
        }
        assert_eq!(steps(0.75, StepRule::Exact, 20), (26, 20));
        assert_eq!(steps(1.0, StepRule::Exact, 20), (20, 20));
        assert_eq!(steps(0.0, StepRule::A1111, 20).1, 0);
    }
}
