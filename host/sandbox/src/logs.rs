//! What a plugin may write into the log: clean, and not too much of it.
//!
//! A plugin's text ends up in terminals and pages. Escape sequences could recolour or rewrite a terminal, bidirectional
//! controls make text read otherwise than it is, and a gigabyte of lines would fill a disk.

use std::mem;

/// How much one call may log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLimits {
    /// The longest line, in bytes of UTF-8. What is longer is cut.
    pub line: usize,
    /// How many lines.
    pub lines: usize,
    /// How many bytes all lines take together.
    pub bytes: usize,
}

impl Default for LogLimits {
    fn default() -> Self {
        Self {
            line: 4 * 1024,
            lines: 1000,
            bytes: 64 * 1024,
        }
    }
}

impl LogLimits {
    /// So many bytes, and lines in proportion: a line for every 64 bytes, and never fewer than 16.
    #[must_use]
    pub fn of_bytes(bytes: usize) -> Self {
        Self {
            lines: (bytes / 64).max(16),
            bytes,
            ..Self::default()
        }
    }
}

/// What ends a line that was cut.
const CUT: char = '…';

/// The log of one call: takes what a plugin writes, gives lines that are fit to be shown.
#[derive(Clone, Debug)]
pub struct LogBudget {
    limits: LogLimits,
    lines: usize,
    bytes: usize,
    dropped: u64,
}

impl LogBudget {
    /// Nothing written yet.
    #[must_use]
    pub fn new(limits: LogLimits) -> Self {
        Self {
            limits,
            lines: 0,
            bytes: 0,
            dropped: 0,
        }
    }

    /// The lines of one message: cleaned, cut, and none of those that are beyond the budget.
    pub fn take(&mut self, message: &str) -> Vec<String> {
        // No more is read than could be kept, however long the message is.
        let room = self.limits.lines.saturating_sub(self.lines);
        let mut lines = message.lines();
        let mut kept: Vec<String> = Vec::new();
        for line in lines.by_ref().take(room) {
            let line = clean_line(line, self.limits.line);
            if self.bytes + line.len() > self.limits.bytes {
                self.dropped += 1;
                continue;
            }
            self.lines += 1;
            self.bytes += line.len();
            kept.push(line);
        }
        self.dropped += lines.count() as u64;
        kept
    }

    /// How many lines were not kept.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// What to write when the call is over, if something was not kept.
    #[must_use]
    pub fn summary(&self) -> Option<String> {
        (self.dropped > 0).then(|| {
            let LogLimits { lines, bytes, .. } = self.limits;
            format!(
                "{} more line(s) were not kept: a call may log {lines} lines and {bytes} bytes",
                self.dropped
            )
        })
    }
}

/// Lines out of a stream of bytes, such as a plugin's standard output. Holds no more than one line's worth.
#[derive(Clone, Debug)]
pub struct LineSplitter {
    longest: usize,
    pending: Vec<u8>,
}

impl LineSplitter {
    /// Nothing read yet. `longest` is the longest line in bytes.
    #[must_use]
    pub fn new(longest: usize) -> Self {
        Self {
            longest,
            pending: Vec::new(),
        }
    }

    /// The lines that these bytes complete. What is no UTF-8 is replaced, not refused.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut complete = Vec::new();
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.hold(&rest[..end]);
            complete.push(self.flush());
            rest = &rest[end + 1..];
        }
        self.hold(rest);
        complete
    }

    /// What came after the last line break, if anything did.
    pub fn finish(mut self) -> Option<String> {
        (!self.pending.is_empty()).then(|| self.flush())
    }

    /// One byte more than the longest line is kept, so that the cut shows.
    fn hold(&mut self, bytes: &[u8]) {
        let room = (self.longest + 1).saturating_sub(self.pending.len());
        self.pending
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn flush(&mut self) -> String {
        let bytes = mem::take(&mut self.pending);
        clean_line(&String::from_utf8_lossy(&bytes), self.longest)
    }
}

/// One line without escape sequences and harmful characters, at most `longest` bytes. Tabs become blanks.
#[must_use]
pub fn clean_line(line: &str, longest: usize) -> String {
    let mut clean = String::with_capacity(line.len().min(longest));
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '\x1b' => {
                skip_escape(&mut chars);
                continue;
            }
            // The same sequences with their 8-bit beginnings.
            '\u{9b}' => {
                skip_control_sequence(&mut chars);
                continue;
            }
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => {
                skip_string(&mut chars);
                continue;
            }
            '\t' => ' ',
            c if is_harmful(c) => continue,
            c => c,
        };
        if clean.len() + c.len_utf8() > longest {
            // Make room for the sign that something is missing.
            while clean.len() + CUT.len_utf8() > longest && clean.pop().is_some() {}
            if CUT.len_utf8() <= longest {
                clean.push(CUT);
            }
            break;
        }
        clean.push(c);
    }
    clean
}

/// Whether a character does something other than being seen: controls, line separators, bidirectional marks, invisible
/// tags.
#[must_use]
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// What follows an ESC.
fn skip_escape(chars: &mut std::str::Chars<'_>) {
    match chars.next() {
        Some('[') => skip_control_sequence(chars),
        Some(']' | 'P' | 'X' | '^' | '_') => skip_string(chars),
        // Intermediates, then one final.
        Some(' '..='/') => {
            chars.by_ref().find(|c| !matches!(c, ' '..='/'));
        }
        _ => {}
    }
}

/// Parameters and intermediates, up to the final character.
fn skip_control_sequence(chars: &mut std::str::Chars<'_>) {
    chars.by_ref().find(|c| !matches!(c, ' '..='?'));
}

/// A title, a link and the like, up to BEL or ST. One that never ends takes the rest of the line with it, as a terminal
/// would.
fn skip_string(chars: &mut std::str::Chars<'_>) {
    while let Some(c) = chars.next() {
        match c {
            '\x07' | '\u{9c}' => return,
            '\x1b' => {
                chars.next();
                return;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        for (given, expected) in [
            ("plain", "plain"),
            ("\x1b[31mred\x1b[0m", "red"),
            ("\x1b]0;title\x07after", "after"),
            ("\x1b]8;;https://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
            ("\x1b(B\x1b=x", "x"),
            ("\u{9b}2Jx", "x"),
            ("\u{9d}0;t\u{9c}x", "x"),
            ("a\x1b", "a"),
            ("a\x1b[", "a"),
            ("never \x1b]ends", "never "),
            ("nul\0bell\x07back\x08", "nulbellback"),
            ("a\tb", "a b"),
            ("over\rwritten", "overwritten"),
            ("\u{202e}txt.exe", "txt.exe"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
            ("tag\u{e0041}", "tag"),
            ("größe 画像 🎨", "größe 画像 🎨"),
        ] {
            assert_eq!(clean_line(given, 1000), expected, "{given:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        assert_eq!(clean_line("abcdef", 6), "abcdef");
        assert_eq!(clean_line("abcdefg", 6), "abc…");
        assert_eq!(clean_line("ééééé", 7), "éé…");
        assert_eq!(clean_line("abc", 2), "");
    }

    #[test]
    fn a_flood_is_counted_and_not_kept() {
        let limits = LogLimits {
            line: 10,
            lines: 3,
            bytes: 15,
        };
        let mut budget = LogBudget::new(limits);
        assert_eq!(budget.take("one\ntwo"), ["one", "two"]);
        assert_eq!(budget.summary(), None);
        assert!(budget.take(&"x".repeat(11)).is_empty(), "too many bytes");
        assert_eq!(budget.take("three"), ["three"]);
        assert!(budget.take("four\nfive\n").is_empty(), "too many lines");
        assert_eq!(budget.dropped(), 3);
        assert_eq!(
            budget.summary().as_deref(),
            Some("3 more line(s) were not kept: a call may log 3 lines and 15 bytes")
        );
    }

    #[test]
    fn lines_are_in_proportion_to_bytes() {
        assert_eq!(LogLimits::of_bytes(64 * 1024).lines, 1024);
        assert_eq!(LogLimits::of_bytes(0).lines, 16);
    }

    #[test]
    fn lines_are_found_in_a_stream_of_bytes() {
        let mut splitter = LineSplitter::new(8);
        assert!(splitter.push(b"he").is_empty());
        assert_eq!(splitter.push(b"llo\n\nwor"), ["hello", ""]);
        assert_eq!(splitter.push(b"ld\xff\n"), ["world\u{fffd}"]);
        for _ in 0..1000 {
            assert!(splitter.push(&[b'x'; 1000]).is_empty());
            assert!(
                splitter.pending.len() <= 9,
                "an endless line takes no memory"
            );
        }
        assert_eq!(splitter.finish().as_deref(), Some("xxxxx…"));
        assert_eq!(LineSplitter::new(8).finish(), None);
    }
}
