use std::fmt;

use aquatint_sandbox::names::shown;

/// Something in a text that its request does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It changed the picture, and nothing here can do the same yet.
    Ignored {
        /// The field.
        key: String,
        /// What it was set to.
        value: String,
    },
    /// A field that nothing is known of.
    Unknown {
        /// The field.
        key: String,
        /// What it was set to.
        value: String,
    },
    /// A value that makes no sense, so the default is drawn with.
    Unread {
        /// The field.
        key: String,
        /// What it was set to.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// Words of the prompt that other programs do not draw, but obey.
    Words {
        /// As they stand there.
        words: String,
        /// What they would do.
        what: &'static str,
    },
    /// Something else, as a whole sentence.
    Said(String),
}

impl Note {
    /// Notes as lines to be shown, those of a kind on one line.
    #[must_use]
    pub fn lines(notes: &[Self]) -> Vec<String> {
        let together = |start: &str, kind: fn(&Self) -> bool| {
            let fields: Vec<String> = notes
                .iter()
                .filter(|note| kind(note))
                .map(Self::field)
                .collect();
            (!fields.is_empty()).then(|| format!("{start}: {}", fields.join(", ")))
        };
        let alone = notes
            .iter()
            .filter(|note| !note.is_ignored() && !note.is_unknown())
            .map(ToString::to_string);
        alone
            .chain(together(
                "ignored, so the picture will differ",
                Self::is_ignored,
            ))
            .chain(together(
                "ignored, as nothing is known of it",
                Self::is_unknown,
            ))
            .collect()
    }

    fn is_ignored(&self) -> bool {
        matches!(self, Self::Ignored { .. })
    }

    fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }

    /// `Hires upscale 2`.
    fn field(&self) -> String {
        match self {
            Self::Ignored { key, value }
            | Self::Unknown { key, value }
            | Self::Unread { key, value, .. } => format!("{} {}", shown(key), shown(value)),
            Self::Words { words, .. } => shown(words),
            Self::Said(text) => text.clone(),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.field();
        match self {
            Self::Ignored { .. } => write!(f, "ignored, so the picture will differ: {field}"),
            Self::Unknown { .. } => write!(f, "ignored, as nothing is known of it: {field}"),
            Self::Unread { expected, .. } => {
                write!(f, "left to the default: {field}, expected {expected}")
            }
            Self::Words { what, .. } => {
                write!(f, "drawn as words: {field}, which {what} elsewhere")
            }
            Self::Said(_) => f.write_str(&field),
        }
    }
}
