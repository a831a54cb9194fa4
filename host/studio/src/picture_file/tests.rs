//! The pictures in `tests` and what is expected of them are made by `tests/make.py`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::*;
use crate::recipe::tests::sample;
use crate::{Parameters, Picture};

#[derive(Deserialize)]
struct Expected {
    files: BTreeMap<String, Texts>,
    exif: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Texts {
    parameters: Option<String>,
    keywords: Vec<String>,
}

fn expected() -> Expected {
    serde_json::from_str(include_str!("tests/expected.json")).expect("made by make.py")
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("src/picture_file/tests/files")
        .join(name)
}

const LOSSY: [Encoding; 4] = [
    Encoding::Jpeg { quality: 90 },
    Encoding::WebP { quality: 75 },
    Encoding::WebPLossless,
    Encoding::Jpeg { quality: 1 },
];

fn picture(recipe: Recipe) -> Picture {
    let (width, height) = (24, 16);
    let pixels = (0..width * height)
        .flat_map(|at| [at % width * 10, at / width * 15, at % 7 * 30])
        .map(|it| it as u8)
        .collect();
    Picture {
        width,
        height,
        pixels,
        texts: vec![("grain".to_owned(), "a <b> & \"c\"\n\u{1}".to_owned())],
        recipe,
        timings: Vec::new(),
    }
}

fn decoded(bytes: &[u8]) -> PictureFile {
    decode(bytes, Path::new("it")).expect("good")
}

#[test]
fn what_is_written_is_read_again() {
    let prompts = [
        "a red apple",
        "",
        "café, 猫, 🍎, \u{1f469}\u{200d}\u{1f680}",
        "<a href=\"x\">&amp;</a> ]]> <?xpacket end?> '",
        "line one\r\nline two\ttab\u{0}\u{7}\u{1b}\u{7f}\u{85}\u{2028}\u{feff}\u{fffe}\u{ffff}",
        "  spaces  \n",
    ];
    for encoding in LOSSY {
        for prompt in prompts {
            let recipe = Recipe {
                prompt: prompt.to_owned(),
                negative: "悪い".to_owned(),
                ..sample()
            };
            let picture = picture(recipe.clone());
            let file = decoded(&encode(&picture, encoding).expect("encoded"));
            assert_eq!(
                file.recipe().expect("a recipe"),
                Some(recipe.clone()),
                "{encoding}"
            );
            let written = Infotext::from(&recipe).to_string();
            assert_eq!(file.parameters, Some(written), "{encoding} {prompt:?}");
            assert_eq!(
                (file.kind, file.encoding),
                (encoding.kind(), Some(encoding))
            );
            assert_eq!(file.keywords, ["aquatint", "grain", "parameters"]);
            assert_eq!(
                file.pixels,
                as_encoded(&picture, encoding).expect("encoded")
            );
            assert_eq!(file.pixels == picture.pixels, encoding.is_lossless());
        }
    }
}

#[test]
fn texts_alone_are_the_same_as_with_the_pixels() {
    let folder = tempfile::tempdir().expect("a folder");
    for encoding in LOSSY.into_iter().chain([Encoding::Png]) {
        let path = folder.path().join("picture");
        write(&path, &picture(sample()), encoding).expect("written");
        let whole = read(&path).expect("good");
        let texts = read_texts(&path).expect("good");
        assert_eq!(
            texts,
            PictureFile {
                pixels: Vec::new(),
                ..whole
            }
        );
    }
}

/// A segment of JPEG ends at 64 KiB.
#[test]
fn long_prompts_are_kept_whole() {
    for length in [20_000, 33_000, 64 * 1024, 200_000] {
        for letter in ["a", "猫"] {
            let recipe = Recipe {
                prompt: letter.repeat(length / letter.len()),
                ..sample()
            };
            for encoding in LOSSY {
                let bytes = encode(&picture(recipe.clone()), encoding).expect("encoded");
                let file = decoded(&bytes);
                assert_eq!(file.recipe().expect("a recipe").as_ref(), Some(&recipe));
                let written = Infotext::from(&recipe).to_string();
                assert_eq!(file.parameters, Some(written), "{encoding}");
            }
        }
    }
}

#[test]
fn pictures_of_others_are_read() {
    for (name, expected) in expected().files {
        let path = file(&name);
        let found = read(&path).expect(&name);
        assert_eq!(found.parameters, expected.parameters, "{name}");
        assert_eq!(found.keywords, expected.keywords, "{name}");
        assert_eq!(
            (found.encoding, &found.recipe_json),
            (None, &None),
            "{name}"
        );
        assert_eq!((found.width, found.height), (16, 8), "{name}");
        let parameters = Parameters::read(&path);
        match expected.parameters {
            Some(text) => {
                let request = parameters.expect(&name).request;
                assert_eq!(request, Infotext::parse(&text).import().request, "{name}");
            }
            None => {
                let error = parameters.expect_err(&name).to_string();
                let says = if name.starts_with("comfy") {
                    "made by ComfyUI"
                } else {
                    "no parameters"
                };
                assert!(error.contains(says), "{error}");
            }
        }
    }
}

#[test]
fn exif_says_what_piexif_writes() {
    for (text, expected) in expected().exif {
        let theirs: Vec<u8> = (0..expected.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&expected[at..at + 2], 16).expect("digits"))
            .collect();
        // The same but for the pointer to a next directory, which a TIFF has and piexif leaves out of the inner one.
        let ours = exif::with_comment(&text);
        for file in [&theirs, &ours] {
            assert_eq!(exif::texts(file).comment.unwrap_or_default(), text);
        }
        let value = |file: &[u8]| {
            let label = b"UNICODE\0";
            let at = file.windows(8).position(|it| it == label);
            file[at.expect("a label")..].to_vec()
        };
        assert_eq!(value(&ours), value(&theirs), "{text}");
    }
}

/// Other programs write XMP again in ways of their own.
#[test]
fn xmp_is_read_however_it_is_written() {
    let recipe = sample();
    let escaped = recipe.to_json().replace('"', "&quot;");
    let rdf = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'";
    for packet in [
        format!(
            "<rdf:RDF {rdf}><rdf:Description xmlns:q='urn:aquatint:xmp#' q:recipe=\"{escaped}\" q:encoding='jpeg 75'/></rdf:RDF>"
        ),
        format!(
            "\u{feff}<?xml version='1.0'?>\n<x xmlns='urn:aquatint:xmp#'><recipe><![CDATA[{}]]></recipe><encoding>jpeg 75</encoding></x>\n\0\0",
            recipe.to_json()
        ),
    ] {
        let mut found = metadata::Found::default();
        found.properties(xmp::read(packet.as_bytes()).ours);
        assert_eq!(found.recipe_json, Some(recipe.to_json()), "{packet}");
        assert_eq!(found.encoding, Some(Encoding::Jpeg { quality: 75 }));
    }
}

#[test]
fn hostile_xmp_says_nothing() {
    let deep = 1_000_000;
    for packet in [
        "<a>".repeat(deep),
        "<a>".repeat(deep) + &"</a>".repeat(deep),
        format!("<a {}/>", (0..200_000).map(|at| format!("b{at}='' ")).collect::<String>()),
        "<!DOCTYPE a [<!ENTITY b 'x'><!ENTITY c '&b;&b;&b;&b;'>]><a xmlns='urn:aquatint:xmp#'><recipe>&c;</recipe></a>".to_owned(),
        "<a".to_owned(),
        String::new(),
    ] {
        assert_eq!(xmp::read(packet.as_bytes()), xmp::Properties::default());
    }
}

#[test]
fn no_damage_brings_it_down() {
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |below: usize| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        (chance % below as u64) as usize
    };
    let long = Recipe {
        prompt: "猫".repeat(30_000),
        ..sample()
    };
    let mut files: Vec<Vec<u8>> = expected()
        .files
        .keys()
        .map(|name| std::fs::read(file(name)).expect("made"))
        .collect();
    files.extend(LOSSY.map(|it| encode(&picture(sample()), it).expect("encoded")));
    files.push(encode(&picture(long), LOSSY[0]).expect("encoded"));
    let mut kept = 0;
    for whole in files {
        for _ in 0..200 {
            let mut bytes = whole.clone();
            // Most of what is read here stands in front.
            for _ in 0..=below(6) {
                let front = 1 << (5 + below(8));
                let at = below(bytes.len().min(front));
                bytes[at] = below(256) as u8;
            }
            if below(4) == 0 {
                bytes.truncate(below(bytes.len()));
            }
            kept += usize::from(decode(&bytes, Path::new("it")).is_ok());
        }
    }
    assert!(kept > 0);
}

#[test]
fn encodings_are_words() {
    for encoding in LOSSY.into_iter().chain([Encoding::Png]) {
        assert_eq!(encoding.to_string().parse(), Ok(encoding));
        let json = serde_json::to_string(&encoding).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Encoding>(&json).expect("JSON"),
            encoding
        );
    }
    let new = |format, quality, lossless| Encoding::new(format, quality, lossless);
    assert_eq!(
        new("JPG", Some(80), false),
        Ok(Encoding::Jpeg { quality: 80 })
    );
    assert_eq!(new("webp", None, false), Ok(Encoding::WebP { quality: 90 }));
    assert_eq!(new("png", None, true), Ok(Encoding::Png));
    let says = |format, quality, lossless, says: &str| {
        let error = new(format, quality, lossless).expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
    };
    says(
        "wepb",
        None,
        false,
        "(did you mean `webp`?): expected png, jpeg or webp",
    );
    says(
        "jpeg",
        Some(0),
        false,
        "the quality is 0, expected 1 to 100",
    );
    says("jpeg", Some(101), false, "the quality is 101");
    says("png", Some(5), false, "png has no quality");
    says("webp", Some(5), true, "lossless webp has no quality");
    says("jpeg", None, true, "jpeg always loses something");
    assert!("jpeg good".parse::<Encoding>().is_err());
    let path = |name: &str| Encoding::of_path(Path::new(name)).map(Encoding::kind);
    assert_eq!(path("a.JPG"), Some(FileKind::Jpeg));
    assert_eq!(path("a.b/c"), None);
    assert_eq!(path("a.gif"), None);
}

#[test]
fn what_no_format_can_hold_is_refused() {
    let wide = Picture {
        width: 20_000,
        height: 1,
        pixels: vec![0; 60_000],
        ..picture(sample())
    };
    let error = encode(&wide, Encoding::WebPLossless)
        .expect_err("too wide")
        .to_string();
    assert!(
        error.starts_with("cannot encode a picture of 20000x1 as WebP: "),
        "{error}"
    );
    let short = Picture {
        pixels: vec![0; 3],
        ..picture(sample())
    };
    let empty = Picture {
        width: 0,
        pixels: Vec::new(),
        ..picture(sample())
    };
    for encoding in LOSSY {
        let error = encode(&short, encoding).expect_err("too short").to_string();
        assert_eq!(
            error,
            "a picture of 24x16 needs 1152 bytes of pixels, not 3"
        );
        let error = encode(&empty, encoding).expect_err("empty").to_string();
        assert!(error.contains("it has no pixels"), "{error}");
    }
}
