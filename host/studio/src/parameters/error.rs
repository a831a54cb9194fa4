use std::io;
use std::path::PathBuf;

use crate::png_file::MAX_TEXT_BYTES;
use crate::{PictureFileError, RecipeError};

/// Why there are no parameters to be had from a file.
#[derive(Debug, thiserror::Error)]
pub enum ParametersError {
    /// It is a picture that cannot be read.
    #[error(transparent)]
    Picture(#[from] PictureFileError),
    /// Opening or reading failed.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A picture of a kind that is not read yet.
    #[error("{} is of the kind {kind}: parameters are read from PNG, JPEG and WebP files, texts and recipes", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
        /// Its kind, for example `AVIF`.
        kind: String,
    },
    /// Neither a picture nor a text.
    #[error("{} is neither a PNG, JPEG or WebP file nor a text in UTF-8", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The text is too long.
    #[error("{} has more text than the {MAX_TEXT_BYTES} bytes that are read", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// The recipe cannot be read, and there is nothing else.
    #[error("{}: {source}", path.display())]
    Recipe {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: RecipeError,
    },
    /// Another program's parameters, which are of another kind.
    #[error("{} was made by {program}, whose {what} cannot be read: give the prompt and the settings yourself", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The program.
        program: &'static str,
        /// What it writes.
        what: &'static str,
    },
    /// A picture without any.
    #[error("{} has no parameters in it{}", path.display(), texts(.keywords))]
    NoneInPicture {
        /// The file.
        path: PathBuf,
        /// The keywords of the texts that it has.
        keywords: Vec<String>,
    },
    /// A text that is something else.
    #[error("{} has no parameters in it: expected a last line such as `Steps: 20, Sampler: Euler, Seed: 1, …`", path.display())]
    NoneInText {
        /// The file.
        path: PathBuf,
    },
}

fn texts(keywords: &[String]) -> String {
    if keywords.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = keywords
        .iter()
        .take(8)
        .map(|keyword| format!("`{}`", aquatint_sandbox::names::shown(keyword)))
        .collect();
    format!(", but other texts: {}", shown.join(", "))
}
