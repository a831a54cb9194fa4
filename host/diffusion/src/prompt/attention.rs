//! Weights of words: `(a)` is 1.1 times as strong, `[a]` 1/1.1 times, `(a:1.3)` 1.3 times. They nest, and multiply.
//!
//! `\(`, `\)`, `\[`, `\]` and `\\` are the signs themselves. A closing bracket without an opening one is text; an opening
//! one without a closing one weighs everything after it. `BREAK` begins a new chunk; within brackets that weigh it is a
//! word, and its weight is negative, which is what A1111 makes of it.

use super::words;

/// What a pair of round brackets multiplies by.
const STRONGER: f64 = 1.1;
/// What a pair of square brackets multiplies by.
const WEAKER: f64 = 1.0 / 1.1;
/// So many nested brackets are multiplied from the innermost outwards, as A1111 does it: which texts have the very same
/// weight decides what is one piece. Deeper ones are multiplied the other way round, as that takes time in proportion to
/// their number.
const EXACT: usize = 16;
/// Far beyond anything that draws a picture, and far below where numbers end.
const MOST: f64 = 1e9;
const BREAK: &str = "BREAK";

/// A piece of a prompt.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Text with one weight.
    Text {
        /// The text, without the brackets.
        text: String,
        /// How much stronger than as it stands it is; between ±1e9.
        weight: f32,
    },
    /// A new chunk begins.
    Break,
}

/// A piece while weights are still to come.
struct Raw<'a> {
    text: &'a str,
    weight: f64,
}

/// Brackets, from one raw piece to before another.
struct Range {
    start: usize,
    end: usize,
    multiplier: f64,
    /// Which of all brackets was closed when: A1111 multiplies then.
    closed: usize,
}

/// Takes a prompt apart into what has one weight. Takes time in proportion to the prompt's length.
#[must_use]
pub fn weigh(prompt: &str) -> Vec<Piece> {
    let mut reader = Reader {
        rest: prompt,
        raw: Vec::new(),
        round: Brackets::default(),
        square: Brackets::default(),
        closed: 0,
    };
    while !reader.rest.is_empty() {
        reader.token();
    }
    let Reader {
        mut raw,
        round,
        square,
        mut closed,
        ..
    } = reader;
    let round = round.finish(raw.len(), STRONGER, &mut closed);
    let square = square.finish(raw.len(), WEAKER, &mut closed);
    multiply(&mut raw, &round, &square);
    join(&raw)
}

/// The brackets of one kind.
#[derive(Default)]
struct Brackets {
    /// In the order in which they were opened.
    ranges: Vec<Range>,
    open: Vec<usize>,
}

impl Brackets {
    fn open(&mut self, start: usize) {
        self.open.push(self.ranges.len());
        self.ranges.push(Range {
            start,
            end: usize::MAX,
            multiplier: 1.0,
            closed: 0,
        });
    }

    /// Closes the last one that is open, if one is.
    fn close(&mut self, end: usize, multiplier: f64, closed: &mut usize) -> bool {
        let Some(range) = self.open.pop().and_then(|index| self.ranges.get_mut(index)) else {
            return false;
        };
        *closed += 1;
        (range.end, range.multiplier, range.closed) = (end, multiplier, *closed);
        true
    }

    /// What is open weighs all that follows; the first that was opened is closed first.
    fn finish(mut self, end: usize, multiplier: f64, closed: &mut usize) -> Vec<Range> {
        for index in self.open {
            if let Some(range) = self.ranges.get_mut(index) {
                *closed += 1;
                (range.end, range.multiplier, range.closed) = (end, multiplier, *closed);
            }
        }
        self.ranges
    }
}

struct Reader<'a> {
    rest: &'a str,
    raw: Vec<Raw<'a>>,
    round: Brackets,
    square: Brackets,
    closed: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        token
    }

    fn token(&mut self) {
        let rest = self.rest;
        let at = self.raw.len();
        match rest.as_bytes()[0] {
            b'\\' => {
                let escapes = rest[1..].starts_with(['(', ')', '[', ']', '\\']);
                let token = self.take(if escapes { 2 } else { 1 });
                self.raw.push(Raw {
                    text: &token[1..],
                    weight: 1.0,
                });
            }
            b'(' => {
                self.take(1);
                self.round.open(at);
            }
            b'[' => {
                self.take(1);
                self.square.open(at);
            }
            b')' => {
                let token = self.take(1);
                if !self.round.close(at, STRONGER, &mut self.closed) {
                    self.text(token);
                }
            }
            b']' => {
                let token = self.take(1);
                if !self.square.close(at, WEAKER, &mut self.closed) {
                    self.text(token);
                }
            }
            b':' => match weight(rest) {
                Some((weight, length)) => {
                    let token = self.take(length);
                    if !self.round.close(at, weight, &mut self.closed) {
                        self.text(token);
                    }
                }
                None => {
                    let token = self.take(1);
                    self.text(token);
                }
            },
            _ => {
                let end = rest.find(['\\', '(', ')', '[', ']', ':']);
                let token = self.take(end.unwrap_or(rest.len()));
                self.text(token);
            }
        }
    }

    /// Text, and the breaks in it, without the spaces around them.
    fn text(&mut self, text: &'a str) {
        let mut start = 0;
        for at in words::places(text, BREAK) {
            // Two breaks share the spaces between them.
            let before = text.get(start..at).unwrap_or_default().trim_end();
            self.raw.push(Raw {
                text: before,
                weight: 1.0,
            });
            self.raw.push(Raw {
                text: BREAK,
                weight: -1.0,
            });
            let after = &text[at + BREAK.len()..];
            start = text.len() - after.trim_start().len();
        }
        self.raw.push(Raw {
            text: &text[start..],
            weight: 1.0,
        });
    }
}

/// `: 1.3)`, and how long it is.
fn weight(rest: &str) -> Option<(f64, usize)> {
    let number = rest.strip_prefix(':')?.trim_start();
    let digits = number.strip_prefix(['+', '-']).unwrap_or(number);
    let after = digits.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let number = &number[..number.len() - after.len()];
    let end = after.trim_start().strip_prefix(')')?;
    Some((number.parse().ok()?, rest.len() - end.len()))
}

/// The brackets of one kind that are open at a place, the outermost first, with the product of all up to each.
#[derive(Default)]
struct Open<'r> {
    next: usize,
    stack: Vec<(&'r Range, f64)>,
}

impl<'r> Open<'r> {
    /// Goes on to a piece. Says whether anything changed.
    fn move_to(&mut self, piece: usize, ranges: &'r [Range]) -> bool {
        let mut changed = false;
        while self.stack.last().is_some_and(|(top, _)| top.end <= piece) {
            self.stack.pop();
            changed = true;
        }
        while let Some(range) = ranges.get(self.next).filter(|it| it.start <= piece) {
            self.next += 1;
            if range.end > piece {
                let outside = self.product();
                self.stack.push((range, outside * range.multiplier));
                changed = true;
            }
        }
        changed
    }

    fn product(&self) -> f64 {
        self.stack.last().map_or(1.0, |(_, product)| *product)
    }
}

fn multiply(raw: &mut [Raw<'_>], round: &[Range], square: &[Range]) {
    let (mut rounds, mut squares) = (Open::default(), Open::default());
    let mut inside: Vec<&Range> = Vec::new();
    let mut deep = None;
    for (index, piece) in raw.iter_mut().enumerate() {
        let changed = rounds.move_to(index, round) | squares.move_to(index, square);
        if changed {
            let depth = rounds.stack.len() + squares.stack.len();
            deep = (depth > EXACT).then(|| rounds.product() * squares.product());
            inside.clear();
            if deep.is_none() {
                let both = rounds.stack.iter().chain(&squares.stack);
                inside.extend(both.map(|(range, _)| *range));
                inside.sort_unstable_by_key(|range| range.closed);
            }
        }
        match deep {
            Some(product) => piece.weight *= product,
            None => inside
                .iter()
                .for_each(|range| piece.weight *= range.multiplier),
        }
    }
}

/// Neighbours of the same weight become one.
fn join(raw: &[Raw<'_>]) -> Vec<Piece> {
    let mut joined: Vec<(String, f64)> = Vec::new();
    for piece in raw {
        match joined.last_mut() {
            Some((text, weight)) if *weight == piece.weight => text.push_str(piece.text),
            _ => joined.push((piece.text.to_owned(), piece.weight)),
        }
    }
    if joined.is_empty() {
        joined.push((String::new(), 1.0));
    }
    let piece = |(text, weight): (String, f64)| {
        if text == BREAK && weight == -1.0 {
            return Piece::Break;
        }
        // Zero times infinity.
        let weight = if weight.is_nan() { 1.0 } else { weight };
        Piece::Text {
            text,
            weight: weight.clamp(-MOST, MOST) as f32,
        }
    };
    joined.into_iter().map(piece).collect()
}

#[cfg(test)]
#[path = "attention_tests.rs"]
mod tests;
