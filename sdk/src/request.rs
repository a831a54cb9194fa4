use crate::bindings::sweep::exports::aquatint::plugin::sweep;
use crate::{Param, Value};

/// An axis of a sweep.
pub use sweep::Axis;
/// A point on an axis.
pub use sweep::Point;

/// The fields of a request, or those to change.
#[derive(Clone, Debug, Default)]
pub struct Request(Vec<Param>);

impl Request {
    /// No field at all: changes nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A field.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|it| it.key == key).map(|it| &it.value)
    }

    /// A field that is a text; empty if it is not there.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        match self.get(key) {
            Some(Value::Text(text) | Value::Choice(text)) => text,
            _ => "",
        }
    }

    /// A field that is a whole number.
    #[must_use]
    pub fn int(&self, key: &str) -> Option<i64> {
        match self.get(key) {
            Some(Value::Int(it)) => Some(*it),
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
    pub fn with_int(self, key: &str, int: i64) -> Self {
        self.with(key, Value::Int(int))
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
