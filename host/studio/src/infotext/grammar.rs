//! The letters of the format, by A1111's rules: what it writes, it must read from us, and we from it.

use super::Infotext;

const NEGATIVE: &str = "Negative prompt:";
/// SD.Next adds the prompts before wildcards and styles were filled in. They are no part of what was drawn.
const TEMPLATES: [&str; 2] = ["Template:", "Negative template:"];
/// A last line with fewer pairs is prompt, not parameters.
const LEAST_PAIRS: usize = 3;

pub(super) fn write(text: &Infotext) -> String {
    let mut out = text.prompt.clone();
    if !text.negative.is_empty() {
        out.push('\n');
        out.push_str(NEGATIVE);
        out.push(' ');
        out.push_str(&text.negative);
    }
    out.push('\n');
    for (index, (key, value)) in text.fields.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        out.push_str(key);
        if key != value {
            out.push_str(": ");
            out.push_str(&quote(value));
        }
    }
    out.trim_matches(is_space).to_owned()
}

pub(super) fn parse(text: &str) -> Infotext {
    let text = text.trim_matches(is_space);
    let (before, last) = text.rsplit_once('\n').unwrap_or(("", text));
    let mut found = Infotext {
        fields: pairs(last),
        ..Infotext::default()
    };
    let lines = if found.fields.len() < LEAST_PAIRS {
        found.fields.clear();
        text
    } else {
        before
    };

    // Where the next line goes; None is a template.
    let mut into = Some(&mut found.prompt);
    let mut seen_negative = false;
    let mut templates = [String::new(), String::new()];
    for line in lines.split('\n') {
        let mut line = line.trim_matches(is_space);
        if let Some(rest) = line.strip_prefix(NEGATIVE) {
            seen_negative = true;
            into = Some(&mut found.negative);
            line = rest.trim_start_matches(is_space);
        } else if seen_negative
            && let Some(which) = TEMPLATES.iter().position(|label| line.starts_with(label))
        {
            line = line[TEMPLATES[which].len()..].trim_start_matches(is_space);
            into = templates.get_mut(which);
        }
        let Some(text) = into.as_deref_mut() else {
            continue;
        };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    for (label, template) in TEMPLATES.iter().zip(templates) {
        if !template.is_empty() {
            found
                .fields
                .push((label.trim_end_matches(':').to_owned(), template));
        }
    }
    found
}

/// What A1111 finds with `\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)`, again and again from the left.
///
/// Written out because each step goes forward only: a long line that matches nowhere takes linear time.
fn pairs(line: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_word) {
        rest = &rest[start..];
        let end = rest.find(|c| !is_key(c)).unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        // Two characters at least. No shorter or later key can match: only its end can be followed by a colon.
        let is_pair = after.starts_with(':') && key.chars().nth(1).is_some();
        if !is_pair {
            rest = after;
            continue;
        }
        let value = after[1..].trim_start_matches(is_space);
        let (value, after) =
            quoted(value).unwrap_or_else(|| value.split_once(',').unwrap_or((value, "")));
        found.push((key.to_owned(), unquote(value)));
        rest = after;
    }
    found
}

/// A value in quotes with a comma or nothing behind it, and what follows the comma.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (index, c) in text.strip_prefix('"')?.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let (value, after) = text.split_at(index + 2);
                return match after.strip_prefix(',') {
                    Some(after) => Some((value, after)),
                    None if after.is_empty() => Some((value, after)),
                    None => None,
                };
            }
            _ => {}
        }
    }
    None
}

/// Python's `json.dumps(value, ensure_ascii=False)`, and only where a bare value would be cut or would look like a key.
fn quote(value: &str) -> String {
    if value.contains([',', '\n', ':']) {
        // Escapes the same characters in the same way as Python does.
        return serde_json::Value::from(value).to_string();
    }
    value.to_owned()
}

fn unquote(value: &str) -> String {
    if value.starts_with('"')
        && value.ends_with('"')
        && let Ok(text) = serde_json::from_str::<String>(value)
    {
        return text;
    }
    value.to_owned()
}

/// `\w` of Python's `re`.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_key(c: char) -> bool {
    is_word(c) || matches!(c, ' ' | '-' | '/')
}

/// `str.isspace` of Python, which has four separators more than Rust.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}
