//! How long the worst prompts take to parse: 100 kB of brackets each, in every order that once mattered.
//!
//! `cargo run --release -p aquatint-diffusion --example parse_prompts`

#![allow(clippy::print_stdout)]

use std::time::Instant;

use aquatint_diffusion::prompt::attention::weigh;
use aquatint_diffusion::prompt::composition::compose;
use aquatint_diffusion::prompt::schedule::{Schedule, Span};

const BYTES: usize = 100_000;

fn main() {
    let repeated = |pattern: &str| pattern.repeat(BYTES / pattern.len());
    let nested = |open: &str, close: &str| {
        let depth = BYTES / (open.len() + close.len());
        open.repeat(depth) + &close.repeat(depth)
    };
    let mut prompts: Vec<(String, String)> = Vec::new();
    for pattern in [
        "(", "[", ")", "]", "(a", "[a", "([", "(a[b", "[a:", "[a|", "[a:b:1]", "(a:1.1)", "[a|b]",
        "[]", "([)]", ":", "|", "\\", "BREAK ", "AND ", "a",
    ] {
        prompts.push((pattern.to_owned(), repeated(pattern)));
    }
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("(a", "b:1.1)"),
        ("[a:", ":1]"),
        ("[a|", "]"),
        ("([", "])"),
    ] {
        prompts.push((format!("{open}…{close}"), nested(open, close)));
    }
    for (name, prompt) in prompts {
        let start = Instant::now();
        let parts = compose(&prompt).len();
        let composed = start.elapsed();
        let entries = Schedule::of(&prompt, Span::first(20)).entries().len();
        let scheduled = start.elapsed() - composed;
        let pieces = weigh(&prompt).len();
        let all = start.elapsed();
        println!(
            "{name:<12} {:>6.2} ms: AND {:.2} ({parts}), schedule {:.2} ({entries}), weights {:.2} ({pieces})",
            all.as_secs_f64() * 1e3,
            composed.as_secs_f64() * 1e3,
            scheduled.as_secs_f64() * 1e3,
            (all - composed - scheduled).as_secs_f64() * 1e3,
        );
    }
}
