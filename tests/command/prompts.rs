//! What prompts say beside words.

use std::fs;
use std::path::Path;

use aquatint_tests::checkpoint;

use crate::place::{Place, drawing};

/// The embeddings of the parity tests: `ink` for one text encoder of 32 channels, `Leaf` for SDXL.
fn embeddings() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("parity/embeddings")
}

fn generate<'a>(prompt: &'a str, model: &'a Path, more: &[&'a str]) -> Vec<&'a std::ffi::OsStr> {
    let mut args = drawing(model, more);
    args[1] = prompt.as_ref();
    args
}

#[test]
fn a_long_prompt_is_drawn_whole() {
    let place = Place::new();
    let model = checkpoint("sd1");
    let long = "apple, ".repeat(100);
    let pixels = |prompt: &str| {
        let ran = place.run(generate(prompt, &model, &["-o", "a.png", "--quiet"]));
        assert_eq!((ran.good(), &*ran.stderr), ("a.png\n", ""));
        aquatint_studio::png_file::read(&place.path("a.png"))
            .unwrap()
            .pixels
    };
    // What comes late counts too.
    assert_ne!(pixels(&long), pixels(&format!("{long} blue")));
    let longer = "apple, ".repeat(4000);
    let says = ["prompt is too long, expected at most 64 chunks of 75 tokens"];
    place.refused(generate(&longer, &model, &[]), 2, &says);
}

#[test]
fn brackets_and_words_change_the_picture_and_stay_in_its_texts() {
    let place = Place::new();
    let model = checkpoint("sd1");
    let mut seen = Vec::new();
    for prompt in [
        "a red apple",
        "a (red:1.5) apple",
        "a [red] apple",
        "a [red:blue:0.5] apple",
        "a [red|blue] apple",
        "a red BREAK apple",
        "a red apple AND a pear",
        "a red apple :1.5",
        "a \\(red\\) apple",
    ] {
        let ran = place.run(generate(prompt, &model, &["--steps", "4", "-o", "a.png"]));
        ran.good();
        let picture = aquatint_studio::png_file::read(&place.path("a.png")).unwrap();
        assert_eq!(picture.recipe().unwrap().unwrap().prompt, prompt);
        let parameters = picture.parameters.clone().unwrap();
        assert_eq!(parameters.lines().next(), Some(prompt));
        assert!(!seen.contains(&picture.pixels), "{prompt}");
        seen.push(picture.pixels);
    }
}

#[test]
fn layers_and_emphasis_are_flags_and_come_back() {
    let place = Place::new();
    let model = checkpoint("sd1");
    let prompt = "a (red:1.5) apple";
    let flags = ["--clip-skip", "2", "--emphasis", "no-norm", "-o", "a.png"];
    place.run(generate(prompt, &model, &flags)).good();
    let first = aquatint_studio::png_file::read(&place.path("a.png")).unwrap();
    let parameters = first.parameters.clone().unwrap();
    assert!(parameters.contains("Clip skip: 2, "), "{parameters}");
    assert!(parameters.contains("Emphasis: No norm, "), "{parameters}");
    let again = ["replay", "a.png", "--model", model.to_str().unwrap()];
    assert!(place.run(again).good().contains("identical"));
    let says = ["clip_skip is 4, expected 1 to 3, as this model has 3 layers"];
    place.refused(generate(prompt, &model, &["--clip-skip", "4"]), 2, &says);
    let says = ["clip_skip is 13, expected 1 to 12"];
    place.refused(generate(prompt, &model, &["--clip-skip", "13"]), 2, &says);
    let says = ["unknown emphasis \"loud\""];
    place.refused(generate(prompt, &model, &["--emphasis", "loud"]), 2, &says);
}

#[test]
fn an_embedding_takes_part_by_its_name_and_is_in_the_texts() {
    let place = Place::new();
    let model = checkpoint("sd1");
    let folder = embeddings();
    let folder = folder.to_str().unwrap();
    let draw = |prompt: &str, more: &[&str]| {
        let args = [&["-o", "a.png"], more].concat();
        let ran = place.run(generate(prompt, &model, &args));
        ran.good();
        let picture = aquatint_studio::png_file::read(&place.path("a.png")).unwrap();
        (picture, ran.stderr)
    };
    let (without, _) = draw("an apple, (INK:1.2)", &[]);
    let (with, said) = draw("an apple, (INK:1.2)", &["--embeddings", folder]);
    assert!(!said.contains("note"), "{said}");
    assert_ne!(with.pixels, without.pixels);
    let recipe = with.recipe().unwrap().unwrap();
    assert_eq!(recipe.embeddings.len(), 1);
    assert_eq!(recipe.embeddings[0].name, "ink");
    let hash = recipe.embeddings[0].sha256.get(..12).unwrap();
    let parameters = with.parameters.clone().unwrap();
    let field = format!("TI hashes: \"ink: {hash}\"");
    assert!(parameters.contains(&field), "{parameters}");
    // A word that only begins like it is a word.
    let (inky, _) = draw("an apple, inkwell", &["--embeddings", folder]);
    assert_eq!(inky.recipe().unwrap().unwrap().embeddings, []);
    // One for another model is told, and is words.
    let (leaf, said) = draw("an apple, leaf", &["--embeddings", folder]);
    let note = "note: the embedding \"Leaf\" is not for this model, and is left out: it has 24 and 24 channels, and sd1 takes 32";
    assert!(said.contains(note), "{said}");
    assert_eq!(leaf.pixels, draw("an apple, leaf", &[]).0.pixels);
    // In the data folder they need no flag, and pickles are not opened.
    let own = place.path("own");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("old.pt"), "pickle").unwrap();
    let own = own.to_str().unwrap();
    let says = ["old.pt", "can run programs", ".safetensors"];
    place.refused(
        generate("an old apple", &model, &["--embeddings", own]),
        2,
        &says,
    );
    draw("an apple", &["--embeddings", own]);
    let says = ["--embeddings is nowhere, expected a folder"];
    place.refused(
        generate("an apple", &model, &["--embeddings", "nowhere"]),
        2,
        &says,
    );
}

#[test]
fn tokens_are_counted() {
    let place = Place::new();
    let model = checkpoint("sd1");
    let model = model.to_str().unwrap();
    let count = |prompt: &str| {
        let ran = place.run(["tokens", prompt, "--model", model]);
        ran.good().to_owned()
    };
    assert_eq!(count(""), "0 of 75\n");
    assert_eq!(count("(a:1.5) [a]"), "2 of 75\n");
    assert_eq!(count(&"a ".repeat(76)), "76 of 150\n");
    assert_eq!(count("a a AND a a a"), "3 of 75\n");
    let ran = place.run(["tokens", "a", "--json", "--model", model]);
    assert_eq!(ran.json(), serde_json::json!({"count": 1, "limit": 75}));
}
