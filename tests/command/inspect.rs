//! `aquatint inspect`.

use std::fs;

use aquatint_studio::Picture;
use aquatint_studio::recipe::Plugin;
use aquatint_tests::checkpoint;
use serde_json::json;

use crate::place::Place;

/// A PNG of one pixel, without texts.
fn plain_png() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[1, 2, 3]).unwrap();
    writer.finish().unwrap();
    bytes
}

#[test]
fn what_is_no_picture() {
    let place = Place::new();
    place.refused(["inspect", "none.png"], 1, &["cannot read none.png"]);
    place.refused(["inspect", "."], 1, &[". is a folder, not a picture"]);
    fs::write(place.path("text.png"), "a text").unwrap();
    place.refused(
        ["inspect", "text.png"],
        1,
        &["text.png is not a PNG, JPEG or WebP file"],
    );
    fs::write(place.path("empty.png"), "").unwrap();
    place.refused(
        ["inspect", "empty.png"],
        1,
        &["empty.png is not a PNG, JPEG or WebP file"],
    );
    let png = plain_png();
    for length in [9, 20, 40, png.len() - 5] {
        fs::write(place.path("cut.png"), &png[..length]).unwrap();
        place.refused(["inspect", "cut.png"], 1, &["cut.png is damaged"]);
    }
    let mut huge = png;
    huge[16..24].fill(0x70);
    fs::write(place.path("huge.png"), huge).unwrap();
    place.refused(["inspect", "huge.png"], 1, &["huge.png"]);
}

#[test]
fn picture_without_parameters() {
    let place = Place::new();
    fs::write(place.path("plain.png"), plain_png()).unwrap();
    let ran = place.run(["inspect", "plain.png"]);
    let said = ran.good();
    assert!(said.starts_with("plain.png: 1x1\n"), "{said}");
    assert!(said.contains("no parameters in it") && said.contains("no recipe in it"));
    let json = place.run(["inspect", "plain.png", "--json"]).json();
    assert_eq!(json["parameters"], json!(null));
    assert_eq!(json["recipe"], json!(null));
}

#[test]
fn picture_with_plugins() {
    let place = Place::new();
    let drawn = place.picture(&checkpoint("sd1"), &["-o", "apple.png"]);
    let mut recipe = drawn.recipe().unwrap().unwrap();
    let plugin = |json| serde_json::from_value::<Plugin>(json).unwrap();
    recipe.plugins = vec![
        plugin(json!({
            "id": "film-grain", "version": "1.2.0", "digest": "sha256:00",
            "settings": {"amount": 0.3, "mode": "soft", "mask": null}
        })),
        plugin(json!({
            "id": "glow", "version": "0.1.0", "digest": "sha256:11", "settings": {}, "skipped": "it's\u{1b}[31m broken"
        })),
    ];
    let picture = Picture {
        texts: Vec::new(),
        width: drawn.width,
        height: drawn.height,
        pixels: drawn.pixels,
        recipe,
        timings: Vec::new(),
    };
    aquatint_studio::png_file::write(&place.path("grain.png"), &picture).unwrap();

    let ran = place.run(["inspect", "grain.png"]);
    let said = ran.good();
    let lines = "\nplugins\n  film-grain 1.2.0 {amount: 0.3, mode: \"soft\"}\n    sha256:00\n  \
        glow 0.1.0 (skipped)\n    sha256:11\n    skipped: it's\\u{1b}[31m broken\n";
    assert!(said.contains(lines), "{said}");
    let field =
        "Plugins: film-grain 1.2.0 (amount=0.3 mode=\"soft\") + glow 0.1.0 (skipped), Version: ";
    assert!(said.contains(field), "{said}");

    let json = place.run(["inspect", "grain.png", "--json"]).json();
    let plugins = &json["recipe"]["plugins"];
    assert_eq!(plugins[0]["id"], "film-grain");
    assert_eq!(plugins[0]["settings"]["mask"], json!(null));
    assert_eq!(plugins[1]["skipped"], "it's\u{1b}[31m broken");
    let json = place.run(["inspect", "apple.png", "--json"]).json();
    assert!(json["recipe"].get("plugins").is_none(), "{json}");
}

/// A PNG of one pixel with one text, as another program would write it.
pub(crate) fn foreign_png(key: &str, text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(png::ColorType::Rgb);
    encoder
        .add_itxt_chunk(key.to_owned(), text.to_owned())
        .unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[1, 2, 3]).unwrap();
    writer.finish().unwrap();
    bytes
}

#[test]
fn picture_of_another_program() {
    let place = Place::new();
    let text = "a \u{1b}[31mcat, (fat:1.2)\nNegative prompt: bad\nSteps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 5, \
        Size: 512x768, Model: ink, Clip skip: 2, Odd key: 3";
    fs::write(place.path("a.png"), foreign_png("parameters", text)).unwrap();
    let ran = place.run(["inspect", "a.png"]);
    let said = ran.good();
    assert!(
        said.contains("\na \\u{1b}[31mcat, (fat:1.2)\nNegative prompt: bad\nSteps: 20, "),
        "{said}"
    );
    let lines = "\ngenerate --from\n  ignored, as nothing is known of it: Odd key 3\n";
    assert!(said.ends_with(lines), "{said}");

    let json = place.run(["inspect", "a.png", "--json"]).json();
    assert_eq!(json["parameters"], text);
    assert_eq!(json["recipe"], json!(null));
    assert_eq!(json["request"]["sampler"], "dpmpp_2m");
    assert_eq!(json["request"]["schedule"], "karras");
    assert_eq!(
        json["notes"][0],
        "ignored, as nothing is known of it: Odd key 3"
    );

    fs::write(place.path("b.png"), foreign_png("workflow", "{}")).unwrap();
    let ran = place.run(["inspect", "b.png"]);
    let said = ran.good();
    assert!(
        said.contains("b.png was made by ComfyUI, whose graph of nodes cannot be read"),
        "{said}"
    );
}

#[test]
fn picture_with_a_recipe() {
    let place = Place::new();
    let args = [
        "--negative",
        "blurry",
        "--sampler",
        "DPM++ 2M Karras",
        "--cfg",
        "3",
        "-o",
        "apple.png",
    ];
    let drawn = place.picture(&checkpoint("sd1"), &args);
    let expected = "a red apple\nNegative prompt: blurry\n\
        Steps: 2, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 3, Seed: 42, Size: 64x64, Model: sd1, \
        RNG: CPU, Version: aquatint ";
    let parameters = drawn.parameters.unwrap();
    assert!(parameters.starts_with(expected), "{parameters}");

    let ran = place.run(["inspect", "apple.png"]);
    let said = ran.good();
    assert!(said.starts_with("apple.png: 64x64\n"), "{said}");
    assert!(said.contains(&parameters) && said.contains("\"sampler\": \"dpmpp_2m\""));

    let json = place.run(["inspect", "apple.png", "--json"]).json();
    assert_eq!(json["parameters"], json!(parameters));
    for (key, value) in [
        ("prompt", json!("a red apple")),
        ("negative", json!("blurry")),
        ("seed", json!(42)),
        ("steps", json!(2)),
        ("cfg", json!(3.0)),
        ("sampler", json!("dpmpp_2m")),
        ("schedule", json!("karras")),
        ("width", json!(64)),
        ("noise", json!("cpu")),
    ] {
        assert_eq!(json["recipe"][key], value, "{key}");
    }
    assert_eq!(json["recipe"]["model"]["name"], "sd1");
    assert_eq!(json["recipe"]["runtime"]["provider"], "cpu");
}
