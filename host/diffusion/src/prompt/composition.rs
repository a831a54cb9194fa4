//! `AND`: prompts that are drawn as one.
//!
//! Each may end in `: weight`, which is 1 where it is left out. So may a prompt alone.

use super::words;

/// One of the prompts of a composition.
#[derive(Clone, Debug, PartialEq)]
pub struct Part<'a> {
    /// The prompt, without spaces at its end.
    pub text: &'a str,
    /// How strongly it guides, times the guidance scale. May be negative.
    pub weight: f32,
}

/// The prompts that a prompt consists of: at least one.
#[must_use]
pub fn compose(prompt: &str) -> Vec<Part<'_>> {
    const AND: &str = "AND";
    let mut parts = Vec::new();
    let mut start = 0;
    for at in words::places(prompt, AND) {
        parts.push(part(&prompt[start..at]));
        start = at + AND.len();
    }
    parts.push(part(&prompt[start..]));
    parts
}

fn part(text: &str) -> Part<'_> {
    let text = text.trim_end();
    if let Some((before, after)) = text.rsplit_once(':')
        && let Some(weight) = weight(after.trim_start())
    {
        return Part {
            text: before.trim_end(),
            weight,
        };
    }
    Part { text, weight: 1.0 }
}

/// A number as A1111 takes it here: `2`, `2.`, `.5`, `-1.5`, and no exponents.
fn weight(text: &str) -> Option<f32> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|b| *b == b'.').count() <= 1
        && digits.bytes().any(|b| b.is_ascii_digit());
    let weight = is_number.then(|| text.parse::<f32>().ok()).flatten()?;
    weight.is_finite().then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_weights() {
        for (prompt, expected) in [
            ("", vec![("", 1.0)]),
            ("a cat", vec![("a cat", 1.0)]),
            ("a cat  \n", vec![("a cat", 1.0)]),
            (
                "a cat :1.2 AND a dog :0.5",
                vec![("a cat", 1.2), (" a dog", 0.5)],
            ),
            ("a AND b AND c", vec![("a", 1.0), (" b", 1.0), (" c", 1.0)]),
            ("a AND", vec![("a", 1.0), ("", 1.0)]),
            ("AND", vec![("", 1.0), ("", 1.0)]),
            ("a\nAND\nb: -1", vec![("a", 1.0), ("\nb", -1.0)]),
            (
                "a :2. AND b :.5 AND c :+3",
                vec![("a", 2.0), (" b", 0.5), (" c", 3.0)],
            ),
            // Words that only contain it.
            (
                "SAND ANDROID AND_ a and b",
                vec![("SAND ANDROID AND_ a and b", 1.0)],
            ),
            ("(a AND b)", vec![("(a", 1.0), (" b)", 1.0)]),
            // No weights.
            (
                "a : . AND b :1e3 AND c :1.2.3",
                vec![("a : .", 1.0), (" b :1e3", 1.0), (" c :1.2.3", 1.0)],
            ),
            ("(a:1.2)", vec![("(a:1.2)", 1.0)]),
            ("[a:b:5]", vec![("[a:b:5]", 1.0)]),
            // A weight, as A1111 has it.
            ("a::5", vec![("a:", 5.0)]),
            ("16:9", vec![("16", 9.0)]),
            ("猫 AND 犬:2", vec![("猫", 1.0), (" 犬", 2.0)]),
        ] {
            let found: Vec<_> = compose(prompt)
                .into_iter()
                .map(|part| (part.text, part.weight))
                .collect();
            assert_eq!(found, expected, "{prompt:?}");
        }
    }
}
