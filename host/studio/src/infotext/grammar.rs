//! The letters of the format, by A1111's rules: what it writes, it must read from us, and we from it.

use serde::de::IgnoredAny;

use super::Infotext;
use super::work::looks_at;

const NEGATIVE: &str = "Negative prompt:";
/// SD.Next adds the prompts before wildcards and styles were filled in. They are no part of what was drawn.
const TEMPLATES: [&str; 2] = ["Template:", "Negative template:"];
/// A last line with fewer pairs is prompt, not parameters.
const LEAST_PAIRS: usize = 3;
/// What the line of parameters begins with, where other lines follow it.
const FIRST_KEY: &str = "Steps:";
/// How many values of one line may begin like JSON and not be it, before no more are tried: each may cost a whole line.
const FALSE_JSON: usize = 8;

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
    looks_at(text.len());
    let text = text.trim_matches(is_space);
    let (before, fields, after) = split(text);
    let mut found = Infotext {
        fields,
        ..Infotext::default()
    };
    // Where the next line goes; None is a template.
    let mut into = Some(&mut found.prompt);
    let mut seen_negative = false;
    let mut templates = [String::new(), String::new()];
    for line in before.split('\n') {
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
    let mut which = 0;
    for line in after.lines() {
        let mut line = line.trim_matches(is_space);
        if let Some((label, rest)) = late_template(line) {
            (which, line) = (label, rest);
        }
        let text = &mut templates[which];
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

/// What stands before the line of parameters, its pairs, and what follows it. Without such a line all is prompt.
///
/// It is the last line. Only the templates that a known extension of A1111 adds may follow: A1111 itself then finds no
/// parameters, but they are there.
fn split(text: &str) -> (&str, Vec<(String, String)>, &str) {
    let (before, last) = text.rsplit_once('\n').unwrap_or(("", text));
    let fields = pairs(last);
    if fields.len() >= LEAST_PAIRS {
        return (before, fields, "");
    }
    let mut end = text.len();
    let mut after = text.len();
    let mut follows = false;
    while end > 0 {
        let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        looks_at(end - start);
        let line = text[start..end].trim_matches(is_space);
        if follows && line.starts_with(FIRST_KEY) {
            let fields = pairs(line);
            if fields.len() >= LEAST_PAIRS {
                return (&text[..start.saturating_sub(1)], fields, &text[after..]);
            }
        }
        follows = late_template(line).is_some();
        after = start;
        end = start.saturating_sub(1);
    }
    (text, Vec::new(), "")
}

/// Which of the templates begins in a line behind the parameters, and the rest of that line.
fn late_template(line: &str) -> Option<(usize, &str)> {
    let (label, rest) = line.split_at_checked(line.find(':')? + 1)?;
    let which = TEMPLATES
        .iter()
        .position(|known| known.eq_ignore_ascii_case(label))?;
    Some((which, rest.trim_start_matches(is_space)))
}

/// What A1111 finds with `\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)`, again and again from the left.
///
/// Written out because each step goes forward only: a long line that matches nowhere takes linear time. One thing is
/// added: a value that is JSON goes to its end. Extensions write `Hashes: {"model": "1234"}` without the quotes that the
/// commas in it ask for, and what follows the first of them is no field.
fn pairs(line: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = line;
    let mut false_json = 0;
    while let Some(start) = rest.find(is_word) {
        rest = &rest[start..];
        let end = rest.find(|c| !is_key(c)).unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        // Two characters at least. No shorter or later key can match: only its end can be followed by a colon.
        let is_pair = after.starts_with(':') && key.chars().nth(1).is_some();
        looks_at(start + key.len());
        if !is_pair {
            rest = after;
            continue;
        }
        let value = after[1..].trim_start_matches(is_space);
        let mut whole = quoted(value);
        if whole.is_none() && value.starts_with(['{', '[']) && false_json < FALSE_JSON {
            whole = json(value);
            false_json += usize::from(whole.is_none());
        }
        let (value, after) = whole.unwrap_or_else(|| value.split_once(',').unwrap_or((value, "")));
        looks_at(value.len());
        found.push((key.to_owned(), unquote(value)));
        rest = after;
    }
    found
}

/// A value in quotes with a comma or nothing behind it, and what follows the comma.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (index, c) in text.strip_prefix('"')?.char_indices() {
        looks_at(c.len_utf8());
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

/// A list or an object of JSON with a comma or nothing behind it, and what follows the comma.
fn json(text: &str) -> Option<(&str, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    let first = values.next()?;
    // What is none may have been read to its end.
    looks_at(first.as_ref().map_or(text.len(), |_| values.byte_offset()));
    first.ok()?;
    let (value, after) = text.split_at_checked(values.byte_offset())?;
    let after = after.trim_start_matches(is_space);
    match after.strip_prefix(',') {
        Some(after) => Some((value, after)),
        None if after.is_empty() => Some((value, after)),
        None => None,
    }
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
