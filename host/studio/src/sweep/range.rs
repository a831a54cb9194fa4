//! Numbers as A1111 writes them on an axis.
//!
//! | written | whole numbers | numbers |
//! |---|---|---|
//! | `7` | 7 | 7 |
//! | `1-5` | 1, 2, 3, 4, 5 | the same |
//! | `1-9 (+2)` | 1, 3, 5, 7, 9 | the same |
//! | `10-5 (-3)` | 10, 7 | the same |
//! | `1-3 (+0.5)` | no | 1, 1.5, 2, 2.5, 3 |
//! | `1-10 [5]` | 1, 3, 5, 7, 10 | 1, 3.25, 5.5, 7.75, 10 |
//! | `-5--1` | -5, -4, -3, -2, -1 | the same |
//!
//! A1111 counts in floats (NumPy's `arange` and `linspace`). Here it is done in decimals, and each number is the float
//! nearest to it. So the answers differ where A1111's are wrong:
//!
//! - `0-1 (+0.1)` has 0.3 and not 0.30000000000000004.
//! - `1-1.3 (+0.1)` ends with 1.3; A1111 goes on to 1.4000000000000004.
//! - A step that does not lead to the end stops before it: `1-9 (+3)` as numbers is 1, 4, 7; A1111 goes on to 10.
//! - A falling range has its end: `5-1 (-1)` as whole numbers is 5, 4, 3, 2, 1; A1111 stops at 3.
//! - Whole numbers of `[n]` are cut off at the point, as there, but the points are exact: where NumPy has
//!   0.9999999999999999 for 1, A1111 makes 0 of it.
//!
//! A range without any value, such as `5-1`, is an error here; there it is silently nothing.

use aquatint_sandbox::names::shown;

use super::decimal::{Decimal, nearest_float};

/// No sweep has as many values as this on an axis; with fewer, nothing here leaves 128 bits.
const MOST: u128 = 1 << 40;

/// What one item of an axis stands for, counted before it is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers(Form);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// One with an exponent, which decimals do not have.
    Float(f64),
    /// `start`, `start + step`, …; in units of 10^-`places`.
    Steps {
        start: i128,
        step: i128,
        count: u128,
        places: u32,
    },
    /// Equal parts from `start` to `end`.
    Points {
        start: i128,
        end: i128,
        count: u128,
        places: u32,
    },
}

/// Which numbers are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Whole ones.
    Whole,
    /// All.
    Any,
}

impl Numbers {
    /// Reads one item.
    ///
    /// # Errors
    /// It is neither a number nor a range, or a range without values.
    pub fn read(given: &str, wanted: Wanted) -> Result<Self, RangeError> {
        let text = given.trim();
        match one(text, wanted) {
            Some(form) => Ok(Self(form)),
            None => Range { text, wanted }.read().map(Self),
        }
    }

    /// How many there are; at least one.
    #[must_use]
    pub fn count(&self) -> u128 {
        match self.0 {
            Form::Float(_) => 1,
            Form::Steps { count, .. } | Form::Points { count, .. } => count,
        }
    }

    /// All of them, as whole numbers.
    pub fn whole(self) -> impl Iterator<Item = i128> {
        (0..self.count()).map(move |index| {
            let (numerator, denominator) = self.fraction(index);
            // Cut off at the point, as A1111 does.
            match i128::try_from(denominator) {
                Ok(denominator) => numerator / denominator,
                Err(_) => 0,
            }
        })
    }

    /// All of them.
    pub fn floats(self) -> impl Iterator<Item = f64> {
        (0..self.count()).map(move |index| match self.0 {
            // The two zeros are one number to people.
            Form::Float(float) => float + 0.0,
            _ => {
                let (numerator, denominator) = self.fraction(index);
                nearest_float(numerator, denominator)
            }
        })
    }

    /// Number `index`, exactly.
    fn fraction(&self, index: u128) -> (i128, u128) {
        // Fits: the count came from the distance in the same units.
        let index = i128::try_from(index).unwrap_or(i128::MAX);
        match self.0 {
            Form::Float(float) => (float as i128, 1),
            Form::Steps {
                start,
                step,
                places,
                ..
            } => (
                start.saturating_add(step.saturating_mul(index)),
                10_u128.pow(places),
            ),
            Form::Points {
                start,
                end,
                count,
                places,
            } => {
                let parts = count.saturating_sub(1).max(1);
                let left = (parts as i128).saturating_sub(index);
                let sum = start
                    .saturating_mul(left)
                    .saturating_add(end.saturating_mul(index));
                (sum, parts.saturating_mul(10_u128.pow(places)))
            }
        }
    }
}

/// A number alone.
fn one(text: &str, wanted: Wanted) -> Option<Form> {
    match Decimal::read(text) {
        Some((decimal, ""))
            if wanted == Wanted::Any || decimal.places == 0 && !text.contains('.') =>
        {
            Some(Form::Steps {
                start: decimal.units,
                step: 1,
                count: 1,
                places: decimal.places,
            })
        }
        // Rust reads `nan` and `inf` as well.
        _ if wanted == Wanted::Any && text.contains(|c: char| c.is_ascii_digit()) => text
            .parse()
            .ok()
            .filter(|float: &f64| float.is_finite())
            .map(Form::Float),
        _ => None,
    }
}

/// `START-END`, and perhaps `(+STEP)` or `[COUNT]`.
struct Range<'a> {
    text: &'a str,
    wanted: Wanted,
}

impl Range<'_> {
    fn read(&self) -> Result<Form, RangeError> {
        let (start, rest) = self.number(self.text)?;
        let rest = rest.trim_start().strip_prefix('-');
        let rest = rest.ok_or_else(|| self.nothing())?.trim_start();
        let (end, rest) = self.number(rest)?;
        let rest = rest.trim_start();
        if let Some(inside) = inside(rest, '(', ')') {
            return self.steps(start, end, self.step(inside)?);
        }
        if let Some(inside) = inside(rest, '[', ']') {
            return self.points(start, end, inside);
        }
        if !rest.is_empty() {
            return Err(self.nothing());
        }
        let one = Decimal {
            units: 1,
            places: 0,
        };
        self.steps(start, end, one)
    }

    fn number<'b>(&self, text: &'b str) -> Result<(Decimal, &'b str), RangeError> {
        let (decimal, rest) = Decimal::read(text).ok_or_else(|| self.nothing())?;
        let read = &text[..text.len() - rest.len()];
        if self.wanted == Wanted::Whole && read.contains('.') {
            return Err(self.nothing());
        }
        Ok((decimal, rest))
    }

    fn step(&self, inside: &str) -> Result<Decimal, RangeError> {
        let (step, rest) = self.number(inside)?;
        if !rest.is_empty() {
            return Err(self.nothing());
        }
        if !inside.starts_with(['+', '-']) {
            return Err(RangeError::Unsigned {
                step: shown(inside),
            });
        }
        Ok(step)
    }

    fn steps(&self, start: Decimal, end: Decimal, step: Decimal) -> Result<Form, RangeError> {
        let places = start.places.max(end.places).max(step.places);
        let [start, end, step] = [start, end, step].map(|it| it.with_places(places));
        let distance = end - start;
        let away = (distance > 0 && step < 0) || (distance < 0 && step > 0);
        if step == 0 || away {
            return Err(RangeError::Empty { up: distance >= 0 });
        }
        counted(Form::Steps {
            start,
            step,
            count: (distance / step).unsigned_abs() + 1,
            places,
        })
    }

    fn points(&self, start: Decimal, end: Decimal, inside: &str) -> Result<Form, RangeError> {
        let digits = !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            return Err(self.nothing());
        }
        // Only too many digits are left to go wrong.
        let count: u128 = inside.parse().unwrap_or(u128::MAX);
        if count == 0 {
            return Err(RangeError::NoPoints);
        }
        let places = start.places.max(end.places);
        let [start, end] = [start, end].map(|it| it.with_places(places));
        // So that no sum of a point's is too large.
        let most = start.unsigned_abs().max(end.unsigned_abs());
        let largest = most.checked_mul(count).and_then(|it| it.checked_mul(2));
        if largest.is_none_or(|largest| largest > i128::MAX.unsigned_abs()) {
            return Err(RangeError::TooMany { count });
        }
        counted(Form::Points {
            start,
            end,
            count,
            places,
        })
    }

    fn nothing(&self) -> RangeError {
        RangeError::Nothing {
            wanted: self.wanted,
        }
    }
}

fn counted(form: Form) -> Result<Form, RangeError> {
    let count = Numbers(form).count();
    if count > MOST {
        return Err(RangeError::TooMany { count });
    }
    Ok(form)
}

fn inside(text: &str, open: char, close: char) -> Option<&str> {
    Some(text.strip_prefix(open)?.strip_suffix(close)?.trim())
}

/// Why an item stands for no numbers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// Neither a number nor a range.
    #[error("expected {}", expected(*.wanted))]
    Nothing {
        /// What was wanted.
        wanted: Wanted,
    },
    /// A step without its sign.
    #[error("expected a step with its sign, such as (+{step})")]
    Unsigned {
        /// The step.
        step: String,
    },
    /// A step that does not lead to the end.
    #[error("the range has no values, expected a step from its start towards its end, such as ({})", if *.up { "+1" } else { "-1" })]
    Empty {
        /// Whether the end is above the start.
        up: bool,
    },
    /// `[0]`.
    #[error("the range has no values, expected at least [1]")]
    NoPoints,
    /// More than anyone can want.
    #[error("the range has {count} values, expected at most {MOST}")]
    TooMany {
        /// How many.
        count: u128,
    },
}

fn expected(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Whole => "a whole number, or a range such as 1-5, 1-9 (+2) or 1-9 [3]",
        Wanted::Any => "a number, or a range such as 1-5, 0-1 (+0.25) or 0-1 [5]",
    }
}
