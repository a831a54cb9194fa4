//! Comma-separated values, as Python's `csv` module reads them with `skipinitialspace`: what A1111 reads axes with.

/// Where the reader is.
#[derive(Clone, Copy)]
enum State {
    /// At the beginning of a line: an empty one has no values.
    Line,
    /// At the beginning of a value.
    Start,
    /// In a value without quotes. A quote in it is itself.
    Bare,
    /// In a value with quotes.
    Quoted,
    /// After a quote in such a value: it ends the value, or another quote makes it one quote.
    Quote,
}

/// The values of all lines, without the white space around them.
///
/// | written | value |
/// |---|---|
/// | `a, b` | `a` and `b` |
/// | `"a, b"` | `a, b` |
/// | `"say ""hi"""` | `say "hi"` |
/// | `5" nails` | `5" nails`: quotes mean something only where a value begins |
/// | `a,,b` | `a`, nothing, and `b` |
///
/// Every text is some values: a quote that is missing at the end is taken to be there.
#[must_use]
pub fn csv(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut value = String::new();
    let mut state = State::Line;
    for c in text.chars() {
        state = match (state, c) {
            (State::Line, '\n' | '\r') => State::Line,
            (State::Line | State::Start, ' ') => State::Start,
            (State::Line | State::Start, '"') => State::Quoted,
            (State::Quoted, '"') => State::Quote,
            (State::Quote, '"') => {
                value.push('"');
                State::Quoted
            }
            (State::Quoted, c) => {
                value.push(c);
                State::Quoted
            }
            (_, ',' | '\n' | '\r') => {
                values.push(value.trim().to_owned());
                value.clear();
                if c == ',' { State::Start } else { State::Line }
            }
            (_, c) => {
                value.push(c);
                State::Bare
            }
        };
    }
    if !matches!(state, State::Line) {
        values.push(value.trim().to_owned());
    }
    values
}
