//! Styles: kept, applied, and found again.

use std::fs;

use aquatint_studio::picture_file;
use aquatint_tests::checkpoint;
use serde_json::json;

use crate::place::{Place, drawing};

const STYLES: &str =
    "name,prompt,negative_prompt\nInk,\"{prompt}, ink drawing\",photo\nBig,\"big, \",\n";

#[test]
fn styles_are_in_the_prompts_and_a_replay_needs_none() {
    let place = Place::new();
    let model = checkpoint("sd1");
    fs::write(place.data().join("styles.csv"), STYLES).unwrap();
    let args = [
        "--style",
        "Ink",
        "--style",
        "Big",
        "--negative",
        "blur",
        "-o",
        "a.png",
    ];
    place.draw(&model, &args).good();
    let styled = picture_file::read(&place.path("a.png")).unwrap();
    let recipe = styled.recipe().unwrap().unwrap();
    assert_eq!(recipe.prompt, "a red apple, ink drawing, big,");
    assert_eq!(recipe.negative, "blur, photo");
    assert_eq!(recipe.styles, ["Ink", "Big"]);
    let parameters = styled.parameters.unwrap();
    assert!(parameters.starts_with(&format!(
        "{}\nNegative prompt: blur, photo\n",
        recipe.prompt
    )));

    // The same prompts, typed.
    let typed = drawing(&model, &["--negative", "blur, photo", "-o", "b.png"]);
    let typed: Vec<_> = typed
        .into_iter()
        .map(|arg| {
            if arg == "a red apple" {
                recipe.prompt.as_ref()
            } else {
                arg
            }
        })
        .collect();
    place.run(typed).good();
    let typed = picture_file::read(&place.path("b.png")).unwrap();
    assert_eq!(typed.pixels, styled.pixels);

    fs::remove_file(place.data().join("styles.csv")).unwrap();
    let model = model.to_str().unwrap();
    let ran = place.run(["replay", "a.png", "--model", model]);
    assert_eq!(ran.good(), "identical\n");
    let args = [
        "generate",
        "--from",
        "a.png",
        "--model",
        model,
        "--provider",
        "cpu",
        "-o",
        "c.png",
    ];
    place.run(args).good();
    let again = picture_file::read(&place.path("c.png")).unwrap();
    assert_eq!(again.pixels, styled.pixels);
}

#[test]
fn styles_that_are_not_there() {
    let model = checkpoint("sd1");
    let place = Place::new();
    fs::write(place.path("my.csv"), STYLES).unwrap();
    for (args, says) in [
        (&["--style", "Ink"][..], "styles.csv does not exist"),
        (
            &["--styles", "my.csv", "--style", "ink"],
            "there is no style \"ink\" in my.csv (did you mean `Ink`?)",
        ),
        (
            &["--styles", "none.csv", "--style", "Ink"],
            "none.csv does not exist",
        ),
        (&["--styles", "my.csv", "--style", ""], "styles is empty"),
    ] {
        place.refused(drawing(&model, args), 2, &[says]);
    }
    // Whoever names none needs no file.
    place.draw(&model, &["--styles", "none.csv"]).good();
}

#[test]
fn styles_are_an_axis() {
    let place = Place::new();
    fs::write(place.data().join("styles.csv"), STYLES).unwrap();
    let model = checkpoint("sd1");
    let args = [
        "sweep",
        "a red apple",
        "--model",
        model.to_str().unwrap(),
        "--steps",
        "1",
        "--size",
        "64x64",
        "--seed",
        "42",
        "--provider",
        "cpu",
        "--style",
        "Big",
        "--axis",
        "styles=Ink,\"Ink,Ink\"",
        "-o",
        "out",
    ];
    place.run(args).good();
    let prompt = |name: &str| {
        let file = picture_file::read(&place.path(name)).unwrap();
        let recipe = file.recipe().unwrap().unwrap();
        (recipe.prompt, recipe.styles.len())
    };
    assert_eq!(
        prompt("out/cells/000001.png"),
        ("a red apple, big,, ink drawing".to_owned(), 2)
    );
    assert_eq!(
        prompt("out/cells/000002.png"),
        ("a red apple, big,, ink drawing, ink drawing".to_owned(), 3)
    );
}

#[test]
fn jobs_have_their_styles() {
    let place = Place::new();
    fs::write(place.path("my.csv"), STYLES).unwrap();
    let model = checkpoint("sd1");
    let args = [
        "queue",
        "add",
        "a red apple",
        "--model",
        model.to_str().unwrap(),
        "--steps",
        "1",
        "--size",
        "64x64",
        "--provider",
        "cpu",
        "--styles",
        "my.csv",
        "--style",
        "Ink",
        "-o",
        "a.png",
    ];
    place.run(args).good();
    place.run(["queue", "run"]).good();
    let file = picture_file::read(&place.path("a.png")).unwrap();
    assert_eq!(
        file.recipe().unwrap().unwrap().prompt,
        "a red apple, ink drawing"
    );
}

#[test]
fn styles_are_added_listed_and_removed() {
    let place = Place::new();
    assert_eq!(place.run(["style", "list"]).good(), "");
    place
        .run([
            "style",
            "add",
            "Ink",
            "--prompt",
            "{prompt}, \"ink\"",
            "--negative",
            "a, b",
        ])
        .good();
    place.run(["style", "add", "Oil", "--prompt", "oil"]).good();
    assert_eq!(
        place.run(["style", "list"]).good(),
        "Ink\n  prompt: {prompt}, \"ink\"\n  negative: a, b\nOil\n  prompt: oil\n"
    );
    place.run(["style", "remove", "Ink"]).good();
    let listed = place.run(["style", "list", "--json"]).json();
    assert_eq!(
        listed["styles"],
        json!([{"name": "Oil", "prompt": "oil", "negative": ""}])
    );
    for (args, says) in [
        (["style", "add", "Oil"], "there is a style \"Oil\""),
        (["style", "add", " x"], "expected a text of one line"),
        (["style", "remove", "Oli"], "did you mean `Oil`?"),
    ] {
        place.run(args).is_error(2, &[says]);
    }
}
