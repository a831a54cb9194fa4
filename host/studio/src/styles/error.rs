use std::io;
use std::path::PathBuf;

use aquatint_sandbox::names::did_you_mean;

use super::file::MAX_BYTES;
use crate::{InvalidRequest, PictureFileError};

/// Why styles cannot be used or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StyleError {
    /// There is no file.
    #[error("there are no styles: {} does not exist; `aquatint style add` makes one", path.display())]
    NoFile {
        /// Where it would be.
        path: PathBuf,
    },
    /// Opening or reading failed.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is too long.
    #[error("{} has more than the {MAX_BYTES} bytes that are read", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// It is no text.
    #[error("{} is not a text in UTF-8, expected styles as CSV", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The first line names no columns.
    #[error("{} has no columns `name` and `prompt`: expected a first line such as name,prompt,negative_prompt", path.display())]
    NoColumns {
        /// The file.
        path: PathBuf,
    },
    /// No style is called so.
    #[error("there is no style \"{name}\" in {}{}", path.display(), hint(.nearest.as_deref(), .names))]
    Unknown {
        /// What was given.
        name: String,
        /// One that was probably meant.
        nearest: Option<String>,
        /// What styles there are.
        names: Vec<String>,
        /// The file.
        path: PathBuf,
    },
    /// A style is called so already.
    #[error("there is a style \"{name}\" in {} already: remove it first, or choose another name", path.display())]
    Exists {
        /// The name.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// A name that cannot be given again.
    #[error("the style's name is \"{0}\", expected a text of one line without spaces around it")]
    Name(String),
    /// With the style the request is none that can be drawn.
    #[error("with the style \"{name}\": {error}")]
    Request {
        /// The style.
        name: String,
        /// What is wrong.
        error: InvalidRequest,
    },
    /// A request whose styles are not in its prompts was to be drawn.
    #[error(
        "the styles of the request are not in its prompts: they are applied before it is drawn"
    )]
    NotApplied,
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] PictureFileError),
}

impl StyleError {
    /// Whether whoever asked is at fault rather than the machine.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Read { .. } | Self::Write(_))
    }
}

fn hint(nearest: Option<&str>, names: &[String]) -> String {
    if nearest.is_some() {
        return did_you_mean(nearest);
    }
    const SHOWN: usize = 12;
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| aquatint_sandbox::names::shown(name))
        .collect();
    match names.len() {
        0 => ": it is empty".to_owned(),
        count if count > SHOWN => format!(": expected one of {}, …", shown.join(", ")),
        _ => format!(": expected one of {}", shown.join(", ")),
    }
}
