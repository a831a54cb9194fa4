//! How long it takes to find the result of a stage, as `cargo xtask bench sweep` measures it: one line of JSON.

#![allow(clippy::print_stdout)] // What it is for.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use aquatint_studio::stages::{Budgets, Frame, Key, KeyMaker, Stage, Store, Value};
use serde_json::{Map, Value as Json};

/// Results that are looked up by turns.
const RESULTS: u64 = 200;
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut report = Map::new();
    for (name, stage, value) in [
        // Of SD 1.5 and a picture of 256×256, and of the starter model's size.
        ("latents_16k", Stage::Denoise, latents(4 * 32 * 32)),
        ("pixels_192k", Stage::Decode, pixels(256)),
        ("pixels_12k", Stage::PostProcess, pixels(64)),
    ] {
        let store = Store::new(folder.path(), Budgets::default());
        for number in 0..RESULTS {
            store.put(stage, key(stage, number)?, value.clone());
        }
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            // As another process finds them: in its memory is nothing yet.
            let fresh = Store::new(folder.path(), Budgets::default());
            for number in 0..RESULTS {
                let own = key(stage, number)?;
                times[0].push(timed(|| fresh.get(stage, own).is_some())?);
                times[1].push(timed(|| fresh.get(stage, own).is_some())?);
                let other = key(stage, RESULTS + number)?;
                times[2].push(timed(|| fresh.get(stage, other).is_none())?);
            }
        }
        for (kind, times) in ["disk", "memory", "nothing"].iter().zip(&mut times) {
            times.sort_by(f64::total_cmp);
            let median = times.get(times.len() / 2).copied().unwrap_or_default();
            report.insert(format!("{name}_{kind}"), median.into());
        }
    }
    println!("{}", Json::Object(report));
    Ok(())
}

fn key(stage: Stage, number: u64) -> Result<Option<Key>, Box<dyn Error>> {
    let key = KeyMaker::new(stage).int("number", number).finish();
    Ok(Some(key.ok_or("everything in it is known")?))
}

/// Microseconds, of something that must be so.
fn timed(found: impl FnOnce() -> bool) -> Result<f64, Box<dyn Error>> {
    let start = Instant::now();
    let is_right = black_box(found());
    let time = start.elapsed();
    if !is_right {
        return Err("the store has not what it should".into());
    }
    Ok(time.as_secs_f64() * 1e6)
}

fn latents(count: usize) -> Value {
    Value::Latents((0..count).map(|at| at as f32 * 0.25).collect())
}

fn pixels(side: u32) -> Value {
    Value::Pixels(Frame {
        width: side,
        height: side,
        pixels: (0..side * side * 3).map(|at| (at * 7) as u8).collect(),
        texts: Vec::new(),
    })
}
