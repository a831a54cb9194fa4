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
/// The longest tag that is looked for; names of files are shorter.
const LONGEST_TAG: usize = 300;
/// How many tags are named; nobody reads more.
const MOST_TAGS: usize = 50;

/// A note for each tag.
pub(super) fn notes(prompt: &str) -> Vec<Note> {
    looks_at(prompt.len());
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
    found
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
        assert_eq!(said("a cat, 3 < 5, <b>, (a) [b|c] BREAK AND"), [""; 0]);
        assert_eq!(
            said("a <lora:ink:0.8> <lora:ink:0.8><lora:猫> <lora:open"),
            ["<lora:ink:0.8>", "<lora:猫>"]
        );
        let long = "<lora:(".repeat(1 << 17);
        assert_eq!(said(&long), [""; 0]);
    }
}
