//! Sizes and durations as people write them: `256MiB`, `5s`, `64MP`.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

/// A quantity cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {what}, expected a number with a unit, such as {example}")]
pub struct InvalidUnit {
    given: String,
    what: &'static str,
    example: &'static str,
}

/// One kind of quantity: its units, the largest first, each a multiple of all that follow it.
struct Units {
    what: &'static str,
    example: &'static str,
    units: &'static [(&'static str, u64)],
}

impl Units {
    /// `NUMBER UNIT`, whole or with a decimal point, in either case. Exact: what is no whole number of the smallest
    /// unit is refused rather than rounded.
    fn read(&self, given: &str) -> Result<u64, InvalidUnit> {
        let error = || InvalidUnit {
            given: crate::names::shown(given),
            what: self.what,
            example: self.example,
        };
        let text = given.trim();
        let split = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or_else(error)?;
        let (number, unit) = text.split_at(split);
        let unit = unit.trim_start();
        let (_, factor) = self
            .units
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(unit))
            .ok_or_else(error)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() || fraction.len() > 9 {
            return Err(error());
        }
        let whole: u128 = whole.parse().map_err(|_| error())?;
        let denominator = 10_u128.pow(fraction.len() as u32);
        let fraction: u128 = match fraction {
            "" => 0,
            digits => digits.parse().map_err(|_| error())?,
        };
        let total = whole
            .checked_mul(denominator)
            .and_then(|number| number.checked_add(fraction))
            .and_then(|number| number.checked_mul(u128::from(*factor)))
            .ok_or_else(error)?;
        if total % denominator != 0 {
            return Err(error());
        }
        u64::try_from(total / denominator).map_err(|_| error())
    }

    /// In the largest unit that leaves no fraction.
    fn write(&self, amount: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let smallest = self.units.len() - 1;
        let (name, factor) = self
            .units
            .iter()
            .find(|(_, factor)| amount != 0 && amount.is_multiple_of(*factor))
            .unwrap_or(&self.units[smallest]);
        write!(f, "{}{name}", amount / factor)
    }
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $units:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub u64);

        impl FromStr for $name {
            type Err = InvalidUnit;

            fn from_str(given: &str) -> Result<Self, InvalidUnit> {
                $units.read(given).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $units.write(self.0, f)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidUnit;

            fn try_from(given: String) -> Result<Self, InvalidUnit> {
                given.parse()
            }
        }

        impl From<$name> for String {
            fn from(quantity: $name) -> Self {
                quantity.to_string()
            }
        }
    };
}

const BYTES: Units = Units {
    what: "a size",
    example: "256MiB, 64KiB or 1GB",
    units: &[
        ("TiB", 1 << 40),
        ("TB", 1_000_000_000_000),
        ("GiB", 1 << 30),
        ("GB", 1_000_000_000),
        ("MiB", 1 << 20),
        ("MB", 1_000_000),
        ("KiB", 1 << 10),
        ("kB", 1_000),
        ("B", 1),
    ],
};

const MILLISECONDS: Units = Units {
    what: "a duration",
    example: "5s, 500ms or 2min",
    units: &[("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)],
};

const PIXELS: Units = Units {
    what: "a number of pixels",
    example: "64MP or 250kP",
    units: &[
        ("GP", 1_000_000_000),
        ("MP", 1_000_000),
        ("kP", 1_000),
        ("P", 1),
    ],
};

quantity!(
    /// A number of bytes.
    Bytes,
    BYTES
);
quantity!(
    /// A number of milliseconds.
    Milliseconds,
    MILLISECONDS
);
quantity!(
    /// A number of pixels.
    Pixels,
    PIXELS
);

impl Milliseconds {
    /// As the standard library has it.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_millis(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_exactly() {
        for (given, bytes) in [
            ("1B", 1),
            ("0B", 0),
            ("64 KiB", 65_536),
            ("1.5mib", 1_572_864),
            ("256MiB", 268_435_456),
            ("2GB", 2_000_000_000),
        ] {
            assert_eq!(given.parse(), Ok(Bytes(bytes)), "{given}");
        }
        for given in [
            "",
            "1",
            "MiB",
            "-1B",
            "1.5B",
            ".5kB",
            "1..5kB",
            "1e3B",
            "99999999999TiB",
            "1 PB",
            "0x1B",
        ] {
            assert!(given.parse::<Bytes>().is_err(), "{given}");
        }
    }

    #[test]
    fn a_quantity_reads_back_as_it_was_written() {
        for bytes in [0, 1, 1000, 1024, 65_536, 1_572_864, 1 << 40, u64::MAX] {
            let text = Bytes(bytes).to_string();
            assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        }
        assert_eq!(Bytes(1 << 28).to_string(), "256MiB");
        assert_eq!(Milliseconds(90_000).to_string(), "90s");
        assert_eq!(Pixels(64_000_000).to_string(), "64MP");
    }

    #[test]
    fn durations_know_their_units() {
        assert_eq!("5s".parse(), Ok(Milliseconds(5_000)));
        assert_eq!("1.5h".parse(), Ok(Milliseconds(5_400_000)));
        assert_eq!(
            "5 minutes"
                .parse::<Milliseconds>()
                .expect_err("no unit")
                .to_string(),
            "`5 minutes` is not a duration, expected a number with a unit, such as 5s, 500ms or 2min"
        );
    }
}
