use aquatint_sandbox::logs::is_harmful;

/// A text from anywhere, such as from a picture's recipe, fit for one line of a terminal: what would not be seen but
/// obeyed is written as `\n` or `\u{1b}`.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if !is_harmful(c) => result.push(c),
            '\n' | '\r' | '\t' => result.extend(c.escape_debug()),
            c => result.extend(c.escape_unicode()),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_seen_stays() {
        assert_eq!(harmless("it's \"猫\" \\ é"), "it's \"猫\" \\ é");
        assert_eq!(
            harmless("a\n\u{1b}[31m\u{202e}"),
            "a\\n\\u{1b}[31m\\u{202e}"
        );
    }
}
