//! One axis, with every value on it.

use std::collections::HashSet;

use aquatint_sandbox::settings::Value;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::canonical;
use super::error::SweepError;

/// One axis of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    /// What coordinates call it; no two axes of a sweep have the same.
    pub name: String,
    /// What stands beside it in a grid.
    pub label: String,
    /// What is along it; at least one, and no two change the same thing in the same way.
    pub values: Vec<AxisValue>,
}

/// A value on an axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AxisValue {
    /// What stands beside its row or column.
    pub label: String,
    /// What coordinates have: a number, a text, or yes and no.
    pub value: Json,
    #[serde(skip)]
    pub(super) change: Change,
    /// Whether a random seed is to be put here, or was.
    #[serde(skip)]
    pub(super) random: bool,
}

/// What a value does to the request.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// Fields are set.
    Params(Vec<(String, Value)>),
    /// A setting of one of the plugins is set.
    Setting { at: usize, key: String, value: Json },
    /// One of the plugins takes part or does not.
    Switch { at: usize, on: bool },
    /// In both prompts, one text is put in another's place.
    Replace { search: String, by: String },
    /// These styles are applied behind those of the request.
    Styles(Vec<String>),
    /// In the prompt, these words are put into the places that they have, in this order.
    Order(Vec<String>),
}

impl AxisValue {
    pub(super) fn new(label: impl Into<String>, value: impl Into<Json>, change: Change) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            change,
            random: false,
        }
    }

    /// Puts a seed where a random one is due.
    pub(super) fn draw(&mut self, seed: u64) {
        match &mut self.change {
            Change::Params(params) => {
                for (_, value) in params {
                    *value = Value::Seed(seed);
                }
            }
            Change::Setting { value, .. } => *value = Json::from(seed),
            Change::Switch { .. }
            | Change::Replace { .. }
            | Change::Styles(_)
            | Change::Order(_) => {}
        }
        self.label = seed.to_string();
        self.value = Json::from(seed);
    }

    /// What it does, as JSON: what a sweep's digest is made from. Random seeds are not in it, so that a sweep is the
    /// same before and after they are drawn.
    pub(super) fn to_json(&self) -> Json {
        if self.random {
            return json!("random");
        }
        match &self.change {
            Change::Params(params) => {
                let fields: Map<String, Json> = params
                    .iter()
                    .map(|(key, value)| (key.clone(), value.to_json()))
                    .collect();
                json!({"set": fields})
            }
            Change::Setting { at, key, value } => json!({"plugin": at, "key": key, "is": value}),
            Change::Switch { at, on } => json!({"plugin": at, "on": on}),
            Change::Replace { search, by } => json!({"replace": search, "by": by}),
            Change::Styles(styles) => json!({"styles": styles}),
            Change::Order(words) => json!({"order": words}),
        }
    }
}

/// Leaves out what is there already. Two random seeds are two.
///
/// # Errors
/// Nothing is left.
pub(super) fn merged(axis: &str, values: Vec<AxisValue>) -> Result<Vec<AxisValue>, SweepError> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut kept = Vec::with_capacity(values.len());
    for value in values {
        let mut text = String::new();
        canonical::write(&value.to_json(), &mut text);
        if value.random || seen.insert(text) {
            kept.push(value);
        }
    }
    if kept.is_empty() {
        return Err(SweepError::Empty {
            axis: axis.to_owned(),
        });
    }
    Ok(kept)
}
