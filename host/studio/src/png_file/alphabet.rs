//! The alphabet of PNG's old kind of text, and what programs take it for.

/// The bytes of a text in Latin-1, if it has every letter.
fn latin_1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(c).ok()).collect()
}

/// Whether a text can be written in the old kind, and be read again: in Latin-1, and not so that it looks like UTF-8.
pub(super) fn suits_old_kind(text: &str) -> bool {
    latin_1(text).is_some_and(|bytes| text.is_ascii() || String::from_utf8(bytes).is_err())
}

/// What was meant by a text of the old kind. It is Latin-1, but programs put UTF-8 there all the same. Letters of
/// Latin-1 beyond ASCII are hardly ever UTF-8 by chance.
pub(super) fn old_kind(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    latin_1(&text)
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_is_told_from_latin_1() {
        for (stored, meant) in [
            ("plain", "plain"),
            ("café", "café"),
            ("cafÃ©", "café"),
            ("ç\u{8c}«", "猫"),
            ("Ã", "Ã"),
            ("café cafÃ©", "café cafÃ©"),
            ("", ""),
        ] {
            assert_eq!(old_kind(stored.to_owned()), meant);
            assert_eq!(suits_old_kind(stored), stored == meant, "{stored}");
        }
        assert!(!suits_old_kind("猫"));
    }
}
