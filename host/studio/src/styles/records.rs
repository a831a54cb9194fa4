//! The records of a file with comma-separated values, as Python's `csv` reads them with `skipinitialspace`, and writes
//! them with the least quotes.

use std::ops::Range;

/// A record, and the bytes that it was, line end and all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) fields: Vec<String>,
    pub(super) bytes: Range<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// At the beginning of a value.
    Start,
    /// In a value without quotes. A quote in it is itself.
    Bare,
    /// In a value with quotes, which may have lines.
    Quoted,
    /// After a quote in such a value.
    Quote,
}

/// Every record. Empty lines are none. A quote that is missing at the end is taken to be there.
pub(super) fn records(text: &str) -> Vec<Record> {
    let mut found = Vec::new();
    let mut fields: Vec<String> = Vec::new();
    let mut value = String::new();
    let mut state = State::Start;
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        state = match (state, c) {
            (State::Quoted, '"') => State::Quote,
            (State::Quoted, c) => {
                value.push(c);
                State::Quoted
            }
            (State::Quote, '"') => {
                value.push('"');
                State::Quoted
            }
            (_, '\n' | '\r') => {
                if c == '\r' {
                    chars.next_if(|(_, next)| *next == '\n');
                }
                let end = chars.peek().map_or(text.len(), |(at, _)| *at);
                if state != State::Start || !fields.is_empty() {
                    fields.push(std::mem::take(&mut value));
                    found.push(Record {
                        fields: std::mem::take(&mut fields),
                        bytes: start..end,
                    });
                }
                start = end;
                State::Start
            }
            (_, ',') => {
                fields.push(std::mem::take(&mut value));
                State::Start
            }
            (State::Start, ' ') => State::Start,
            (State::Start, '"') => State::Quoted,
            (_, c) => {
                debug_assert!(at >= start);
                value.push(c);
                State::Bare
            }
        };
    }
    if state != State::Start || !fields.is_empty() {
        fields.push(value);
        found.push(Record {
            fields,
            bytes: start..text.len(),
        });
    }
    found
}

/// One record as a line. Spaces in front would be lost without quotes.
pub(super) fn line(fields: &[&str]) -> String {
    let quoted = |field: &&str| {
        let special = |c| matches!(c, ',' | '"' | '\n' | '\r');
        if field.contains(special) || field.starts_with(' ') {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            (*field).to_owned()
        }
    };
    let fields: Vec<String> = fields.iter().map(quoted).collect();
    fields.join(",") + "\r\n"
}
