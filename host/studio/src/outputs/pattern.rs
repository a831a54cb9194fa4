use std::fmt;
use std::str::FromStr;

use aquatint_sandbox::names::{did_you_mean, nearest, shown};

use super::Naming;
use super::names::{LONGEST, LONGEST_END, part, visible, whole};
use crate::image_file::FileKind;
use crate::picture_file::{Encoding, without_ending};

/// What can be filled in, and what it is.
pub const TOKENS: [(&str, &str); 18] = [
    ("date", "the day, 2026-01-31"),
    ("time", "the time of day, 23-59-59"),
    ("datetime", "both, 20260131235959"),
    ("number", "the lowest free number, of five digits"),
    ("seed", "the seed"),
    ("steps", "how many steps"),
    ("cfg", "how strongly the prompt guided"),
    ("sampler", "the sampler"),
    ("schedule", "the schedule"),
    ("model", "the model's name"),
    ("width", "the width in pixels"),
    ("height", "the height in pixels"),
    ("prompt", "the start of the prompt"),
    ("prompt_words", "the first eight words of the prompt"),
    ("negative", "the start of the negative prompt"),
    ("job", "the job's number, or 0"),
    ("index", "which of the job's pictures, from 1"),
    ("plugins", "the plugins"),
];
const NUMBER: &str = "number";
/// Longest value of one token, in bytes.
const VALUE: usize = 80;
const WORDS: usize = 8;
/// Longest pattern, in bytes, and how many folders deep it may go.
const PATTERN: usize = 500;
const DEEPEST: usize = 8;

/// How pictures are called, below some folder: text, `/` for folders, and [`TOKENS`] in square brackets. `[[` stands for
/// a bracket. The format's ending is added; a pattern that has one says the [format](Pattern::encoding).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    kind: Option<FileKind>,
    folders: Vec<Vec<Piece>>,
    name: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Token(&'static str),
}

/// A pattern that was filled in.
pub(super) struct Filled {
    pub(super) folders: Vec<String>,
    /// Whether the name has a number.
    pub(super) numbered: bool,
    /// The name before the number.
    pub(super) before: String,
    /// The name behind it.
    pub(super) after: String,
}

impl Default for Pattern {
    /// `[date]/[number]-[seed]`.
    fn default() -> Self {
        Self {
            text: "[date]/[number]-[seed]".to_owned(),
            kind: None,
            folders: vec![vec![Piece::Token("date")]],
            name: vec![
                Piece::Token(NUMBER),
                Piece::Text("-".to_owned()),
                Piece::Token("seed"),
            ],
        }
    }
}

impl Pattern {
    /// As [`Pattern::default`], without a folder for the day.
    #[must_use]
    pub fn flat() -> Self {
        let usual = Self::default();
        Self {
            text: "[number]-[seed]".to_owned(),
            folders: Vec::new(),
            ..usual
        }
    }

    /// How pictures are encoded by the ending of the pattern, such as `.webp`; `None` if it has none.
    #[must_use]
    pub fn encoding(&self) -> Option<Encoding> {
        self.kind.and_then(Encoding::of_kind)
    }

    pub(super) fn fill(&self, naming: &Naming<'_>) -> Filled {
        let text = |pieces: &[Piece]| -> String {
            let piece = |piece: &Piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Token(token) => value(token, naming),
            };
            pieces.iter().map(piece).collect()
        };
        let at = self
            .name
            .iter()
            .position(|piece| *piece == Piece::Token(NUMBER));
        let (before, after) = match at {
            Some(at) => (&self.name[..at], &self.name[at + 1..]),
            None => (&self.name[..], &[][..]),
        };
        Filled {
            folders: self
                .folders
                .iter()
                .map(|pieces| whole(&part(&text(pieces), LONGEST)))
                .collect(),
            numbered: at.is_some(),
            before: visible(&part(&text(before), LONGEST)).to_owned(),
            after: part(&text(after), LONGEST_END),
        }
    }
}

fn value(token: &str, naming: &Naming<'_>) -> String {
    let recipe = naming.recipe;
    let value = match token {
        "date" => naming.time.strftime("%Y-%m-%d").to_string(),
        "time" => naming.time.strftime("%H-%M-%S").to_string(),
        "datetime" => naming.time.strftime("%Y%m%d%H%M%S").to_string(),
        "seed" => recipe.seed.to_string(),
        "steps" => recipe.steps.to_string(),
        "cfg" => recipe.cfg.to_string(),
        "sampler" => recipe.sampler.clone(),
        "schedule" => recipe.schedule.clone(),
        "model" => recipe.model.name.clone(),
        "width" => recipe.width.to_string(),
        "height" => recipe.height.to_string(),
        "prompt" => recipe.prompt.clone(),
        "prompt_words" => {
            let words = recipe.prompt.split(|c: char| !c.is_alphanumeric());
            let words: Vec<_> = words.filter(|word| !word.is_empty()).take(WORDS).collect();
            words.join("_")
        }
        "negative" => recipe.negative.clone(),
        "job" => naming.job.unwrap_or(0).to_string(),
        "index" => (u64::from(naming.index) + 1).to_string(),
        "plugins" => {
            let ids: Vec<_> = recipe.plugins.iter().map(|it| it.id.as_str()).collect();
            ids.join("+")
        }
        _ => String::new(),
    };
    let words: Vec<_> = value.split_whitespace().collect();
    part(&words.join("_"), VALUE)
}

/// Why a text is no [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPattern {
    /// A token that does not exist.
    #[error("[{token}] is unknown{}: expected one of {}", did_you_mean(nearest.as_deref()), all())]
    UnknownToken {
        /// The token.
        token: String,
        /// One that was probably meant.
        nearest: Option<String>,
    },
    /// A bracket without its other half.
    #[error("a bracket is open in \"{0}\": expected ] behind [, and [[ for a bracket itself")]
    OpenBracket(String),
    /// It leads elsewhere.
    #[error(
        "\"{0}\" leads out of the folder for pictures: expected folders without a / at the start, a drive, or .."
    )]
    Escapes(String),
    /// There is no name, or a folder without one.
    #[error("\"{0}\" has an empty name: expected something before, between and behind each /")]
    Empty(String),
    /// It is too long, or goes too deep.
    #[error(
        "the pattern has {bytes} bytes and {folders} folders, expected at most {PATTERN} and {DEEPEST}"
    )]
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How deep it goes.
        folders: usize,
    },
    /// A number belongs to the file.
    #[error(
        "[number] is in \"{0}\" more than once or in a folder: expected it once, behind the last /"
    )]
    Number(String),
}

fn all() -> String {
    let names: Vec<_> = TOKENS.iter().map(|(name, _)| format!("[{name}]")).collect();
    names.join(", ")
}

impl FromStr for Pattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        let (text, kind) = without_ending(text);
        let folders = text.matches('/').count();
        if text.len() > PATTERN || folders > DEEPEST {
            let bytes = text.len();
            return Err(InvalidPattern::TooLong { bytes, folders });
        }
        let shown = || shown(text);
        if text.starts_with('/') || text.contains('\\') || text.get(1..2) == Some(":") {
            return Err(InvalidPattern::Escapes(shown()));
        }
        let mut parts = Vec::new();
        for part in text.split('/') {
            if part.trim() == ".." || part.trim() == "." {
                return Err(InvalidPattern::Escapes(shown()));
            }
            if part.trim().is_empty() {
                return Err(InvalidPattern::Empty(shown()));
            }
            parts.push(pieces(part, text)?);
        }
        let numbers = |pieces: &Vec<Piece>| {
            let is_number = |it: &&Piece| **it == Piece::Token(NUMBER);
            pieces.iter().filter(is_number).count()
        };
        let name = parts.pop().unwrap_or_default();
        if numbers(&name) > 1 || parts.iter().any(|part| numbers(part) > 0) {
            return Err(InvalidPattern::Number(shown()));
        }
        Ok(Self {
            text: text.to_owned(),
            kind,
            folders: parts,
            name,
        })
    }
}

fn pieces(part: &str, whole: &str) -> Result<Vec<Piece>, InvalidPattern> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = part;
    while let Some(at) = rest.find('[') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('[') {
            text.push('[');
            rest = behind;
            continue;
        }
        let Some((token, behind)) = rest.split_once(']') else {
            return Err(InvalidPattern::OpenBracket(shown(whole)));
        };
        let known = TOKENS.iter().find(|(name, _)| *name == token);
        let Some((token, _)) = known else {
            return Err(InvalidPattern::UnknownToken {
                token: shown(token),
                nearest: nearest(token, TOKENS.map(|(name, _)| name)),
            });
        };
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        pieces.push(Piece::Token(token));
        rest = behind;
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match self.encoding() {
            Some(encoding) => write!(f, ".{}", encoding.extension()),
            None => Ok(()),
        }
    }
}
