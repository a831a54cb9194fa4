//! Decimal numbers as they are written, so that `0-1 (+0.1)` has 0.3 and not 0.30000000000000004.

/// `units` tenths, hundredths, … : 1.25 is 125 with 2 `places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) units: i128,
    pub(super) places: u32,
}

/// More digits than any number here needs: room is left for a range's arithmetic in 128 bits.
const DIGITS: usize = 24;
const PLACES: usize = 12;

impl Decimal {
    /// Reads a number at the beginning of a text, with a sign or without, and gives what follows it. `None` if there is
    /// none, or one with too many digits.
    pub(super) fn read(text: &str) -> Option<(Self, &str)> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, rest) = digits(unsigned);
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(rest) => digits(rest),
            None => ("", rest),
        };
        let count = whole.len() + fraction.len();
        if count == 0 || count > DIGITS || fraction.len() > PLACES {
            return None;
        }
        let units: i128 = format!("{whole}{fraction}").parse().ok()?;
        let decimal = Self {
            units: if text.starts_with('-') { -units } else { units },
            places: fraction.len() as u32,
        };
        Some((decimal, rest))
    }

    /// The same number with more places. At most 24 digits become at most 36: 128 bits hold 38.
    pub(super) fn with_places(self, places: u32) -> i128 {
        let more = places.saturating_sub(self.places);
        self.units.saturating_mul(10_i128.pow(more))
    }
}

fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

/// The float nearest to a fraction.
pub(super) fn nearest_float(numerator: i128, denominator: u128) -> f64 {
    /// A float has 17 digits at most, and what is written here has 12 places at most.
    const LONGEST: usize = 40;
    let magnitude = numerator.unsigned_abs();
    let mut written = format!("{}.", magnitude / denominator);
    let mut rest = magnitude % denominator;
    for _ in 0..LONGEST {
        if rest == 0 {
            break;
        }
        rest *= 10;
        written.push(char::from(b'0' + (rest / denominator) as u8));
        rest %= denominator;
    }
    // So that what lies just above the middle between two floats does not count as the middle.
    if rest != 0 {
        written.push('1');
    }
    let float = written.parse().unwrap_or(f64::NAN);
    if numerator < 0 { -float } else { float }
}
