use std::collections::BTreeMap;

use serde_json::{Map, Number, Value as Json};

use super::Color;
use super::argument::quoted;

/// The value of a setting, as a plugin sees it: the `value` of the contract.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing was given, and the host decides: no picture, the job's own seed.
    Auto,
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Int(i64),
    /// A number, always finite.
    Number(f64),
    /// A text.
    Text(String),
    /// One of the schema's options.
    Choice(String),
    /// A colour.
    Color(Color),
    /// A picture: what the user gave (a path, say), until [`Values::name_pictures`] puts its content's name here.
    Picture(String),
    /// A seed.
    Seed(u64),
    /// Several texts or choices.
    Texts(Vec<String>),
    /// Several whole numbers.
    Ints(Vec<i64>),
    /// Several numbers.
    Numbers(Vec<f64>),
}

impl Value {
    /// As JSON: `null` for [`Value::Auto`], texts for colours and pictures.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Auto => Json::Null,
            Self::Flag(flag) => Json::Bool(*flag),
            Self::Int(int) => Json::from(*int),
            Self::Number(number) => json_number(*number),
            Self::Text(text) | Self::Choice(text) | Self::Picture(text) => {
                Json::from(text.as_str())
            }
            Self::Color(color) => Json::from(color.to_string()),
            Self::Seed(seed) => Json::from(*seed),
            Self::Texts(texts) => Json::from(texts.as_slice()),
            Self::Ints(ints) => Json::from(ints.as_slice()),
            Self::Numbers(numbers) => numbers.iter().copied().map(json_number).collect(),
        }
    }

    fn text(&self) -> Option<String> {
        let list = |items: Vec<String>| format!("[{}]", items.join(","));
        Some(match self {
            Self::Auto => return None,
            Self::Flag(flag) => flag.to_string(),
            Self::Int(int) => int.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) | Self::Choice(text) | Self::Picture(text) => quoted(text),
            Self::Color(color) => color.to_string(),
            Self::Seed(seed) => seed.to_string(),
            Self::Texts(texts) => list(texts.iter().map(|text| quoted(text)).collect()),
            Self::Ints(ints) => list(ints.iter().map(ToString::to_string).collect()),
            Self::Numbers(numbers) => list(numbers.iter().map(ToString::to_string).collect()),
        })
    }
}

/// The two zeros are one number to people, so they are one here.
fn json_number(number: f64) -> Json {
    let number = if number == 0.0 { 0.0 } else { number };
    Number::from_f64(number).map_or(Json::Null, Json::Number)
}

/// Settings that were checked: every key of the schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(Vec<(String, Value)>);

impl Values {
    pub(super) fn new(values: Vec<(String, Value)>) -> Self {
        Self(values)
    }

    /// Keys and values, in the order of the schema.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// One value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// Replaces what the user gave for each picture by the name of its content, which is what a plugin opens and what
    /// belongs into a key: a path says nothing about what it will hold tomorrow.
    ///
    /// # Errors
    /// Those of `name`.
    pub fn name_pictures<E>(
        &mut self,
        mut name: impl FnMut(&str) -> Result<String, E>,
    ) -> Result<(), E> {
        for (_, value) in &mut self.0 {
            if let Value::Picture(given) = value {
                *given = name(given)?;
            }
        }
        Ok(())
    }

    /// As JSON, in the order of the schema: for recipes and the API. [`Schema::read_json`](super::Schema::read_json)
    /// reads it back.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Json> {
        self.iter()
            .map(|(key, value)| (key.to_owned(), value.to_json()))
            .collect()
    }

    /// As it would be written after `--plugin ID:`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let parts: Vec<String> = self
            .iter()
            .filter_map(|(key, value)| Some(format!("{key}={}", value.text()?)))
            .collect();
        parts.join(",")
    }

    /// One text for equal values, whatever they were given as and in whichever order the schema has them: what keys of
    /// stages are made from. Name pictures first.
    #[must_use]
    pub fn canonical(&self) -> String {
        let sorted: BTreeMap<&str, Json> = self
            .iter()
            .map(|(key, value)| (key, value.to_json()))
            .collect();
        let parts: Vec<String> = sorted
            .into_iter()
            .map(|(key, value)| format!("{}:{value}", Json::from(key)))
            .collect();
        format!("{{{}}}", parts.join(","))
    }
}
