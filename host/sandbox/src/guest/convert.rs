//! Between the contract's types and this crate's own.

use crate::bindings::interfaces::types as wit;
use crate::logs::clean_line;
use crate::problem::Problem;
use crate::settings::{Color, Value};

/// Bytes of a plugin's text that people are shown.
const LONGEST_TEXT: usize = 2_000;

impl From<Problem> for wit::Problem {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::InvalidInput(text) => Self::InvalidInput(text),
            Problem::Unsupported(text) => Self::Unsupported(text),
            Problem::NotFound(text) => Self::NotFound(text),
            Problem::Denied(text) => Self::Denied(text),
            Problem::Exhausted(text) => Self::Exhausted(text),
            Problem::Cancelled => Self::Cancelled,
            Problem::Failed(text) => Self::Failed(text),
        }
    }
}

/// A plugin's own words, cleaned: they end up before people.
impl From<wit::Problem> for Problem {
    fn from(problem: wit::Problem) -> Self {
        let problem = match problem {
            wit::Problem::InvalidInput(text) => Self::InvalidInput(text),
            wit::Problem::Unsupported(text) => Self::Unsupported(text),
            wit::Problem::NotFound(text) => Self::NotFound(text),
            wit::Problem::Denied(text) => Self::Denied(text),
            wit::Problem::Exhausted(text) => Self::Exhausted(text),
            wit::Problem::Cancelled => Self::Cancelled,
            wit::Problem::Failed(text) => Self::Failed(text),
        };
        problem.map(|text| {
            let line = text.lines().collect::<Vec<_>>().join(" ");
            clean_line(&line, LONGEST_TEXT)
        })
    }
}

impl From<Color> for wit::Color {
    fn from(color: Color) -> Self {
        Self {
            red: color.red,
            green: color.green,
            blue: color.blue,
            alpha: color.alpha,
        }
    }
}

impl From<wit::Color> for Color {
    fn from(color: wit::Color) -> Self {
        Self {
            red: color.red,
            green: color.green,
            blue: color.blue,
            alpha: color.alpha,
        }
    }
}

impl From<Value> for wit::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Auto => Self::Auto,
            Value::Flag(it) => Self::Flag(it),
            Value::Int(it) => Self::Int(it),
            Value::Number(it) => Self::Number(it),
            Value::Text(it) => Self::Text(it),
            Value::Choice(it) => Self::Choice(it),
            Value::Color(it) => Self::Color(it.into()),
            Value::Picture(it) => Self::Picture(it),
            Value::Seed(it) => Self::Seed(it),
            Value::Texts(it) => Self::Texts(it),
            Value::Ints(it) => Self::Ints(it),
            Value::Numbers(it) => Self::Numbers(it),
        }
    }
}

impl From<wit::Value> for Value {
    fn from(value: wit::Value) -> Self {
        match value {
            wit::Value::Auto => Self::Auto,
            wit::Value::Flag(it) => Self::Flag(it),
            wit::Value::Int(it) => Self::Int(it),
            wit::Value::Number(it) => Self::Number(it),
            wit::Value::Text(it) => Self::Text(it),
            wit::Value::Choice(it) => Self::Choice(it),
            wit::Value::Color(it) => Self::Color(it.into()),
            wit::Value::Picture(it) => Self::Picture(it),
            wit::Value::Seed(it) => Self::Seed(it),
            wit::Value::Texts(it) => Self::Texts(it),
            wit::Value::Ints(it) => Self::Ints(it),
            wit::Value::Numbers(it) => Self::Numbers(it),
        }
    }
}

/// A list of named values for a plugin.
pub(crate) fn to_params<'a>(
    values: impl IntoIterator<Item = (&'a str, &'a Value)>,
) -> Vec<wit::Param> {
    values
        .into_iter()
        .map(|(key, value)| wit::Param {
            key: key.to_owned(),
            value: value.clone().into(),
        })
        .collect()
}

/// The fields of a request for a plugin.
pub(crate) fn request_params(request: &[(String, Value)]) -> Vec<wit::Param> {
    to_params(request.iter().map(|(key, value)| (key.as_str(), value)))
}

/// A list of named values from a plugin: each key once, numbers finite.
pub(crate) fn from_params(params: Vec<wit::Param>) -> Result<Vec<(String, Value)>, Problem> {
    let mut values: Vec<(String, Value)> = Vec::with_capacity(params.len().min(1_000));
    for wit::Param { key, value } in params {
        let key = clean_line(&key, 200);
        if values.iter().any(|(other, _)| *other == key) {
            return Err(Problem::InvalidInput(format!("`{key}` is there twice")));
        }
        let value = Value::from(value);
        let finite = match &value {
            Value::Number(number) => number.is_finite(),
            Value::Numbers(numbers) => numbers.iter().all(|number| number.is_finite()),
            _ => true,
        };
        if !finite {
            return Err(Problem::InvalidInput(format!(
                "`{key}` is not finite, expected a number"
            )));
        }
        if values.len() >= 1_000 {
            return Err(Problem::InvalidInput(
                "more than 1000 fields, expected those of a request".to_owned(),
            ));
        }
        values.push((key, value));
    }
    Ok(values)
}
