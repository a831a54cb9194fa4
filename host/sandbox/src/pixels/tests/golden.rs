//! Against Pillow and SciPy: `golden/make.py` made what is expected.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use super::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/pixels/golden");

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(FOLDER).join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn picture(name: &str) -> Picture {
    Picture::decode(&file(&format!("{name}.png")), 1 << 20).expect(name)
}

fn cases(name: &str) -> Vec<Value> {
    serde_json::from_slice(&file(name)).expect("a list")
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().expect(key)
}

fn float(case: &Value, key: &str) -> f32 {
    case[key].as_f64().expect(key) as f32
}

fn numbers<const N: usize>(case: &Value, key: &str) -> [i32; N] {
    std::array::from_fn(|at| case[key][at].as_i64().expect(key) as i32)
}

fn size(case: &Value) -> Size {
    let [width, height] = numbers(case, "size").map(|side| side as u32);
    Size { width, height }
}

/// What an operation gives in our hands.
fn done(case: &Value, source: Picture) -> Picture {
    match text(case, "operation") {
        "resize" => {
            let filter = match text(case, "filter") {
                "nearest" => Filter::Nearest,
                "bilinear" => Filter::Bilinear,
                "bicubic" => Filter::Bicubic,
                _ => Filter::Lanczos3,
            };
            source.resize(size(case), filter, NEVER).expect("a size")
        }
        "blur" => source.blur(float(case, "radius"), NEVER).expect("a radius"),
        "paste" => {
            let blend = match text(case, "blend") {
                "normal" => Blend::Normal,
                "multiply" => Blend::Multiply,
                "screen" => Blend::Screen,
                "overlay" => Blend::Overlay,
                _ => Blend::Add,
            };
            let (over, [x, y]) = (picture(text(case, "over")), numbers(case, "at"));
            let mut pasted = source;
            pasted
                .paste(&over, x, y, float(case, "opacity"), blend, NEVER)
                .expect("an opacity");
            pasted
        }
        "mix" => {
            let (other, mask) = (picture(text(case, "other")), picture(text(case, "mask")));
            let mut mixed = source;
            mixed.mix(&other, &mask, NEVER).expect("the same size");
            mixed
        }
        _ => source.convert(PixelFormat::Gray8),
    }
}

/// The most and the mean by which two pictures differ, in 255ths. The colour of what is transparent does not count.
fn difference(found: &Picture, expected: &Picture) -> (u8, f64) {
    assert_eq!(found.size(), expected.size());
    assert_eq!(found.format(), expected.format());
    let bytes = found.format().bytes_per_pixel();
    let (mut most, mut sum) = (0, 0);
    let pixels = found.pixels().chunks(bytes);
    for (found, expected) in pixels.zip(expected.pixels().chunks(bytes)) {
        let transparent = bytes == 4 && (found[3] == 0 || expected[3] == 0);
        let counted = if transparent { 3.. } else { 0.. };
        for (found, expected) in found[counted.clone()].iter().zip(&expected[counted]) {
            let difference = found.abs_diff(*expected);
            most = most.max(difference);
            sum += u64::from(difference);
        }
    }
    (most, sum as f64 / found.pixels().len() as f64)
}

#[test]
fn every_operation_gives_what_pillow_and_scipy_give() {
    let mut sheets = HashMap::new();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for case in cases("cases.json") {
        let name = text(&case, "sheet");
        let sheet = sheets
            .entry(name.to_owned())
            .or_insert_with(|| picture(name));
        let [x, y, width, height] = numbers(&case, "area").map(|side| side as u32);
        let expected = sheet.crop(area(x, y, width, height)).expect("on the sheet");
        let source = picture(text(&case, "source"));
        let operation = text(&case, "operation");
        // Pillow rounds bytes between the rows and the columns, and more often still when blending.
        let mean = match operation {
            "resize" if case["filter"] == "bilinear" && expected.format() != PixelFormat::Rgba8 => {
                0.2
            }
            "resize" | "blur" => 0.02,
            _ => 0.3,
        };
        let mut found = vec![done(&case, source.clone())];
        if operation != "convert" {
            let wide = source.convert(PixelFormat::RgbaF32);
            found.push(done(&case, wide).convert(source.format()));
        }
        for found in found {
            let (most, sum) = difference(&found, &expected);
            assert!(most <= 1 && sum <= mean, "{case}: {most}, {sum} on average");
            if case["filter"] == "nearest" {
                assert_eq!(most, 0, "{case}");
            }
        }
        *counts.entry(operation.to_owned()).or_default() += 1;
    }
    for (operation, least) in [
        ("resize", 96),
        ("blur", 33),
        ("paste", 29),
        ("mix", 2),
        ("convert", 3),
    ] {
        assert!(counts[operation] >= least, "{counts:?}");
    }
}

#[test]
fn every_kind_of_png_is_read_to_the_last_sample() {
    let cases = cases("png/cases.json");
    assert!(cases.len() >= 52, "{}", cases.len());
    for case in cases {
        let name = text(&case, "file");
        let file = file(&format!("png/{name}.png"));
        let found = Picture::decode(&file, 1 << 20).expect(name);
        assert_eq!(found.format().name(), text(&case, "format"), "{name}");
        assert_eq!(found.size(), size(&case), "{name}");
        let samples = case["samples"].as_array().expect("samples");
        let samples = samples.iter().map(|it| it.as_u64().expect("a sample"));
        let expected: Vec<u8> = match found.format() {
            PixelFormat::RgbaF32 => samples
                .flat_map(|it| (it as f32 / 65535.0).to_le_bytes())
                .collect(),
            _ => samples.map(|it| it as u8).collect(),
        };
        assert_eq!(found.pixels(), expected, "{name}");
        for end in 0..file.len() - 12 {
            let cut = Picture::decode(&file[..end], 1 << 20);
            assert!(cut.is_err(), "{name} cut at {end}");
        }
    }
}
