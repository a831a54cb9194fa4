use std::fmt::Display;

use crate::{Problem, Result};

/// Makes problems of other errors and of what is not there, with a word about where.
pub trait OrProblem<T> {
    /// What was given makes no sense: `text.parse::<f32>().or_invalid("the third column")?` says
    /// `the third column: invalid float literal`.
    ///
    /// # Errors
    /// [`Problem::InvalidInput`].
    fn or_invalid(self, what: &str) -> Result<T>;

    /// Something went wrong.
    ///
    /// # Errors
    /// [`Problem::Failed`].
    fn or_failed(self, what: &str) -> Result<T>;
}

impl<T, E: Display> OrProblem<T> for std::result::Result<T, E> {
    fn or_invalid(self, what: &str) -> Result<T> {
        self.map_err(|error| Problem::InvalidInput(format!("{what}: {error}")))
    }

    fn or_failed(self, what: &str) -> Result<T> {
        self.map_err(|error| Problem::Failed(format!("{what}: {error}")))
    }
}

impl<T> OrProblem<T> for Option<T> {
    fn or_invalid(self, what: &str) -> Result<T> {
        self.ok_or_else(|| Problem::InvalidInput(what.to_owned()))
    }

    fn or_failed(self, what: &str) -> Result<T> {
        self.ok_or_else(|| Problem::Failed(what.to_owned()))
    }
}

impl From<String> for Problem {
    fn from(text: String) -> Self {
        Self::Failed(text)
    }
}

impl From<&str> for Problem {
    fn from(text: &str) -> Self {
        Self::Failed(text.to_owned())
    }
}

macro_rules! invalid {
    ($($error:ty),* $(,)?) => { $(
        impl From<$error> for Problem {
            fn from(error: $error) -> Self {
                Self::InvalidInput(error.to_string())
            }
        }
    )* };
}

invalid!(
    std::num::ParseFloatError,
    std::num::ParseIntError,
    std::num::TryFromIntError,
    std::str::Utf8Error,
    std::string::FromUtf8Error,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_become_problems_with_their_place() {
        let column = "x".parse::<f32>().or_invalid("the third column");
        assert_eq!(
            column,
            Err(Problem::InvalidInput(
                "the third column: invalid float literal".into()
            ))
        );
        assert_eq!(
            None::<u8>.or_failed("no rows"),
            Err(Problem::Failed("no rows".into()))
        );
        let number = || -> Result<i32> { Ok("x".parse::<i32>()?) };
        assert!(matches!(number(), Err(Problem::InvalidInput(_))));
    }
}
