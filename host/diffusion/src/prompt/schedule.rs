//! Prompts that change while a picture is drawn: `[from:to:when]`, `[to:when]`, `[from::when]` and `[a|b|c]`.
//!
//! `when` is a number of model calls, or, if it has a decimal point, a part of all of them. In a second pass that follows
//! (A1111's hires fix) both go on counting: whole numbers from the calls of the first pass, parts from 1.
//!
//! Brackets that are none of these, or that have others in them that do not close, are text and left as they are; what
//! is whole in them counts all the same. A `|` outside of `[a|b]`, and a backslash with nothing after it on its line, make
//! all of the prompt text that never changes. All of this is as in A1111's grammar.

use std::collections::BTreeSet;
use std::ops::Range;

/// The model calls that a schedule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Calls of this pass.
    pub calls: usize,
    /// Calls of the pass before, if this is a second one.
    pub before: Option<usize>,
}

impl Span {
    /// A first pass of so many calls.
    #[must_use]
    pub fn first(calls: usize) -> Self {
        Self {
            calls,
            before: None,
        }
    }

    /// A second pass.
    #[must_use]
    pub fn second(before: usize, calls: usize) -> Self {
        Self {
            calls,
            before: Some(before),
        }
    }

    /// The call that a written number names, at most the last one. 0 and less are before the first.
    fn call(self, written: &str) -> Option<i64> {
        let number: f64 = written.parse().ok()?;
        let calls = if written.contains('.') {
            let passes = if self.before.is_some() { 1.0 } else { 0.0 };
            (number - passes) * self.calls as f64
        } else {
            number - self.before.unwrap_or(0) as f64
        };
        // Towards zero, and as far as there are numbers.
        Some((calls as i64).min(self.calls as i64))
    }
}

/// The texts of a prompt, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    entries: Vec<Entry>,
}

/// A text, and how long it lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The last call that it is for, from 1.
    pub until: usize,
    /// The text, in which nothing changes any more.
    pub text: String,
}

impl Schedule {
    /// What a prompt says in each call of a span. Takes time in proportion to its length, and to how often it changes.
    #[must_use]
    pub fn of(prompt: &str, span: Span) -> Self {
        let entries = match Tree::parse(prompt, span) {
            Some(tree) => tree.entries(span.calls),
            None => vec![Entry {
                until: span.calls,
                text: prompt.to_owned(),
            }],
        };
        Self { entries }
    }

    /// The texts in order. The last one is for the last call.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Which of the texts a call has, from 0. As in A1111 the first call is number 0: a text that lasts for `n` calls is
    /// there for one more, and `[a|b]` begins with `a` twice.
    #[must_use]
    pub fn at(&self, call: usize) -> usize {
        let found = self.entries.iter().position(|entry| call <= entry.until);
        // Samplers may call more often than their steps say.
        found.unwrap_or(self.entries.len().saturating_sub(1))
    }
}

/// A piece of what a prompt says.
#[derive(Clone, Debug)]
enum Item {
    /// A part of the prompt as it stands.
    Text(Range<usize>),
    /// What changes: one of the nodes.
    Node(usize),
}

/// What changes.
#[derive(Debug)]
enum Node {
    Change {
        before: Vec<Item>,
        after: Vec<Item>,
        /// The last call that has what was before.
        when: i64,
    },
    Turns(Vec<Vec<Item>>),
}

/// A prompt taken apart. The nodes are kept side by side: however deep brackets nest, nothing here calls itself.
struct Tree<'p> {
    prompt: &'p str,
    nodes: Vec<Node>,
    /// What was read, in order; in the end all that is in no node. Every sign is text until it turns out to be none.
    items: Vec<Item>,
    /// Where among the items the `:` and `|` are that belong to brackets that are open.
    separators: Vec<usize>,
    open: Vec<Frame>,
}

/// What a pair of brackets is.
enum Kind {
    Text,
    /// With the last call that has what was before.
    Change(i64),
    Turns,
}

/// A bracket that is open.
struct Frame {
    bracket: u8,
    /// Which of the items it is.
    item: usize,
    /// How many separators there were before it.
    separators: usize,
    /// How many of its own are `|`.
    bars: usize,
}

impl<'p> Tree<'p> {
    /// `None` if the grammar does not take it.
    fn parse(prompt: &'p str, span: Span) -> Option<Self> {
        let mut tree = Self {
            prompt,
            nodes: Vec::new(),
            items: Vec::new(),
            separators: Vec::new(),
            open: Vec::new(),
        };
        let bytes = prompt.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let mut end = at + 1;
            match byte {
                b'(' | b'[' => tree.open.push(Frame {
                    bracket: *byte,
                    item: tree.items.len(),
                    separators: tree.separators.len(),
                    bars: 0,
                }),
                b')' | b']' => match tree.kind(at, span) {
                    Some(Kind::Text) => tree.forget(),
                    Some(kind) => {
                        tree.close(kind);
                        at = end;
                        continue;
                    }
                    None => tree.give_up()?,
                },
                b':' if !tree.open.is_empty() => tree.separators.push(tree.items.len()),
                b':' => {}
                b'|' => {
                    // It has no other meaning, and is no text.
                    let frame = tree.open.last_mut().filter(|it| it.bracket == b'[')?;
                    frame.bars += 1;
                    tree.separators.push(tree.items.len());
                }
                _ => end = text_end(bytes, at)?,
            }
            tree.items.push(Item::Text(at..end));
            at = end;
        }
        tree.give_up()?;
        Some(tree)
    }

    /// What the last bracket is that is open, if the one at `end` closes it. `None` if it is nothing.
    fn kind(&self, end: usize, span: Span) -> Option<Kind> {
        let frame = self.open.last()?;
        let separators = &self.separators[frame.separators..];
        let colons = separators.len() - frame.bars;
        match (frame.bracket, self.prompt.as_bytes()[end]) {
            (b'(', b')') if colons <= 1 => Some(Kind::Text),
            (b'[', b']') if separators.is_empty() => Some(Kind::Text),
            (b'[', b']') if frame.bars > 0 && colons == 0 => Some(Kind::Turns),
            (b'[', b']') if frame.bars == 0 && colons <= 2 => {
                let Item::Text(colon) = self.items.get(*separators.last()?)? else {
                    return None;
                };
                let number = number(&self.prompt[colon.end..end])?;
                Some(Kind::Change(span.call(number)?))
            }
            _ => None,
        }
    }

    /// Ends the last bracket, which is text.
    fn forget(&mut self) {
        if let Some(frame) = self.open.pop() {
            self.separators.truncate(frame.separators);
        }
    }

    /// Ends the last bracket, and puts a node in its place.
    fn close(&mut self, kind: Kind) {
        let Some(frame) = self.open.pop() else { return };
        let mut fields = Vec::new();
        for separator in self.separators.drain(frame.separators..).rev() {
            fields.push(self.items.split_off(separator + 1));
            // The separator itself.
            self.items.pop();
        }
        fields.push(self.items.split_off(frame.item + 1));
        self.items.pop();
        fields.reverse();
        let node = match kind {
            Kind::Change(when) => {
                // The number.
                fields.pop();
                let after = fields.pop().unwrap_or_default();
                let before = fields.pop().unwrap_or_default();
                Node::Change {
                    before,
                    after,
                    when,
                }
            }
            Kind::Turns | Kind::Text => Node::Turns(fields),
        };
        self.items.push(Item::Node(self.nodes.len()));
        self.nodes.push(node);
    }

    /// Brackets that come to nothing are text, from the outermost on: what is inside them cannot be text where they are none.
    /// `None` if there is a `|` among them.
    fn give_up(&mut self) -> Option<()> {
        self.separators.clear();
        let is_whole = self.open.iter().all(|frame| frame.bars == 0);
        self.open.clear();
        is_whole.then_some(())
    }

    fn entries(&self, calls: usize) -> Vec<Entry> {
        let mut ends = BTreeSet::from([calls]);
        for node in &self.nodes {
            match node {
                Node::Change { when, .. } => {
                    ends.extend(usize::try_from(*when).ok().filter(|when| *when >= 1));
                }
                Node::Turns(_) => ends.extend(1..=calls),
            }
            if ends.len() == calls {
                break;
            }
        }
        let entry = |until| Entry {
            until,
            text: self.at(until),
        };
        ends.into_iter().map(entry).collect()
    }

    /// The text of one call, from 1.
    fn at(&self, call: usize) -> String {
        let mut text = String::new();
        let mut rest = vec![self.items.iter()];
        while let Some(items) = rest.last_mut() {
            let node = match items.next() {
                None => {
                    rest.pop();
                    continue;
                }
                Some(Item::Text(range)) => {
                    text.push_str(&self.prompt[range.clone()]);
                    continue;
                }
                Some(Item::Node(index)) => &self.nodes[*index],
            };
            let items = match node {
                Node::Change {
                    before,
                    after,
                    when,
                } => {
                    let is_before = i64::try_from(call).is_ok_and(|call| call <= *when);
                    if is_before { before } else { after }
                }
                Node::Turns(turns) => &turns[call.saturating_sub(1) % turns.len()],
            };
            rest.push(items.iter());
        }
        text
    }
}

/// Where the text that begins here ends. `None` if a backslash in it has nothing to stand before.
fn text_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'(' | b')' | b'[' | b']' | b':' | b'|' => break,
            b'\\' => match bytes.get(at + 1) {
                None | Some(b'\n') => return None,
                // The rest of a longer character is text in any case.
                Some(_) => at += 2,
            },
            _ => at += 1,
        }
    }
    Some(at)
}

/// A number with nothing but spaces around it: digits, at most one point, an exponent.
fn number(text: &str) -> Option<&str> {
    let number = text.trim();
    let unsigned = number.strip_prefix(['+', '-']).unwrap_or(number);
    let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, Some(exponent)),
        None => (unsigned, None),
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_number = match digits.split_once('.') {
        Some((whole, part)) => {
            (all_digits(whole) && (part.is_empty() || all_digits(part)))
                || (whole.is_empty() && all_digits(part))
        }
        None => all_digits(digits),
    };
    let is_exponent = exponent
        .is_none_or(|exponent| all_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    (is_number && is_exponent).then_some(number)
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
