//! What people type, as something that the database can look for. Any text is one.

/// Most terms that are looked at.
const TERMS: usize = 64;

/// What a picture must have, all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Terms {
    /// An expression for the index of words; empty if no term has a word.
    pub(super) words: String,
    /// Texts that the index has no words for: looked for as they are.
    pub(super) texts: Vec<String>,
}

/// Takes a text apart at spaces. What is in double quotes stays together; words may be begun: `app` finds `apple`.
pub(super) fn terms(text: &str) -> Terms {
    let mut terms = Terms::default();
    for term in split(text).into_iter().take(TERMS) {
        if is_in_the_index(&term) {
            if !terms.words.is_empty() {
                terms.words.push(' ');
            }
            // In quotes everything is text: the index takes it apart as it did with the prompts.
            terms.words += &format!("\"{term}\"*");
        } else {
            terms.texts.push(term);
        }
    }
    terms
}

fn split(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    let mut term = String::new();
    let mut quoted = false;
    for c in text.chars() {
        let is_space = c.is_whitespace() || c.is_control();
        if c == '"' || (is_space && !quoted) {
            terms.push(std::mem::take(&mut term));
            quoted ^= c == '"';
        } else {
            term.push(if is_space { ' ' } else { c });
        }
    }
    terms.push(term);
    let trimmed = terms.iter().map(|term| term.trim().to_owned());
    trimmed.filter(|term| !term.is_empty()).collect()
}

/// Whether the index has the words of a term. It has none for signs and emoji, and takes what is written without spaces
/// between words for a single one.
fn is_in_the_index(term: &str) -> bool {
    term.chars().any(char::is_alphanumeric) && !term.chars().any(|c| is_unspaced(c) || is_sign(c))
}

fn is_sign(c: char) -> bool {
    // Punctuation up to here separates words, and nobody looks for it.
    c > '\u{206f}' && !c.is_alphanumeric()
}

/// Writing without spaces: Thai, Lao, Burmese, Khmer, kana, ideographs.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9d}'
        | '\u{20000}'..='\u{3ffff}')
}

/// A text as the pattern of `LIKE … ESCAPE '\'` that finds it anywhere.
pub(super) fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "%"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_begun_and_quotes_keep_together() {
        let of = |text: &str| terms(text).words;
        assert_eq!(of("  red app "), "\"red\"* \"app\"*");
        assert_eq!(of("a \"red apple\" b"), "\"a\"* \"red apple\"* \"b\"*");
        assert_eq!(of("\"never closed"), "\"never closed\"*");
        assert_eq!(
            of("(cat:1.2) AND NOT prompt:x* ^"),
            of("(cat:1.2) AND NOT prompt:x*")
        );
        assert_eq!(terms("\"\" \"  \" \u{0}\n"), Terms::default());
    }

    #[test]
    fn what_the_index_does_not_have_is_looked_for_as_it_is() {
        let terms = terms("red 猫 🍎 ((( ประเทศ");
        assert_eq!(terms.words, "\"red\"*");
        assert_eq!(terms.texts, ["猫", "🍎", "(((", "ประเทศ"]);
        assert_eq!(like("50%_\\"), "%50\\%\\_\\\\%");
    }
}
