use serde::{Deserialize, Serialize};

use super::kind::Kind;
use super::raw::Raw;
use crate::names::{did_you_mean, nearest, shown};

const MOST: usize = 128;
const LONGEST_KEY: usize = 40;
const LONGEST_LABEL: usize = 100;
const LONGEST_HELP: usize = 500;

/// The settings of a plugin: `[[settings]]` in a manifest, in the order in which a form shows them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schema {
    settings: Vec<Setting>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Setting {
    /// What is written on command lines and passed to the plugin.
    pub key: String,
    /// What people read; the key if there is none.
    pub label: String,
    /// More about it.
    pub help: Option<String>,
    /// Under which heading a form shows it.
    pub group: Option<String>,
    /// The key of a flag that must be on for a form to show it. It is passed to the plugin either way.
    pub show_if: Option<String>,
    /// What it may be.
    pub kind: Kind,
}

impl Schema {
    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// One setting.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }

    /// Checks what one setting alone cannot know.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn check(&self) -> Result<(), InvalidSchema> {
        let count = self.settings.len();
        if count > MOST {
            return Err(InvalidSchema::TooMany { count });
        }
        for (index, setting) in self.settings.iter().enumerate() {
            let key = &setting.key;
            let wrong = |field, given: &str, expected: &str| InvalidSchema::Field {
                key: shown(key),
                field,
                given: format!("`{}`", shown(given)),
                expected: expected.to_owned(),
            };
            let key_fits = (1..=LONGEST_KEY).contains(&key.len())
                && key.starts_with(|c: char| c.is_ascii_lowercase())
                && key.bytes().all(|byte| {
                    byte.is_ascii_lowercase()
                        || byte.is_ascii_digit()
                        || matches!(byte, b'-' | b'_')
                });
            if !key_fits {
                let expected = "1 to 40 lower-case letters, digits, `-` and `_`, a letter first";
                return Err(wrong("key", key, expected));
            }
            if self.settings[..index].iter().any(|other| other.key == *key) {
                return Err(InvalidSchema::Twice { key: key.clone() });
            }
            let texts = [
                ("label", Some(&setting.label), LONGEST_LABEL),
                ("help", setting.help.as_ref(), LONGEST_HELP),
                ("group", setting.group.as_ref(), LONGEST_LABEL),
            ];
            for (field, text, longest) in texts {
                let Some(text) = text else { continue };
                let fits = !text.trim().is_empty()
                    && text.chars().count() <= longest
                    && !text.chars().any(crate::logs::is_harmful);
                if !fits {
                    return Err(wrong(
                        field,
                        text,
                        &format!("a line of 1 to {longest} printable characters"),
                    ));
                }
            }
            if let Some(flag) = &setting.show_if
                && !matches!(
                    self.get(flag).map(|other| &other.kind),
                    Some(Kind::Flag { .. })
                )
            {
                let flags = self
                    .settings
                    .iter()
                    .filter(|other| matches!(other.kind, Kind::Flag { .. }));
                let near = nearest(flag, flags.map(|other| other.key.as_str()));
                let expected = format!("the key of a flag{}", did_you_mean(near.as_deref()));
                return Err(wrong("show-if", flag, &expected));
            }
        }
        Ok(())
    }
}

/// What is wrong with a manifest's settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSchema {
    /// A field of a setting is wrong.
    #[error("setting `{key}`: {field} is {given}, expected {expected}")]
    Field {
        /// The setting.
        key: String,
        /// Its field.
        field: &'static str,
        /// What it is.
        given: String,
        /// What would have been right.
        expected: String,
    },
    /// A field belongs to another type.
    #[error("setting `{key}`: {field} does not belong to a setting of type {ty}")]
    NotForType {
        /// The setting.
        key: String,
        /// Its field.
        field: &'static str,
        /// Its type.
        ty: String,
    },
    /// A key is there twice.
    #[error("setting `{key}` is there twice, expected each key once")]
    Twice {
        /// Which.
        key: String,
    },
    /// So many that no form could show them.
    #[error("{count} settings, expected at most {MOST}")]
    TooMany {
        /// How many.
        count: usize,
    },
}
