//! The pictures in `tests` and what is expected of them are made by `tests/make.py`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Expected {
    read: BTreeMap<String, Read>,
    masks: BTreeMap<String, (bool, String)>,
    refused: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Read {
    width: u32,
    height: u32,
    pixels: String,
    alpha: Option<String>,
    tolerance: u8,
    notes: Vec<String>,
}

fn expected() -> Expected {
    serde_json::from_str(include_str!("tests/expected.json")).expect("made by make.py")
}

fn file(folder: &str, name: &str) -> PathBuf {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/image_file/tests");
    tests.join(folder).join(name)
}

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().as_chunks::<2>().0;
    let digits = |pair: &[u8; 2]| std::str::from_utf8(pair).expect("hex").to_owned();
    pairs
        .iter()
        .map(|pair| u8::from_str_radix(&digits(pair), 16).expect("hex"))
        .collect()
}

fn furthest(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| a.abs_diff(*b))
        .max()
        .unwrap_or(0)
}

#[test]
fn every_kind_is_read_as_pillow_reads_it() {
    for (name, expected) in expected().read {
        let found = read(&file("files", &name), &ImageLimits::default()).expect(&name);
        assert_eq!(
            (found.width, found.height),
            (expected.width, expected.height),
            "{name}"
        );
        let apart = furthest(&found.pixels, &bytes(&expected.pixels));
        assert!(apart <= expected.tolerance, "{name}: {apart} apart");
        let alpha = expected.alpha.map(|hex| bytes(&hex));
        assert_eq!(found.alpha, alpha, "{name}");
        let notes: Vec<String> = found.notes.iter().map(|it| format!("{it:?}")).collect();
        assert_eq!(notes, expected.notes, "{name}");
    }
}

#[test]
fn what_is_in_memory_is_read_like_what_is_in_a_file() {
    let path = file("files", "exif-7.jpg");
    let limits = ImageLimits::default();
    let bytes = std::fs::read(&path).expect("made");
    assert_eq!(
        decode(&bytes, &limits).expect("good"),
        read(&path, &limits).expect("good")
    );
    let error = decode(&bytes[..400], &limits).expect_err("cut off");
    assert_eq!(
        error.to_string(),
        "the picture ends too early: expected a whole JPEG file"
    );
}

#[test]
fn hostile_files_are_refused_by_name_and_in_words() {
    for (name, why) in expected().refused {
        let path = file("hostile", &name);
        let error = read(&path, &ImageLimits::default()).expect_err(&name);
        let error = error.to_string();
        assert!(error.starts_with(&path.display().to_string()), "{error}");
        assert!(error.contains(&why), "{error}\nexpected: {why}");
        assert!(!error.contains('\n'), "{error}");
    }
    let limits = ImageLimits::default();
    let error = read(&file("files", ""), &limits).expect_err("folder");
    assert!(
        error
            .to_string()
            .ends_with("is a folder, expected a picture"),
        "{error}"
    );
    let error = read(&file("files", "none.png"), &limits).expect_err("not there");
    assert!(error.to_string().starts_with("cannot read "), "{error}");
}

#[test]
fn limits_are_the_callers() {
    let path = file("files", "rgb.png");
    let usual = ImageLimits::default();
    for (limits, says) in [
        (
            ImageLimits {
                pixels: 129,
                ..usual
            },
            "claims 13x10 pixels, expected at most 129",
        ),
        (ImageLimits { side: 12, ..usual }, "no side above 12"),
        (ImageLimits { bytes: 20, ..usual }, "has more than 20 bytes"),
    ] {
        let error = read(&path, &limits).expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
    }
    let exactly = ImageLimits {
        pixels: 130,
        side: 13,
        ..usual
    };
    assert!(read(&path, &exactly).is_ok());
}

#[test]
fn a_mask_is_what_a1111_takes() {
    for (name, (from_alpha, values)) in expected().masks {
        let mask = read_mask(&file("files", &name), &ImageLimits::default()).expect(&name);
        assert_eq!(mask.from_alpha, from_alpha, "{name}");
        assert_eq!(mask.values, bytes(&values), "{name}");
    }
}

#[test]
fn what_is_transparent_shows_the_background() {
    let file = ImageFile {
        kind: FileKind::Png,
        width: 3,
        height: 1,
        pixels: vec![10, 20, 30, 10, 20, 30, 10, 20, 30],
        alpha: Some(vec![255, 0, 51]),
        notes: Vec::new(),
    };
    // A fifth of the picture, four fifths of white.
    assert_eq!(
        file.over_white(),
        [10, 20, 30, 255, 255, 255, 206, 208, 210]
    );
    assert_eq!(file.over([0; 3])[3..], [0, 0, 0, 2, 4, 6]);
    let opaque = ImageFile {
        alpha: None,
        ..file
    };
    assert_eq!(opaque.over_white(), opaque.pixels);
}

/// Whatever happens to a file, there is an answer: pixels or an error.
#[test]
fn no_damage_brings_it_down() {
    let limits = ImageLimits {
        pixels: 1 << 16,
        ..ImageLimits::default()
    };
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |below: usize| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        (chance % below as u64) as usize
    };
    let (mut good, mut bad) = (0, 0);
    for name in expected().read.keys() {
        let whole = std::fs::read(file("files", name)).expect("made");
        for _ in 0..ROUNDS {
            let mut bytes = whole.clone();
            for _ in 0..=below(4) {
                let at = below(bytes.len());
                bytes[at] = below(256) as u8;
            }
            if below(4) == 0 {
                bytes.truncate(below(bytes.len()));
            }
            match decode(&bytes, &limits) {
                Ok(file) => {
                    let pixels = file.width as usize * file.height as usize;
                    assert_eq!(file.pixels.len(), pixels * 3);
                    assert!(file.alpha.is_none_or(|alpha| alpha.len() == pixels));
                    good += 1;
                }
                Err(_) => bad += 1,
            }
        }
    }
    assert!(good > 0 && bad > 0, "{good} {bad}");
}

const ROUNDS: usize = 400;
