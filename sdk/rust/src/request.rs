use crate::bindings::aquatint::plugin::generate::{self, Ticket};
use crate::bindings::aquatint::plugin::job;
use crate::bindings::sweep::exports::aquatint::plugin::sweep;
use crate::{Param, Result, Value};

/// An axis of a sweep.
pub use sweep::Axis;
/// A point on an axis.
pub use sweep::Point;

/// The fields of a request, or those to change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request(Vec<Param>);

impl Request {
    /// No field at all: changes nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The request behind the job, every field of it.
    #[must_use]
    pub fn of_job() -> Self {
        Self(job::request())
    }

    /// A field.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|it| it.key == key).map(|it| &it.value)
    }

    /// A field that is a text or a choice; empty if it is not there or left to the model.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        match self.get(key) {
            Some(Value::Text(text) | Value::Choice(text)) => text,
            _ => "",
        }
    }

    /// A field that is a whole number; `None` if it is not there or left to the model.
    #[must_use]
    pub fn int(&self, key: &str) -> Option<i64> {
        match self.get(key) {
            Some(Value::Int(it)) => Some(*it),
            _ => None,
        }
    }

    /// A field that is a number; `None` if it is not there or left to the model.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.get(key) {
            Some(Value::Number(it)) => Some(*it),
            Some(Value::Int(it)) => Some(*it as f64),
            _ => None,
        }
    }

    /// With a field set.
    #[must_use]
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.0.retain(|it| it.key != key);
        self.0.push(Param {
            key: key.to_owned(),
            value,
        });
        self
    }

    /// With a text set.
    #[must_use]
    pub fn with_text(self, key: &str, text: impl Into<String>) -> Self {
        self.with(key, Value::Text(text.into()))
    }

    /// With a whole number set.
    #[must_use]
    pub fn with_int(self, key: &str, int: impl Into<i64>) -> Self {
        self.with(key, Value::Int(int.into()))
    }

    /// With a number set.
    #[must_use]
    pub fn with_number(self, key: &str, number: impl Into<f64>) -> Self {
        self.with(key, Value::Number(number.into()))
    }

    /// Hands it in, for the hook `script`: the job's own request with these fields changed. Several may be handed in
    /// before the first is waited for.
    ///
    /// # Errors
    /// `invalid-input` names the field, `unsupported`, `exhausted`.
    pub fn submit(&self) -> Result<Ticket> {
        generate::submit(&self.0)
    }
}

impl From<Vec<Param>> for Request {
    fn from(params: Vec<Param>) -> Self {
        Self(params)
    }
}

impl From<Request> for Vec<Param> {
    fn from(request: Request) -> Self {
        request.0
    }
}

impl Axis {
    /// An axis that people choose by `key`, and read as `label`.
    #[must_use]
    pub fn new(key: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
        }
    }
}

impl Point {
    /// A point with what stands beside its row or column, and the fields to change there.
    #[must_use]
    pub fn new(label: impl Into<String>, changes: Request) -> Self {
        Self {
            label: label.into(),
            changes: changes.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_there_once() {
        let request = Request::new().with_int("steps", 20).with_int("steps", 30);
        assert_eq!(request.int("steps"), Some(30));
        assert_eq!(request.number("steps"), Some(30.0));
        assert_eq!(Vec::<Param>::from(request).len(), 1);
    }

    #[test]
    fn what_is_left_to_the_model_has_no_value() {
        let request = Request::new()
            .with("sampler", Value::Auto)
            .with("cfg", Value::Auto);
        assert_eq!(request.text("sampler"), "");
        assert_eq!(request.number("cfg"), None);
    }
}
