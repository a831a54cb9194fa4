use crate::bindings::aquatint::plugin::job;
use crate::{Color, Picture, Problem, Result, Value, open};

/// The plugin's settings, as its manifest names them: `Settings.number("amount")?`.
///
/// The host has checked them and filled in defaults, so asking for one that is not there, or is of another type, is a
/// mistake in the plugin, and answered with a problem that says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings;

impl Settings {
    /// One setting, whatever it is.
    ///
    /// # Errors
    /// `plugin.toml` has no such setting. So for all that follow, and if it is of another type.
    pub fn get(self, key: &str) -> Result<Value> {
        job::setting(key)
            .ok_or_else(|| Problem::Failed(format!("plugin.toml has no setting `{key}`")))
    }

    /// A whole number.
    ///
    /// # Errors
    /// See [`Settings::get`].
    pub fn int(self, key: &str) -> Result<i64> {
        match self.get(key)? {
            Value::Int(it) => Ok(it),
            other => wrong(key, &other, "an int"),
        }
    }

    /// A number, also a whole one, as pixels are reckoned with.
    ///
    /// # Errors
    /// See [`Settings::get`].
    pub fn number(self, key: &str) -> Result<f32> {
        self.number64(key).map(|it| it as f32)
    }

    /// A number, also a whole one, exactly as the user gave it: for what goes into a request.
    ///
    /// # Errors
    /// See [`Settings::get`].
    pub fn number64(self, key: &str) -> Result<f64> {
        match self.get(key)? {
            Value::Number(it) => Ok(it),
            Value::Int(it) => Ok(it as f64),
            other => wrong(key, &other, "a number"),
        }
    }

    /// Yes or no.
    ///
    /// # Errors
    /// See [`Settings::get`].
    pub fn flag(self, key: &str) -> Result<bool> {
        match self.get(key)? {
            Value::Flag(it) => Ok(it),
            other => wrong(key, &other, "a flag"),
        }
    }

    /// A text or a choice.
    ///
    /// # Errors
    /// See [`Settings::get`].
    pub fn text(self, key: &str) -> Result<String> {
        match self.get(key)? {
            Value::Text(it) | Value::Choice(it) => Ok(it),
            other => wrong(key, &other, "a text or choice"),
        }
    }

    /// A colour.
    ///
    /// # Errors
    /// See [`Settings::get`].
    pub fn color(self, key: &str) -> Result<Color> {
        match self.get(key)? {
            Value::Color(it) => Ok(it),
            other => wrong(key, &other, "a color"),
        }
    }

    /// A picture; `None` if the user gave none.
    ///
    /// # Errors
    /// See [`Settings::get`]; a budget is spent.
    pub fn picture(self, key: &str) -> Result<Option<Picture>> {
        match self.get(key)? {
            Value::Auto => Ok(None),
            Value::Picture(name) => open(&name).map(Some),
            other => wrong(key, &other, "an image"),
        }
    }

    /// A seed: the job's own if the user gave none.
    ///
    /// # Errors
    /// See [`Settings::get`].
    pub fn seed(self, key: &str) -> Result<u64> {
        match self.get(key)? {
            Value::Auto => Ok(job::seed()),
            Value::Seed(it) => Ok(it),
            other => wrong(key, &other, "a seed"),
        }
    }

    /// A list of texts or choices.
    ///
    /// # Errors
    /// See [`Settings::get`].
    pub fn texts(self, key: &str) -> Result<Vec<String>> {
        match self.get(key)? {
            Value::Texts(it) => Ok(it),
            other => wrong(key, &other, "a list of texts or choices"),
        }
    }

    /// A list of whole numbers.
    ///
    /// # Errors
    /// See [`Settings::get`].
    pub fn ints(self, key: &str) -> Result<Vec<i64>> {
        match self.get(key)? {
            Value::Ints(it) => Ok(it),
            other => wrong(key, &other, "a list of ints"),
        }
    }

    /// A list of numbers, also of whole ones.
    ///
    /// # Errors
    /// See [`Settings::get`].
    pub fn numbers(self, key: &str) -> Result<Vec<f32>> {
        match self.get(key)? {
            Value::Numbers(it) => Ok(it.into_iter().map(|it| it as f32).collect()),
            Value::Ints(it) => Ok(it.into_iter().map(|it| it as f32).collect()),
            other => wrong(key, &other, "a list of numbers"),
        }
    }
}

fn wrong<T>(key: &str, found: &Value, expected: &str) -> Result<T> {
    Err(Problem::Failed(format!(
        "setting `{key}` is {found:?}, the plugin expected {expected}"
    )))
}
