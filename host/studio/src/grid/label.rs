//! Labels come from prompts, files and plugins: anything may be in them.

use std::borrow::Cow;

use aquatint_sandbox::logs::is_harmful;

/// More letters than any label has room for. The rest is not even shaped.
const MOST_LETTERS: usize = 2000;
/// Joiners are obeyed by few scripts, which need them to be spelt right.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// One line of what can be seen: spaces for every kind of blank, and names such as `\u{202e}` for what would be obeyed.
pub(super) fn clean(text: &str) -> String {
    let mut line = String::new();
    let mut letters = 0;
    let mut blank = false;
    for c in text.chars() {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) && !line.is_empty() {
            line.push(' ');
            letters += 1;
        }
        if letters >= MOST_LETTERS {
            line.push('…');
            break;
        }
        let shown: Cow<'_, str> = if is_harmful(c) && !JOINERS.contains(&c) {
            c.escape_unicode().to_string().into()
        } else {
            String::from(c).into()
        };
        letters += shown.chars().count();
        line.push_str(&shown);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_line() {
        assert_eq!(clean("  a\r\n\tb\u{2028}c "), "a b c");
        assert_eq!(clean(" \n "), "");
    }

    #[test]
    fn what_would_be_obeyed_is_named() {
        assert_eq!(clean("a\u{202e}b\u{7}"), "a\\u{202e}b\\u{7}");
        assert_eq!(clean("می\u{200c}خواهم"), "می\u{200c}خواهم");
    }

    #[test]
    fn a_long_text_ends() {
        let cut = clean(&"a".repeat(100 << 10));
        assert_eq!(cut.chars().count(), MOST_LETTERS + 1);
        assert!(cut.ends_with('…'));
        assert_eq!(
            clean(&"a".repeat(MOST_LETTERS)).chars().count(),
            MOST_LETTERS
        );
    }
}
