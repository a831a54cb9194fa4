//! The same bytes, however often and wherever: each plugin that ships is built, its cases are run in the real sandbox,
//! each twice, and all of it again in another process.

use std::path::Path;

use serde_json::Value;

use crate::support::{Language, Place, root};

/// What came of each case: its name, and the digest of its outcome. In a process of its own, which runs each twice.
fn outcomes(place: &Place) -> Vec<(String, String)> {
    let said = place.run(&["test", "--json"]);
    let said: Value = serde_json::from_str(&said).expect("JSON");
    let cases = said["cases"].as_array().expect("cases");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    cases
        .iter()
        .map(|case| {
            assert_eq!(case["verdict"], "passed", "{case}");
            (text(&case["name"]), text(&case["digest"]))
        })
        .collect()
}

/// The outcomes, which are the same in two processes. The first compiles, the second finds what was compiled.
fn same(plugin: &Path) -> Vec<(String, String)> {
    let place = Place::copy_of(plugin);
    let first = outcomes(&place);
    assert!(!first.is_empty());
    assert_eq!(first, outcomes(&place));
    first
}

fn ships(name: &str, language: Language) {
    if language.builds() {
        same(&root().join("plugins").join(name));
    }
}

#[test]
fn film_grain() {
    ships("film-grain", Language::Rust);
}

#[test]
fn watermark() {
    ships("watermark", Language::Rust);
}

#[test]
fn color_match() {
    ships("color-match", Language::Rust);
}

#[test]
fn seamless() {
    ships("seamless", Language::Rust);
}

#[test]
fn upscale_refine() {
    ships("upscale-refine", Language::Rust);
}

#[test]
fn dynamic_prompts() {
    ships("dynamic-prompts", Language::JavaScript);
}

#[test]
fn prompt_matrix() {
    ships("prompt-matrix", Language::TypeScript);
}

#[test]
fn prompt_styles() {
    ships("prompt-styles", Language::Python);
}

#[test]
fn prompt_axis() {
    ships("prompt-axis", Language::Python);
}

#[test]
fn latent_mirror() {
    ships("latent-mirror", Language::C);
}

#[test]
fn vignette() {
    ships("vignette", Language::Go);
}

#[test]
fn every_plugin_that_ships_is_tried() {
    let here = include_str!("same.rs");
    for entry in std::fs::read_dir(root().join("plugins")).expect("plugins") {
        let path = entry.expect("readable").path();
        if path.join("plugin.toml").exists() {
            let name = path.file_name().expect("a name").to_string_lossy();
            assert!(here.contains(&format!("ships(\"{name}\", ")), "{name}");
        }
    }
}

/// A language with chance and a clock of its own has them from the job's seed, and from nowhere else.
#[test]
fn chance_and_clock_of_javascript() {
    if !Language::JavaScript.builds() {
        return;
    }
    let outcomes = same(&root().join("tests/fixtures/js-random"));
    let [(_, one), (_, two)] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    assert_ne!(one, two, "another seed is another chance");
}
