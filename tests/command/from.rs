//! `aquatint generate --from`.

use std::fs;

use aquatint_studio::png_file;
use aquatint_tests::checkpoint;

use crate::inspect::foreign_png;
use crate::place::{Place, Ran, link};

const TEXT: &str = "a cat\nNegative prompt: bad\nSteps: 2, Sampler: Euler a, Schedule type: Karras, CFG scale: 3, Seed: 5, \
    Size: 64x64, Model hash: 0a1b2c3d4e, Model: Ink_v2, RNG: CPU";

/// Draws from a file, on the CPU.
fn from(place: &Place, file: &str, more: &[&str]) -> Ran {
    let mut args = vec!["generate", "--from", file, "--provider", "cpu"];
    args.extend(more);
    place.run(args)
}

fn model() -> String {
    checkpoint("sd1").to_str().unwrap().to_owned()
}

/// A place where a model has this name.
fn place_with(name: &str) -> Place {
    let place = Place::new();
    fs::create_dir(place.data().join("models")).unwrap();
    link(&checkpoint("sd1"), &place.data().join("models").join(name));
    place
}

#[test]
fn a_picture_of_ours_is_drawn_again() {
    let place = Place::new();
    let args = [
        "--sampler",
        "Euler a",
        "--negative",
        "  exactly this ",
        "-o",
        "apple.png",
    ];
    let drawn = place.picture(&checkpoint("sd1"), &args);
    let ran = from(
        &place,
        "apple.png",
        &["--model", &model(), "-o", "again.png"],
    );
    assert_eq!(ran.good(), "again.png\n");
    let again = png_file::read(&place.path("again.png")).unwrap();
    assert_eq!(again.pixels, drawn.pixels);
    assert_eq!(again.recipe_json, drawn.recipe_json);

    // From its recipe, and from its text.
    fs::write(
        place.path("apple.json"),
        drawn.recipe_json.as_ref().unwrap(),
    )
    .unwrap();
    fs::write(place.path("apple.txt"), drawn.parameters.as_ref().unwrap()).unwrap();
    from(
        &place,
        "apple.json",
        &["--model", &model(), "-o", "json.png"],
    )
    .good();
    from(
        &place,
        "apple.txt",
        &[
            "--model",
            &model(),
            "--negative",
            "  exactly this ",
            "-o",
            "text.png",
        ],
    )
    .good();
    for name in ["json.png", "text.png"] {
        let again = png_file::read(&place.path(name)).unwrap();
        assert_eq!(again.pixels, drawn.pixels, "{name}");
        assert_eq!(again.recipe_json, drawn.recipe_json, "{name}");
    }
}

#[test]
fn flags_come_before_the_file() {
    let place = Place::new();
    fs::write(place.path("a.png"), foreign_png("parameters", TEXT)).unwrap();
    let recipe = |more: &[&str]| {
        let model = model();
        let mut args = vec!["--model", &model, "-o", "out.png"];
        args.extend(more);
        from(&place, "a.png", &args).good();
        let file = png_file::read(&place.path("out.png")).unwrap();
        file.recipe().unwrap().unwrap()
    };
    let plain = recipe(&[]);
    assert_eq!(
        (plain.prompt.as_str(), plain.negative.as_str()),
        ("a cat", "bad")
    );
    assert_eq!(
        (plain.sampler.as_str(), plain.schedule.as_str()),
        ("euler_a", "karras")
    );
    assert_eq!((plain.seed, plain.steps, plain.cfg), (5, 2, 3.0));
    let changed = recipe(&[
        "a dog",
        "--negative",
        "",
        "--seed",
        "6",
        "--steps",
        "1",
        "--cfg",
        "2",
        "--size",
        "32x64",
        "--sampler",
        "Heun",
        "--noise",
        "philox",
    ]);
    assert_eq!(
        (changed.prompt.as_str(), changed.negative.as_str()),
        ("a dog", "")
    );
    // What is not named stays.
    assert_eq!(
        (changed.sampler.as_str(), changed.schedule.as_str()),
        ("heun", "karras")
    );
    assert_eq!((changed.seed, changed.steps, changed.cfg), (6, 1, 2.0));
    assert_eq!((changed.width, changed.height), (32, 64));
    assert_eq!(changed.noise.name(), "philox");
    // A name for both is one for both.
    let both = recipe(&["--sampler", "DPM++ 2M Exponential"]);
    assert_eq!(
        (both.sampler.as_str(), both.schedule.as_str()),
        ("dpmpp_2m", "exponential")
    );
    let seeds: Vec<u64> = (0..2)
        .map(|_| recipe(&["--seed", "random", "--steps", "1"]).seed)
        .collect();
    assert_ne!(seeds[0], seeds[1]);
}

#[test]
fn the_model_is_found_by_its_name() {
    let place = place_with("ink-v2");
    fs::write(place.path("a.txt"), TEXT).unwrap();
    from(&place, "a.txt", &["-o", "out.png"]).good();
    let file = png_file::read(&place.path("out.png")).unwrap();
    assert!(file.recipe().unwrap().is_some());

    // A recipe knows its model by what is in it, whatever it is called.
    let place = place_with("renamed");
    place.picture(&checkpoint("sd1"), &["-o", "apple.png"]);
    let ran = from(&place, "apple.png", &["-o", "again.png"]);
    ran.good();
    assert!(
        ran.stderr
            .contains("note: apple.png: the model \"sd1\" is called \"renamed\" here\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_model_that_is_not_here_is_named() {
    let place = Place::new();
    fs::write(place.path("a.png"), foreign_png("parameters", TEXT)).unwrap();
    let says = [
        "a.png: it was drawn with the model \"Ink_v2\" with the hash 0a1b2c3d4e, which is not here: there are starter",
        "draw with --model",
    ];
    place.refused(["generate", "--from", "a.png"], 2, &says);
}

#[test]
fn a_vae_is_found_by_its_name_or_its_hash_and_named_where_it_is_not() {
    let place = place_with("ink-v2");
    let given = checkpoint("sd1").join("../../golden/given/vae-ldm.safetensors");
    fs::create_dir(place.data().join("vae")).unwrap();
    fs::copy(&given, place.data().join("vae/clear.safetensors")).unwrap();
    from_prompt(&place, &["--vae", "clear", "-o", "apple.png"]).good();
    let apple = png_file::read(&place.path("apple.png")).unwrap();
    let parameters = apple.parameters.clone().unwrap();
    let (_, hash) = parameters.split_once("VAE hash: ").unwrap();
    let hash = &hash[..10];

    let write = |vae: &str| fs::write(place.path("a.txt"), format!("{TEXT}, {vae}")).unwrap();
    let used = |more: &[&str]| {
        let mut args = vec!["-o", "out.png"];
        args.extend(more);
        let ran = from(&place, "a.txt", &args);
        ran.good();
        let file = png_file::read(&place.path("out.png")).unwrap();
        let vae = file.recipe().unwrap().unwrap().vae;
        (vae.map(|vae| vae.name), ran.stderr)
    };
    let clear = Some("clear.safetensors".to_owned());
    write(&format!("VAE hash: {hash}, VAE: Clear.safetensors"));
    assert_eq!(used(&[]).0, clear);
    write(&format!("VAE hash: {hash}, VAE: old.safetensors"));
    let (vae, said) = used(&[]);
    assert_eq!(vae, clear);
    let renamed = "note: a.txt: the VAE \"old.safetensors\" is called \"clear.safetensors\" here\n";
    assert!(said.contains(renamed), "{said}");
    write("VAE hash: 0123456789, VAE: clear.safetensors");
    let (_, said) = used(&[]);
    assert!(said.contains("is not the one it was drawn with"), "{said}");

    write("VAE hash: 0123456789, VAE: old.safetensors");
    let says = [
        "a.txt: it was drawn with the VAE \"old.safetensors\" with the hash 0123456789, which is not in ",
        "draw with --vae",
    ];
    place.refused(["generate", "--from", "a.txt"], 2, &says);
    assert_eq!(used(&["--vae", "automatic"]).0, None);
}

fn from_prompt(place: &Place, more: &[&str]) -> Ran {
    let mut args = vec![
        "generate",
        "a cat",
        "--model",
        "ink-v2",
        "--steps",
        "2",
        "--provider",
        "cpu",
    ];
    args.extend(more);
    place.run(args)
}

#[test]
fn what_is_lost_is_told() {
    let place = Place::new();
    let text = format!(
        "{}, Token merging ratio: 0.5, Odd\u{1b} key: 3, Odder key: 4",
        TEXT.replace("a cat", "a <lora:fat:1> cat")
    );
    fs::write(place.path("a.png"), foreign_png("parameters", &text)).unwrap();
    let model = model();
    let ran = from(&place, "a.png", &["--model", &model, "-o", "out.png"]);
    ran.good();
    let expected = "note: a.png: drawn as words: <lora:fat:1>, which loads a LoRA elsewhere\n\
        note: a.png: ignored, so the picture will differ: Token merging ratio 0.5\n\
        note: a.png: ignored, as nothing is known of it: key 3, Odder key 4\n";
    assert!(ran.stderr.starts_with(expected), "{}", ran.stderr);
    let ran = from(
        &place,
        "a.png",
        &["--model", &model, "-o", "out.png", "--quiet"],
    );
    assert_eq!((ran.good(), ran.stderr.as_str()), ("out.png\n", ""));
    let json = from(
        &place,
        "a.png",
        &["--model", &model, "-o", "out.png", "--json"],
    )
    .json();
    assert_eq!(json["notes"].as_array().unwrap().len(), 3);
}

#[test]
fn files_without_parameters() {
    let place = Place::new();
    let refused = |name: &str, says: &[&str]| {
        place.refused(["generate", "--from", name], 1, says);
    };
    refused("none.png", &["cannot read none.png"]);
    refused(".", &[". is a folder, not a picture"]);
    for (name, bytes, says) in [
        (
            "text.png",
            b"a text".to_vec(),
            "text.png is not a PNG, JPEG or WebP file",
        ),
        (
            "a.jpg",
            b"\xff\xd8\xff\xe0".to_vec(),
            "a.jpg ends too early: expected a whole JPEG file",
        ),
        (
            "a.gif",
            b"GIF89a".to_vec(),
            "a.gif is of the kind GIF: parameters are read from PNG, JPEG and WebP files",
        ),
        ("a.txt", b"a text".to_vec(), "a.txt has no parameters in it"),
        (
            "bare.png",
            foreign_png("Title", "x"),
            "bare.png has no parameters in it, but other texts: `Title`",
        ),
        (
            "comfy.png",
            foreign_png("workflow", "{}"),
            "comfy.png was made by ComfyUI",
        ),
        (
            "old.json",
            b"{\"recipe\": 2}".to_vec(),
            "old.json: the recipe has the number 2",
        ),
    ] {
        fs::write(place.path(name), bytes).unwrap();
        refused(name, &[says]);
    }
}

#[test]
fn values_that_cannot_be_drawn_are_named_with_their_file() {
    let place = Place::new();
    let model = model();
    let write =
        |was: &str, is: &str| fs::write(place.path("a.txt"), TEXT.replace(was, is)).unwrap();
    let refused = |says: &[&str]| {
        place.refused(["generate", "--from", "a.txt", "--model", &model], 2, says);
    };
    write("Euler a", "DPM wild");
    refused(&[
        "a.txt: unknown sampler `DPM wild`: did you mean",
        "draw with --sampler",
    ]);
    from(
        &place,
        "a.txt",
        &["--model", &model, "--sampler", "Euler", "-o", "out.png"],
    )
    .good();
    write("Karras", "Karas Steps");
    refused(&[
        "a.txt: unknown schedule `Karas Steps`: did you mean",
        "draw with --schedule",
    ]);
    write("64x64", "500x64");
    refused(&["a.txt: width is 500, expected a multiple of 8, such as 496; draw with --size"]);
    write("Steps: 2", "Steps: 5000");
    refused(&["a.txt: steps is 5000, expected 1 to 1000; draw with --steps"]);
    // Then it is the flag that is wrong.
    let args = [
        "generate", "--from", "a.txt", "--model", &model, "--steps", "0",
    ];
    let ran = place.refused(args, 2, &["steps is 0"]);
    assert!(!ran.stderr.contains("a.txt"), "{}", ran.stderr);
}

#[test]
fn plugins_of_the_file_can_be_left_out() {
    let place = Place::new();
    place.picture(&checkpoint("sd1"), &["-o", "apple.png"]);
    let file = png_file::read(&place.path("apple.png")).unwrap();
    let mut recipe = file.recipe().unwrap().unwrap();
    recipe.plugins =
        vec![serde_json::from_str(
        r#"{"id": "film-grain", "version": "1.2.0", "digest": "sha256:00", "settings": {}}"#,
    )
    .unwrap()];
    fs::write(place.path("a.json"), recipe.to_json()).unwrap();
    let model = model();
    let args = ["generate", "--from", "a.json", "--model", &model];
    place
        .run(args)
        .is_error(2, &["no plugin `film-grain` is installed"]);
    from(
        &place,
        "a.json",
        &["--model", &model, "--without-plugins", "-o", "out.png"],
    )
    .good();
    let out = place.path("out.png");
    assert_eq!(png_file::read(&out).unwrap().pixels, file.pixels);
    place.refused(
        ["generate", "x", "--without-plugins"],
        2,
        &["required", "--from <FILE>"],
    );
}
