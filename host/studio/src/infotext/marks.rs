//! What in a prompt other programs obey rather than draw.
//!
//! Everything here is drawn as words so far. What is learnt is taken out of this file.

use super::Note;
use super::work::looks_at;

/// Tags that load something, by how they begin.
const TAGS: [(&str, &str); 3] = [
    ("<lora:", "loads a LoRA"),
    ("<lyco:", "loads a LyCORIS"),
    ("<hypernet:", "loads a hypernetwork"),
];
const WORDS: [(&str, &str); 2] = [
    ("BREAK", "begins another chunk"),
    ("AND", "draws two prompts as one"),
];
/// The longest tag that is looked for; names of files are shorter.
const LONGEST_TAG: usize = 300;
/// How many tags are named; nobody reads more.
const MOST_TAGS: usize = 50;

/// A note for each tag, and one for each other kind of mark.
pub(super) fn notes(prompt: &str) -> Vec<Note> {
    // For tags, and for each word.
    looks_at(prompt.len() * (1 + WORDS.len()));
    let mut found: Vec<Note> = Vec::new();
    let mut add = |words: &str, what: &'static str| {
        let note = Note::Words {
            words: words.to_owned(),
            what,
        };
        if !found.contains(&note) {
            found.push(note);
        }
    };
    let tags = prompt.match_indices('<').filter_map(|(at, _)| {
        let rest = &prompt[at..];
        let (_, what) = TAGS.iter().find(|(start, _)| rest.starts_with(start))?;
        Some((rest, *what))
    });
    for (rest, what) in tags.take(MOST_TAGS) {
        looks_at(LONGEST_TAG.min(rest.len()));
        if let Some(end) = rest
            .char_indices()
            .take(LONGEST_TAG)
            .find(|(_, c)| *c == '>')
        {
            add(&rest[..=end.0], what);
        }
    }
    if let Some(words) = bracketed(prompt, '(', ')') {
        add(words, "weighs them");
    }
    if let Some(words) = bracketed(prompt, '[', ']') {
        add(words, "weighs or changes them");
    }
    for (word, what) in WORDS {
        if prompt
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|it| it == word)
        {
            add(word, what);
        }
    }
    found
}

/// The first innermost pair of brackets with something between them, none of them behind a backslash.
fn bracketed(prompt: &str, open: char, close: char) -> Option<&str> {
    let mut start = None;
    let mut escaped = false;
    for (at, c) in prompt.char_indices() {
        looks_at(c.len_utf8());
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == open => start = Some(at),
            c if c == close => match start.take() {
                Some(start) if start + 1 < at => return Some(&prompt[start..=at]),
                _ => {}
            },
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_and_words_are_not() {
        let said = |prompt: &str| -> Vec<String> {
            notes(prompt)
                .iter()
                .map(|note| match note {
                    Note::Words { words, .. } => words.clone(),
                    other => other.to_string(),
                })
                .collect()
        };
        assert_eq!(
            said("a cat, 3 < 5, <b>, BREAKFAST, SAND \\(a\\) ( ] : ) ()"),
            ["( ] : )"]
        );
        assert_eq!(
            said(
                "a ((b:1.2)) (c) [d|e] <lora:ink:0.8> <lora:ink:0.8><lora:猫> <lora:open BREAK AND"
            ),
            [
                "<lora:ink:0.8>",
                "<lora:猫>",
                "(b:1.2)",
                "[d|e]",
                "BREAK",
                "AND"
            ]
        );
        assert_eq!(said("\\(a) b"), [""; 0]);
        let long = "<lora:(".repeat(1 << 17);
        assert_eq!(said(&long), [""; 0]);
    }
}
