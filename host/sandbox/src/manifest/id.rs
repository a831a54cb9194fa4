use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

const LONGEST: usize = 64;
/// Ids become file names, and Windows keeps these for devices, whatever follows a dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// What a plugin is called: words of lower-case letters and digits, joined by single hyphens, and such names joined by
/// dots, `film-grain` or `acme.film-grain`. Short, safe as a file name, and without the signs that commands give a
/// meaning to (`:`, `=`, `,`, `@`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PluginId(String);

impl PluginId {
    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for PluginId {
    type Err = InvalidId;

    fn from_str(given: &str) -> Result<Self, InvalidId> {
        let error = |expected| InvalidId {
            given: crate::names::shown(given),
            expected,
        };
        if !(2..=LONGEST).contains(&given.len()) {
            return Err(error("2 to 64 characters"));
        }
        for part in given.split('.') {
            if !part.starts_with(|c: char| c.is_ascii_lowercase()) {
                return Err(error(
                    "a lower-case letter at the beginning and after each dot",
                ));
            }
            let word = |word: &str| {
                !word.is_empty()
                    && word
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            };
            if !part.split('-').all(word) {
                return Err(error(
                    "lower-case letters and digits, with single hyphens between them",
                ));
            }
            let device = part.trim_end_matches(|c: char| c.is_ascii_digit());
            let numbered = part.len() == 4 && matches!(device, "com" | "lpt");
            if DEVICES.contains(&part) || numbered {
                return Err(error("no name that Windows keeps for devices"));
            }
        }
        Ok(Self(given.to_owned()))
    }
}

impl TryFrom<String> for PluginId {
    type Error = InvalidId;

    fn try_from(given: String) -> Result<Self, InvalidId> {
        given.parse()
    }
}

impl From<PluginId> for String {
    fn from(id: PluginId) -> Self {
        id.0
    }
}

/// A text that is no id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("plugin id is `{given}`, expected {expected}")]
pub struct InvalidId {
    given: String,
    expected: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_safe_everywhere() {
        for good in [
            "film-grain",
            "acme.film-grain",
            "a1",
            "org.example.x2-y",
            "com.acme.x",
            "console",
        ] {
            assert!(good.parse::<PluginId>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "1a",
            "Film",
            "film_grain",
            "film--grain",
            "-film",
            "film-",
            "a..b",
            ".ab",
            "ab.",
            "a/b",
            "../x",
            "a:b",
            "a=b",
            "a,b",
            "a@b",
            "a b",
            "ä1",
            "con",
            "acme.nul",
            "com1",
            "lpt9.x",
            "a.1b",
            &"x".repeat(65),
        ] {
            assert!(bad.parse::<PluginId>().is_err(), "{bad}");
        }
    }
}
