//! Prompts as tokens, exactly as `CLIPTokenizerFast` of transformers makes them.

use std::fs;
use std::path::{Path, PathBuf};

use aquatint_diffusion::prompt::Tokenizer;
use serde::Deserialize;

use crate::here;

/// A prompt, and its ids in three vocabularies.
#[derive(Deserialize)]
struct Row {
    text: String,
    tiny: Vec<u32>,
    tiny_padded: Vec<u32>,
    clip: Vec<u32>,
}

#[test]
fn tokens_of_a_tiny_vocabulary() {
    compare(&tokenizer_of("sd1"), |row| &row.tiny);
}

/// Padded with `!`, as SD 2 and SDXL's second text encoder are.
#[test]
fn tokens_with_other_padding() {
    compare(&tokenizer_of("sd2v"), |row| &row.tiny_padded);
}

/// The vocabulary of the starter model is CLIP's own.
#[test]
fn tokens_of_clip() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/starter/tokenizer");
    assert!(
        folder.join("vocab.json").is_file(),
        "{} has no vocab.json: CLIP's vocabulary is read from the starter model",
        folder.display()
    );
    compare(&folder, |row| &row.clip);
}

fn tokenizer_of(checkpoint: &str) -> PathBuf {
    here()
        .join("checkpoints")
        .join(checkpoint)
        .join("tokenizer")
}

fn compare(folder: &Path, expected: impl Fn(&Row) -> &[u32]) {
    let text = fs::read_to_string(here().join("golden/tokens.json")).expect("the goldens");
    let rows: Vec<Row> = serde_json::from_str(&text).expect("readable goldens");
    let positions = expected(&rows[0]).len();
    let tokenizer = Tokenizer::open(folder, positions).expect("a tokenizer");
    let mut failures = Vec::new();
    for row in &rows {
        let ours = tokenizer.encode(&row.text).map(|tokens| tokens.ids);
        let theirs = expected(row);
        if ours.as_deref().ok() != Some(theirs) {
            failures.push(format!("{:?}: {ours:?} instead of {theirs:?}", row.text));
        }
    }
    assert!(
        failures.is_empty(),
        "{}: {} of {} texts differ:\n{}",
        folder.display(),
        failures.len(),
        rows.len(),
        failures.join("\n")
    );
}
