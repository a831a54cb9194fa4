use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{Data, HtmlError};
use crate::png_file;

const PAGE: &str = include_str!("page.html");
/// What is replaced in the page, each once and in this order.
const PLACES: [&str; 5] = [
    "{{style}}",
    "{{script}}",
    "{{title}}",
    "{{heading}}",
    "{{data}}",
];

/// The page with its data.
///
/// # Errors
/// As [`Data::check`].
pub fn render(data: &Data) -> Result<String, HtmlError> {
    data.check()?;
    let title = escape_html(&data.title);
    let filled = [
        hash_of(between(PAGE, "<style>", "</style>")),
        hash_of(between(PAGE, "<script>", "</script>")),
        title.clone(),
        title,
        script_json(data),
    ];
    let mut page = String::with_capacity(PAGE.len() + filled[4].len());
    let mut rest = PAGE;
    for (place, value) in PLACES.iter().zip(&filled) {
        // What was put in is never looked at again.
        if let Some((before, after)) = rest.split_once(place) {
            page.push_str(before);
            page.push_str(value);
            rest = after;
        }
    }
    page.push_str(rest);
    Ok(page)
}

/// Writes the page as this very file, in place of what was there.
///
/// # Errors
/// As [`Data::check`], or the file cannot be written; what was there before is then still there.
pub fn write(path: &Path, data: &Data) -> Result<(), HtmlError> {
    let page = render(data)?;
    png_file::replace(path, |file| {
        file.write_all(page.as_bytes())
            .map_err(|error| png_file::failed(path, error).into())
    })
}

/// JSON that is a part of no HTML: what could end its element or a line is written by number, inside strings, where
/// alone it can be.
fn script_json(data: &Data) -> String {
    // Strings, numbers and lists of them: nothing that has no JSON.
    let json = serde_json::to_string(data).unwrap_or_default();
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string does not fail.
                let _ = write!(safe, "\\u{:04x}", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    safe
}

fn escape_html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // No HTML may have it.
            '\0' => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// What the page's policy calls one script or style.
fn hash_of(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// What lies between the first `start` and the next `end`.
pub(super) fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start)
        .and_then(|(_, rest)| rest.split_once(end))
        .map_or("", |(found, _)| found)
}
