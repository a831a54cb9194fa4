use std::{fmt, str::FromStr};

/// A colour in sRGB, not premultiplied. As text `#rgb`, `#rrggbb` or `#rrggbbaa`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Color {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
    /// 0 is transparent, 255 is opaque.
    pub alpha: u8,
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            red,
            green,
            blue,
            alpha,
        } = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")?;
        match alpha {
            255 => Ok(()),
            alpha => write!(f, "{alpha:02x}"),
        }
    }
}

impl FromStr for Color {
    type Err = InvalidColor;

    fn from_str(given: &str) -> Result<Self, InvalidColor> {
        let error = || InvalidColor {
            given: crate::names::shown(given),
        };
        let digits: Option<Vec<u8>> = given
            .strip_prefix('#')
            .ok_or_else(error)?
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let pair = |high: u8, low: u8| high * 16 + low;
        let [red, green, blue, alpha] = match digits.as_deref().ok_or_else(error)? {
            [r, g, b] => [pair(*r, *r), pair(*g, *g), pair(*b, *b), 255],
            [r, s, g, h, b, c] => [pair(*r, *s), pair(*g, *h), pair(*b, *c), 255],
            [r, s, g, h, b, c, a, d] => [pair(*r, *s), pair(*g, *h), pair(*b, *c), pair(*a, *d)],
            _ => return Err(error()),
        };
        Ok(Self {
            red,
            green,
            blue,
            alpha,
        })
    }
}

/// A text that is no colour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("color is `{given}`, expected one such as #ff8800 or #ff880080")]
pub struct InvalidColor {
    given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_read_back() {
        for (given, shown) in [
            ("#f80", "#ff8800"),
            ("#FF8800", "#ff8800"),
            ("#ff8800ff", "#ff8800"),
            ("#ff880080", "#ff880080"),
        ] {
            assert_eq!(given.parse::<Color>().expect(given).to_string(), shown);
        }
        for bad in [
            "", "#", "ff8800", "#ff88", "#gg8800", "#ff88001", "red", "#é80",
        ] {
            assert!(bad.parse::<Color>().is_err(), "{bad}");
        }
    }
}
