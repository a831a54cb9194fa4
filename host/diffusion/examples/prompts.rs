//! How long prompts of brackets take to read, as `cargo xtask bench prompts` measures it: one line of JSON, milliseconds
//! for 50 and for 100 KB.

#![allow(clippy::print_stdout)] // What it is for.

use std::hint::black_box;
use std::time::Instant;

use aquatint_diffusion::prompt::attention::weigh;
use aquatint_diffusion::prompt::composition::compose;
use aquatint_diffusion::prompt::schedule::{Schedule, Span};
use serde_json::{Map, Value, json};

const SIZE: usize = 100_000;
const ROUNDS: usize = 9;
const STEPS: usize = 20;

fn main() {
    let mut report = Map::new();
    for pattern in [
        "(", "[", "([", ")", "[a:", "[a|", "(a:1.1", "[[a:b:", "()", "[]", "(a)", "[a:b:5]",
        "a AND ", "\\(",
    ] {
        let time = |size: usize| Value::from(median(&pattern.repeat(size / pattern.len())));
        report.insert(pattern.to_owned(), json!([time(SIZE / 2), time(SIZE)]));
    }
    // All that was opened is closed.
    let half = SIZE / 2;
    for (name, open, close) in [
        ("( … )", "(", ")"),
        ("[ … ]", "[", "]"),
        ("[a: … :5]", "[a:", ":5]"),
    ] {
        let time = |size: usize| {
            let count = size / (open.len() + close.len());
            let prompt = format!("{}a{}", open.repeat(count), close.repeat(count));
            Value::from(median(&prompt))
        };
        report.insert(name.to_owned(), json!([time(half), time(SIZE)]));
    }
    println!("{}", Value::Object(report));
}

/// Milliseconds until it is known what each step draws with what weights.
fn median(prompt: &str) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for part in compose(prompt) {
                let schedule = Schedule::of(part.text, Span::first(STEPS));
                for entry in schedule.entries() {
                    black_box(weigh(&entry.text));
                }
            }
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}
