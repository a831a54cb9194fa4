//! Names that people mistype.

/// The candidate that was probably meant, if one is near.
#[must_use]
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    candidates
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min()
        .map(|(_, name)| name.to_owned())
}

/// The end of a message about a name that is not known.
#[must_use]
pub fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|name| format!(" (did you mean `{name}`?)"))
        .unwrap_or_default()
}

/// What was given, short enough for one line of a message and without anything that a terminal would obey.
#[must_use]
pub fn shown(given: &str) -> String {
    const LONGEST: usize = 80;
    let mut text: String = given
        .chars()
        .take(LONGEST)
        .flat_map(|c| {
            let plain = !crate::logs::is_harmful(c);
            // One of the two is empty.
            let (plain, escaped) = if plain {
                (Some(c), None)
            } else {
                (None, Some(c.escape_unicode()))
            };
            plain.into_iter().chain(escaped.into_iter().flatten())
        })
        .collect();
    if given.chars().nth(LONGEST).is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_found_and_a_far_one_is_not() {
        assert_eq!(
            nearest("amuont", ["mode", "amount"]).as_deref(),
            Some("amount")
        );
        assert_eq!(nearest("zebra", ["mode", "amount"]), None);
    }

    #[test]
    fn what_is_shown_is_short_and_harmless() {
        assert_eq!(shown("a\x1b[31m"), "a\\u{1b}[31m");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), 81);
    }
}
