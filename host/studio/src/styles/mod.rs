//! Styles: pieces of prompts with a name, in a file as A1111 has it.
//!
//! `styles.csv` has the columns `name`, `prompt` and `negative_prompt`. A style's prompt has the place `{prompt}` for
//! what was typed, or is put behind it with a comma. Styles are applied one after the other, each to what the one before
//! it gave, to the prompt and to the negative prompt alike.
//!
//! They are applied by [`Studio`](crate::Studio), to the request as it comes, before any plugin sees it: plugins,
//! recipes and other programs have the prompts whole. So a picture is made again without the file.

mod error;
mod file;
mod records;
#[cfg(test)]
mod tests;

use crate::Request;

pub use error::StyleError;
pub use file::Styles;

/// What stands for what was typed.
const PLACE: &str = "{prompt}";

/// A style.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Style {
    /// What it is chosen by.
    pub name: String,
    /// What becomes of a prompt.
    pub prompt: String,
    /// What becomes of a negative prompt.
    pub negative: String,
}

impl Style {
    /// Both prompts with this style.
    #[must_use]
    pub fn apply(&self, prompt: &str, negative: &str) -> (String, String) {
        (
            merged(&self.prompt, prompt),
            merged(&self.negative, negative),
        )
    }
}

/// A text with a style's, as A1111 merges them: in its place as it is, or else both without what is around them.
fn merged(style: &str, text: &str) -> String {
    if style.contains(PLACE) {
        return style.replace(PLACE, text);
    }
    let parts = [text.trim(), style.trim()];
    let parts: Vec<&str> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    parts.join(", ")
}

impl Styles {
    /// A request with its styles in its prompts, and none left to be applied.
    ///
    /// # Errors
    /// There is no style of one of the names, or the prompts become too long.
    pub fn expand(&self, request: &Request) -> Result<Request, StyleError> {
        let mut expanded = Request {
            styles: Vec::new(),
            ..request.clone()
        };
        for name in &request.styles {
            let style = self.find(name)?;
            (expanded.prompt, expanded.negative) =
                style.apply(&expanded.prompt, &expanded.negative);
            // At each step: a style with many places for the prompt doubles it, and the next does so again.
            expanded.validate().map_err(|error| StyleError::Request {
                name: aquatint_sandbox::names::shown(name),
                error,
            })?;
        }
        Ok(expanded)
    }
}
