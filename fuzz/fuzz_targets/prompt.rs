//! Any text is some prompt.

#![no_main]
#![allow(dead_code)]

#[path = "../../host/diffusion/src/prompt/attention.rs"]
mod attention;
#[path = "../../host/diffusion/src/prompt/composition.rs"]
mod composition;
#[path = "../../host/diffusion/src/prompt/schedule.rs"]
mod schedule;
#[path = "../../host/diffusion/src/prompt/words.rs"]
mod words;

use attention::{Piece, weigh};
use composition::compose;
use libfuzzer_sys::fuzz_target;
use schedule::{Schedule, Span};

fuzz_target!(|prompt: &str| {
    let parts = compose(prompt);
    assert!(!parts.is_empty());
    for part in parts {
        assert!(part.weight.is_finite());
        for span in [Span::first(5), Span::second(4, 3)] {
            check(part.text, span);
        }
    }
    check(prompt, Span::first(2));
});

fn check(prompt: &str, span: Span) {
    let schedule = Schedule::of(prompt, span);
    let entries = schedule.entries();
    assert_eq!(entries.last().map(|entry| entry.until), Some(span.calls));
    assert!(entries.is_sorted_by(|a, b| 1 <= a.until && a.until < b.until));
    for entry in entries {
        // Nothing is made up: each text is the prompt with some of it left out.
        let mut rest = prompt.chars();
        assert!(entry.text.chars().all(|c| rest.any(|other| other == c)));
        let pieces = weigh(&entry.text);
        assert!(!pieces.is_empty());
        for piece in pieces {
            if let Piece::Text { text, weight } = piece {
                assert!(weight.is_finite() && weight.abs() <= 1e9);
                assert!(text.len() <= entry.text.len());
            }
        }
    }
    for call in 0..=span.calls {
        assert!(schedule.at(call) < entries.len());
    }
}
