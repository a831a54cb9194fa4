//! From what was given to values, by a schema.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::argument::Term;
use super::kind::{Choice, Item, Kind};
use super::schema::{Schema, Setting};
use super::values::{Value, Values};
use crate::names::{did_you_mean, nearest, shown};

impl Schema {
    /// The values if nothing is given.
    #[must_use]
    pub fn defaults(&self) -> Values {
        Values::new(
            self.settings()
                .iter()
                .map(|setting| (setting.key.clone(), setting.kind.default()))
                .collect(),
        )
    }

    /// Checks what was written on a command line.
    ///
    /// # Errors
    /// The first value that is wrong.
    pub fn read_terms(&self, given: &[(String, Term)]) -> Result<Values, SettingsError> {
        self.read(
            given.iter().map(|(key, term)| (key.as_str(), term)),
            Kind::read_term,
            |term| match term {
                Term::Bare => "given without a value".to_owned(),
                Term::Text(text) => format!("`{}`", shown(text)),
                Term::List(items) => format!("`[{}]`", shown(&items.join(","))),
            },
        )
    }

    /// Checks what came as JSON. `null` is as good as nothing.
    ///
    /// # Errors
    /// The first value that is wrong.
    pub fn read_json(&self, given: &Map<String, Json>) -> Result<Values, SettingsError> {
        self.read(
            given
                .iter()
                .filter(|(_, json)| !json.is_null())
                .map(|(key, json)| (key.as_str(), json)),
            Kind::read_json,
            |json| shown(&json.to_string()),
        )
    }

    fn read<'a, T: 'a>(
        &self,
        given: impl Iterator<Item = (&'a str, &'a T)>,
        read: impl Fn(&Kind, &T) -> Option<Value>,
        show: impl Fn(&T) -> String,
    ) -> Result<Values, SettingsError> {
        let mut found = HashMap::new();
        for (key, given) in given {
            let setting = self.get(key).ok_or_else(|| self.unknown(key))?;
            let value = read(&setting.kind, given).ok_or_else(|| SettingsError::Value {
                key: setting.key.clone(),
                given: show(given),
                expected: setting.kind.expected(),
            })?;
            if found.insert(key, value).is_some() {
                return Err(SettingsError::Twice {
                    key: setting.key.clone(),
                });
            }
        }
        let value = |setting: &Setting| {
            let given = found.remove(setting.key.as_str());
            (
                setting.key.clone(),
                given.unwrap_or_else(|| setting.kind.default()),
            )
        };
        Ok(Values::new(self.settings().iter().map(value).collect()))
    }

    fn unknown(&self, key: &str) -> SettingsError {
        let known: Vec<&str> = self
            .settings()
            .iter()
            .map(|setting| setting.key.as_str())
            .collect();
        SettingsError::Unknown {
            key: shown(key),
            nearest: nearest(key, known.iter().copied()),
            known: if known.is_empty() {
                "it has none".to_owned()
            } else {
                format!("its settings are {}", known.join(", "))
            },
        }
    }
}

impl Kind {
    /// The value if nothing is given.
    #[must_use]
    pub fn default(&self) -> Value {
        match self {
            Self::Flag { default } => Value::Flag(*default),
            Self::Int { default, .. } => Value::Int(*default),
            Self::Number { default, .. } => Value::Number(*default),
            Self::Text { default, .. } => Value::Text(default.clone()),
            Self::Choice { default, .. } => Value::Choice(default.clone()),
            Self::Color { default } => Value::Color(*default),
            Self::Image => Value::Auto,
            Self::Seed { default } => default.map_or(Value::Auto, Value::Seed),
            Self::List { default, .. } => default.clone(),
        }
    }

    fn read_term(&self, term: &Term) -> Option<Value> {
        match (self, term) {
            (Self::Flag { .. }, Term::Bare) => Some(Value::Flag(true)),
            (Self::List { of, items, .. }, Term::List(given)) => {
                let given: Vec<&str> = given.iter().map(String::as_str).collect();
                of.read(*items, &given, Item::read_text)
            }
            // A list of one needs no brackets.
            (Self::List { of, items, .. }, Term::Text(given)) => {
                of.read(*items, &[given.as_str()], Item::read_text)
            }
            (_, Term::Text(text)) => self.read_text(text),
            _ => None,
        }
    }

    fn read_text(&self, text: &str) -> Option<Value> {
        match self {
            Self::Flag { .. } => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Some(Value::Flag(true)),
                "false" | "no" | "off" | "0" => Some(Value::Flag(false)),
                _ => None,
            },
            Self::Int { min, max, .. } => int(text, *min, *max).map(Value::Int),
            Self::Number { min, max, .. } => number(text, *min, *max).map(Value::Number),
            Self::Seed { .. } => digits(text)?.parse().ok().map(Value::Seed),
            _ => self.read_string(text),
        }
    }

    /// Reads JSON; `None` if it is not what is expected.
    pub(super) fn read_json(&self, json: &Json) -> Option<Value> {
        match (self, json) {
            (Self::Flag { .. }, Json::Bool(flag)) => Some(Value::Flag(*flag)),
            (Self::Int { min, max, .. }, Json::Number(given)) => whole(given)
                .filter(|given| within(given, *min, *max))
                .map(Value::Int),
            (Self::Number { min, max, .. }, Json::Number(given)) => given
                .as_f64()
                .filter(|given| given.is_finite() && within(given, *min, *max))
                .map(Value::Number),
            (Self::Seed { .. }, Json::Number(given)) => given.as_u64().map(Value::Seed),
            (Self::List { of, items, .. }, Json::Array(given)) => {
                let given: Vec<&Json> = given.iter().collect();
                of.read(*items, &given, |of, json| of.read_json(json))
            }
            (_, Json::String(text)) => self.read_string(text),
            _ => None,
        }
    }

    /// What is a text in JSON as well as on a command line.
    fn read_string(&self, text: &str) -> Option<Value> {
        match self {
            Self::Text { max, multiline, .. } => {
                fits(text, *max, *multiline).then(|| Value::Text(text.to_owned()))
            }
            Self::Choice { options, .. } => one_of(options, text).map(Value::Choice),
            Self::Color { .. } => text.parse().ok().map(Value::Color),
            Self::Image => {
                let sound = !text.is_empty() && !text.contains('\0');
                sound.then(|| Value::Picture(text.to_owned()))
            }
            _ => None,
        }
    }
}

impl Item {
    /// A list without items.
    pub(super) fn empty(&self) -> Value {
        match self {
            Self::Text { .. } | Self::Choice { .. } => Value::Texts(Vec::new()),
            Self::Int { .. } => Value::Ints(Vec::new()),
            Self::Number { .. } => Value::Numbers(Vec::new()),
        }
    }

    fn read<T: Copy>(
        &self,
        most: usize,
        given: &[T],
        read: impl Fn(&Self, T) -> Option<Value>,
    ) -> Option<Value> {
        if given.len() > most {
            return None;
        }
        let mut list = self.empty();
        for item in given {
            match (&mut list, read(self, *item)?) {
                (Value::Texts(texts), Value::Text(text) | Value::Choice(text)) => texts.push(text),
                (Value::Ints(ints), Value::Int(int)) => ints.push(int),
                (Value::Numbers(numbers), Value::Number(number)) => numbers.push(number),
                _ => return None,
            }
        }
        Some(list)
    }

    fn read_text(&self, text: &str) -> Option<Value> {
        match self {
            Self::Text { max } => fits(text, *max, false).then(|| Value::Text(text.to_owned())),
            Self::Int { min, max } => int(text, *min, *max).map(Value::Int),
            Self::Number { min, max } => number(text, *min, *max).map(Value::Number),
            Self::Choice { options } => one_of(options, text).map(Value::Choice),
        }
    }

    fn read_json(&self, json: &Json) -> Option<Value> {
        match (self, json) {
            (Self::Int { min, max }, Json::Number(given)) => whole(given)
                .filter(|given| within(given, *min, *max))
                .map(Value::Int),
            (Self::Number { min, max }, Json::Number(given)) => given
                .as_f64()
                .filter(|given| within(given, *min, *max))
                .map(Value::Number),
            (Self::Text { .. } | Self::Choice { .. }, Json::String(text)) => self.read_text(text),
            _ => None,
        }
    }
}

fn within<T: PartialOrd>(given: &T, min: Option<T>, max: Option<T>) -> bool {
    min.is_none_or(|min| *given >= min) && max.is_none_or(|max| *given <= max)
}

fn fits(text: &str, max: usize, multiline: bool) -> bool {
    text.chars().count() <= max
        && text
            .chars()
            .all(|c| !c.is_control() || (multiline && matches!(c, '\n' | '\t')))
}

fn one_of(options: &[Choice], text: &str) -> Option<String> {
    options
        .iter()
        .find(|option| option.value == text)
        .map(|option| option.value.clone())
}

/// Rust's own reading takes a plus sign, which in a recipe or a key would make two writings of one number.
fn digits(text: &str) -> Option<&str> {
    (!text.starts_with('+')).then_some(text)
}

fn int(text: &str, min: Option<i64>, max: Option<i64>) -> Option<i64> {
    digits(text)?
        .parse()
        .ok()
        .filter(|given| within(given, min, max))
}

fn number(text: &str, min: Option<f64>, max: Option<f64>) -> Option<f64> {
    digits(text)?
        .parse()
        .ok()
        .filter(|given: &f64| given.is_finite() && within(given, min, max))
}

/// `3` and `3.0` are the same number in JSON.
fn whole(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        // Beyond this not every whole number is a float.
        let exact = float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0;
        exact.then_some(float as i64)
    })
}

/// Why settings are not what a plugin takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The plugin has no such setting.
    #[error("unknown setting `{key}`{}: {known}", did_you_mean(.nearest.as_deref()))]
    Unknown {
        /// What was written.
        key: String,
        /// The setting nearest to it, when one is near.
        nearest: Option<String>,
        /// All settings, for the reader.
        known: String,
    },
    /// A value is not what the setting takes.
    #[error("setting `{key}` is {given}, expected {expected}")]
    Value {
        /// The setting.
        key: String,
        /// What was given.
        given: String,
        /// What it takes.
        expected: String,
    },
    /// A setting is there twice.
    #[error("setting `{key}` is given twice, expected once")]
    Twice {
        /// Which.
        key: String,
    },
}
