//! What can be wrong with a scheduler config or a schedule's name.

/// A scheduler config that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The text is not JSON.
    #[error("the scheduler config is not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// The JSON is not an object.
    #[error("the scheduler config is not a JSON object")]
    NotAnObject,
    /// A known key holds a value of the wrong kind, or outside what can be.
    #[error("scheduler config: `{key}` is {value}: expected {expected}")]
    BadValue {
        /// The key as in the file.
        key: String,
        /// The value as in the file.
        value: String,
        /// What would have been understood.
        expected: String,
    },
    /// Two settings that exclude each other.
    #[error("scheduler config: `{first}` and `{second}` cannot both be set")]
    Conflict {
        /// One key.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A value that is known, but not to this scheduler.
    #[error("scheduler config: {class} cannot use `{key}` = {value}: expected {expected}")]
    Unsupported {
        /// The diffusers class that the sampler follows.
        class: &'static str,
        /// The key as in the file.
        key: &'static str,
        /// The value as in the file.
        value: String,
        /// What the class can use.
        expected: String,
    },
    /// A `_class_name` that no sampler of ours stands for.
    #[error("unknown scheduler class `{name}`: known are {known}")]
    UnknownClass {
        /// The name as in the file; empty when the file has none.
        name: String,
        /// The names that are known.
        known: String,
    },
}

/// A schedule's name that nobody knows.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown schedule `{name}`: did you mean {}?", .nearest.join(", "))]
pub struct UnknownSchedule {
    /// The name as given.
    pub name: String,
    /// The nearest known names, the best first.
    pub nearest: Vec<&'static str>,
}
