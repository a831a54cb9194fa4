use std::fmt;

use super::Language;
use crate::names::did_you_mean;

/// A language that there is.
#[derive(Clone, Copy)]
pub struct Row {
    /// The language.
    pub language: &'static dyn Language,
    /// Its folder in `sdk/`; languages may share one.
    pub sdk: &'static str,
    /// Whether its tools begin anew each time. Then they are not asked again while nothing has changed; tools that know
    /// themselves what has changed (and see what lies outside of the plugin's folder) always are.
    pub anew: bool,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.language.id())
    }
}

/// All of them, in the order in which people are told.
const ROWS: &[Row] = &[
    row(&super::RUST, "rust", false),
    row(&super::JAVASCRIPT, "js", true),
    row(&super::TYPESCRIPT, "js", true),
    row(&super::Python, "python", true),
    row(&super::C, "c", false),
    row(&super::GO, "go", false),
];

const fn row(language: &'static dyn Language, sdk: &'static str, anew: bool) -> Row {
    Row {
        language,
        sdk,
        anew,
    }
}

/// All languages.
#[must_use]
pub fn all() -> &'static [Row] {
    ROWS
}

/// The language with an id.
///
/// # Errors
/// There is none.
pub fn by_name(id: &str) -> Result<Row, UnknownLanguage> {
    find(ROWS, id)
}

fn find(rows: &[Row], id: &str) -> Result<Row, UnknownLanguage> {
    let ids = || rows.iter().map(|row| row.language.id());
    rows.iter()
        .find(|row| row.language.id() == id)
        .copied()
        .ok_or_else(|| UnknownLanguage {
            given: id.to_owned(),
            advice: did_you_mean(id, ids()),
            known: ids().collect::<Vec<_>>().join(", "),
        })
}

/// A name that is no language's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown language `{given}`{advice}: the languages are {known}")]
pub struct UnknownLanguage {
    given: String,
    advice: String,
    known: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Fake;

    const ROWS: &[Row] = &[Row {
        language: &Fake,
        sdk: "fake",
        anew: false,
    }];

    #[test]
    fn a_language_is_found_by_its_id_and_a_near_miss_is_told() {
        assert_eq!(find(ROWS, "fake").expect("there").sdk, "fake");
        let error = |given: &str| match find(ROWS, given) {
            Ok(row) => panic!("found {}", row.language.id()),
            Err(error) => error.to_string(),
        };
        assert_eq!(
            error("fkae"),
            "unknown language `fkae` (did you mean `fake`?): the languages are fake"
        );
        assert_eq!(
            error("cobol"),
            "unknown language `cobol`: the languages are fake"
        );
    }

    #[test]
    fn no_two_languages_share_an_id() {
        for (index, row) in all().iter().enumerate() {
            let id = row.language.id();
            assert!(!all()[..index].iter().any(|other| other.language.id() == id));
        }
    }
}
