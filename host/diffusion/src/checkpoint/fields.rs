//! Reads a part's `config.json` key by key, and knows afterwards which keys nobody asked for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::CheckpointError;

/// A JSON object with the file it came from.
#[derive(Debug)]
pub(super) struct Fields {
    path: PathBuf,
    values: Map<String, Value>,
    asked: RefCell<BTreeSet<String>>,
}

impl Fields {
    pub(super) fn read(path: &Path) -> Result<Self, CheckpointError> {
        let text = std::fs::read_to_string(path).map_err(CheckpointError::io(path))?;
        match serde_json::from_str(&text).map_err(CheckpointError::json(path))? {
            Value::Object(values) => Ok(Self {
                path: path.to_owned(),
                values,
                asked: RefCell::default(),
            }),
            _ => Err(CheckpointError::Json {
                path: path.to_owned(),
                reason: "expected an object".to_owned(),
            }),
        }
    }

    /// Whether the key is there, be it `null`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// The value under `key`; `null` counts as not there, as in diffusers.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.asked.borrow_mut().insert(key.to_owned());
        self.values.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn error(&self, key: &str, expected: impl Into<String>) -> CheckpointError {
        CheckpointError::Config {
            path: self.path.clone(),
            key: key.to_owned(),
            found: self
                .values
                .get(key)
                .map_or_else(|| "missing".to_owned(), shortened),
            expected: expected.into(),
        }
    }

    pub(super) fn size(&self, key: &str, default: usize) -> Result<usize, CheckpointError> {
        Ok(self.maybe_size(key)?.unwrap_or(default))
    }

    pub(super) fn required_size(&self, key: &str) -> Result<usize, CheckpointError> {
        self.maybe_size(key)?
            .ok_or_else(|| self.error(key, "a positive number"))
    }

    pub(super) fn maybe_size(&self, key: &str) -> Result<Option<usize>, CheckpointError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        as_size(value)
            .map(Some)
            .ok_or_else(|| self.error(key, "a positive number"))
    }

    pub(super) fn float(&self, key: &str, default: f64) -> Result<f64, CheckpointError> {
        match self.get(key) {
            None => Ok(default),
            Some(value) => value.as_f64().ok_or_else(|| self.error(key, "a number")),
        }
    }

    pub(super) fn flag(&self, key: &str, default: bool) -> Result<bool, CheckpointError> {
        match self.get(key) {
            None => Ok(default),
            Some(value) => value
                .as_bool()
                .ok_or_else(|| self.error(key, "true or false")),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&str>, CheckpointError> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => value
                .as_str()
                .map(Some)
                .ok_or_else(|| self.error(key, "a text")),
        }
    }

    /// The choice that `key` names, or the first one when it is not there.
    pub(super) fn choice<T: Copy>(
        &self,
        key: &str,
        choices: &[(&str, T)],
    ) -> Result<T, CheckpointError> {
        let expected = || {
            let names: Vec<_> = choices
                .iter()
                .map(|(name, _)| format!("{name:?}"))
                .collect();
            self.error(key, names.join(" or "))
        };
        let Some(value) = self.get(key) else {
            return choices
                .first()
                .map(|(_, choice)| *choice)
                .ok_or_else(expected);
        };
        choices
            .iter()
            .find(|(name, _)| value.as_str() == Some(name))
            .map(|(_, choice)| *choice)
            .ok_or_else(expected)
    }

    /// A key that graphs have no form for: it must be absent, `null` or the one value given.
    pub(super) fn only(&self, key: &str, value: Value) -> Result<(), CheckpointError> {
        match self.get(key) {
            None => Ok(()),
            Some(found) if *found == value => Ok(()),
            Some(found) if found.as_f64().is_some() && found.as_f64() == value.as_f64() => Ok(()),
            Some(_) => Err(self.error(key, value.to_string())),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, CheckpointError> {
        let list = self.get(key).and_then(Value::as_array);
        list.and_then(|list| {
            list.iter()
                .map(|text| text.as_str().map(str::to_owned))
                .collect()
        })
        .ok_or_else(|| self.error(key, "a list of texts"))
    }

    /// A list of sizes.
    pub(super) fn sizes(&self, key: &str) -> Result<Vec<usize>, CheckpointError> {
        let list = self.get(key).and_then(Value::as_array);
        list.and_then(|list| list.iter().map(as_size).collect())
            .filter(|list: &Vec<_>| !list.is_empty())
            .ok_or_else(|| self.error(key, "a list of positive numbers"))
    }

    /// One size for each level of a network: each halves the picture, so there cannot be many.
    pub(super) fn levels(&self, key: &str) -> Result<Vec<usize>, CheckpointError> {
        const MOST: usize = 8;
        let sizes = self.sizes(key)?;
        if sizes.len() > MOST {
            return Err(self.error(key, format!("a list of at most {MOST}")));
        }
        Ok(sizes)
    }

    /// Groups of the group norms, which share each level's channels.
    pub(super) fn groups(&self, channels: &[usize]) -> Result<usize, CheckpointError> {
        const KEY: &str = "norm_num_groups";
        let groups = self.size(KEY, 32)?;
        match channels.iter().find(|size| !size.is_multiple_of(groups)) {
            None => Ok(groups),
            Some(size) => {
                let expected = format!("a divisor of each level's channels, such as {size}");
                Err(self.error(KEY, expected))
            }
        }
    }

    /// Residual blocks of a level: there are a few.
    pub(super) fn few(&self, key: &str, sizes: &[usize]) -> Result<(), CheckpointError> {
        const MOST: usize = 64;
        match sizes.iter().all(|size| *size <= MOST) {
            true => Ok(()),
            false => Err(self.error(key, format!("at most {MOST}"))),
        }
    }

    /// One size for each of `count` levels: a list of that length, or one number for all.
    pub(super) fn size_per_level(
        &self,
        key: &str,
        count: usize,
        default: Option<usize>,
    ) -> Result<Vec<usize>, CheckpointError> {
        let expected = || self.error(key, format!("a positive number or a list of {count}"));
        match (self.get(key), default) {
            (None, Some(default)) => Ok(vec![default; count]),
            (Some(Value::Array(list)), _) if list.len() == count => list
                .iter()
                .map(as_size)
                .collect::<Option<_>>()
                .ok_or_else(expected),
            (Some(value), _) => as_size(value)
                .map(|size| vec![size; count])
                .ok_or_else(expected),
            (None, None) => Err(expected()),
        }
    }

    /// Keys that were never asked for and say something: neither metadata (`_…`) nor `null`.
    pub(super) fn ignored(&self) -> Vec<String> {
        let asked = self.asked.borrow();
        self.values
            .iter()
            .filter(|(key, value)| {
                !key.starts_with('_') && !value.is_null() && !asked.contains(*key)
            })
            .map(|(key, _)| key.clone())
            .collect()
    }
}

/// A value as JSON, as much of it as fits into a message.
fn shortened(value: &Value) -> String {
    const MOST: usize = 200;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn as_size(value: &Value) -> Option<usize> {
    value
        .as_u64()
        // Some published configs write sizes as floats.
        .or_else(|| {
            value
                .as_f64()
                .filter(|f| f.fract() == 0.0 && *f >= 0.0 && *f < 1e9)
                .map(|f| f as u64)
        })
        .filter(|n| *n > 0 && *n <= 1 << 30)
        .and_then(|n| usize::try_from(n).ok())
}
