//! Pictures as JPEG and WebP.

use std::fs;

use aquatint_studio::picture_file;
use aquatint_tests::checkpoint;
use serde_json::json;

use crate::place::{Place, drawing};

/// A picture that was drawn with these arguments, and the same as PNG.
#[track_caller]
fn drawn(place: &Place, args: &[&str]) -> (String, picture_file::PictureFile) {
    let ran = place.draw(&checkpoint("sd1"), args);
    let name = ran.good().trim().to_owned();
    let file = picture_file::read(&place.path(&name)).unwrap();
    (name, file)
}

#[test]
fn each_format_is_written_inspected_and_made_again() {
    let place = Place::new();
    let model = checkpoint("sd1");
    let model = model.to_str().unwrap();
    let (_, png) = drawn(&place, &["-o", "a.png"]);
    for (args, name, encoding) in [
        (&["-o", "a.jpg"][..], "a.jpg", "jpeg 90"),
        (&["-o", "b.JPEG", "--quality", "40"], "b.JPEG", "jpeg 40"),
        (&["-o", "c.webp"], "c.webp", "webp 90"),
        (&["-o", "d.webp", "--lossless"], "d.webp", "webp lossless"),
        (
            &["-o", "out", "--format", "jpg"],
            "out/00001-42.jpg",
            "jpeg 90",
        ),
        (
            &["-o", "out", "--format", "webp", "--quality", "5"],
            "out/00002-42.webp",
            "webp 5",
        ),
    ] {
        let (written, file) = drawn(&place, args);
        assert_eq!(written, name);
        assert_eq!(file.recipe_json, png.recipe_json, "{name}");
        assert_eq!(file.parameters, png.parameters, "{name}");
        assert_eq!(
            file.pixels == png.pixels,
            encoding == "webp lossless",
            "{name}"
        );

        let inspected = place.run(["inspect", name, "--json"]).json();
        assert_eq!(inspected["encoding"], encoding);
        assert_eq!(inspected["parameters"], json!(png.parameters));
        assert_eq!(inspected["recipe"]["seed"], 42);

        let lossy = encoding != "webp lossless";
        let replayed = place.run(["replay", name, "--model", model]);
        let says = if lossy {
            format!("identical as {encoding}")
        } else {
            "identical".to_owned()
        };
        assert_eq!(replayed.good().trim(), says);
        let json = place
            .run(["replay", name, "--model", model, "--json"])
            .json();
        assert_eq!(json["identical"], true);
        assert_eq!(
            json["encoding"],
            if lossy { json!(encoding) } else { json!(null) }
        );
    }
    let args = [
        "generate",
        "--from",
        "a.jpg",
        "--model",
        model,
        "-o",
        "again.png",
    ];
    place.run(args).good();
    let again = picture_file::read(&place.path("again.png")).unwrap();
    assert_eq!(again.pixels, png.pixels);
}

/// Whoever encodes a picture again changes its pixels: that is no other picture, and it is said.
#[test]
fn a_picture_that_was_encoded_again_is_not_the_same() {
    let place = Place::new();
    let (_, png) = drawn(&place, &["-o", "a.png"]);
    let picture = aquatint_studio::Picture {
        width: png.width,
        height: png.height,
        // As if it had been encoded with losses before.
        pixels: png.pixels.iter().map(|it| it / 16 * 16).collect(),
        texts: Vec::new(),
        recipe: png.recipe().unwrap().unwrap(),
        timings: Vec::new(),
    };
    let encoding = "jpeg 90".parse().unwrap();
    picture_file::write(&place.path("b.jpg"), &picture, encoding).unwrap();
    let model = checkpoint("sd1");
    let ran = place.run(["replay", "b.jpg", "--model", model.to_str().unwrap()]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains(" as jpeg 90"), "{}", ran.stdout);

    // A program that keeps the texts and forgets how it was encoded.
    let whole = fs::read(place.path("b.jpg")).unwrap();
    let (name, other) = (b"aquatint:encoding", b"aquatint:forgotte");
    let mut forgotten = whole.clone();
    for at in 0..whole.len() - name.len() {
        if whole[at..].starts_with(name) {
            forgotten[at..at + name.len()].copy_from_slice(other);
        }
    }
    fs::write(place.path("c.jpg"), forgotten).unwrap();
    let ran = place.run(["replay", "c.jpg", "--model", model.to_str().unwrap()]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout
            .contains("c.jpg is a JPEG file that does not say how it was encoded"),
        "{}",
        ran.stdout
    );
}

#[test]
fn formats_that_do_not_go_together() {
    let model = checkpoint("sd1");
    for (args, says) in [
        (&["--format", "jpge"][..], "the format \"jpge\" is unknown"),
        (
            &["--format", "jpeg", "--quality", "0"],
            "the quality is 0, expected 1 to 100",
        ),
        (&["--format", "png", "--quality", "9"], "png has no quality"),
        (
            &["--format", "jpeg", "--lossless"],
            "jpeg always loses something",
        ),
        (
            &["--quality", "9"],
            "--quality and --lossless need a format",
        ),
        (
            &["-o", "a.png", "--format", "webp"],
            "a.png ends as a PNG file, and --format is webp",
        ),
        (
            &["-o", "a.webp", "--lossless", "--quality", "9"],
            "lossless webp has no quality",
        ),
    ] {
        Place::new().refused(drawing(&model, args), 2, &[says]);
    }
}

#[test]
fn jobs_write_what_they_were_added_with() {
    let place = Place::new();
    let model = checkpoint("sd1");
    let model = model.to_str().unwrap();
    for more in [
        &["--format", "webp", "--lossless"][..],
        &["-o", "own.jpg", "--quality", "50"],
        &["-o", "named", "--name", "[seed].webp"],
    ] {
        let mut args = vec![
            "queue",
            "add",
            "a red apple",
            "--model",
            model,
            "--steps",
            "2",
            "--size",
            "64x64",
            "--seed",
            "42",
            "--provider",
            "cpu",
        ];
        args.extend(more);
        place.run(args).good();
    }
    place.run(["queue", "run"]).good();
    let encoding = |path: &std::path::Path| {
        let file = picture_file::read(path).unwrap();
        file.encoding.map(|it| it.to_string()).unwrap_or_default()
    };
    assert_eq!(encoding(&place.path("own.jpg")), "jpeg 50");
    assert_eq!(encoding(&place.path("named/42.webp")), "webp 90");
    let outputs = place.data().join("outputs");
    let day = fs::read_dir(outputs)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    assert_eq!(encoding(&day.join("00001-42.webp")), "webp lossless");
    let listed = place.run(["history", "list", "--json"]).good().to_owned();
    assert!(
        listed.contains("own.jpg") && listed.contains("00001-42.webp"),
        "{listed}"
    );
}
