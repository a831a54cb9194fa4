use std::fs;

use jiff::civil::date;
use jiff::tz::TimeZone;

use super::*;
use crate::{picture_file, recipe};

fn recipe() -> Recipe {
    recipe::tests::sample()
}

fn naming(recipe: &Recipe) -> Naming<'_> {
    Naming {
        recipe,
        job: Some(12),
        index: 2,
        time: date(2026, 1, 31)
            .at(23, 5, 9, 0)
            .to_zoned_datetime(TimeZone::UTC)
            .expect("a time"),
    }
}

fn named(pattern: &str, recipe: &Recipe) -> String {
    let outputs = Outputs {
        root: PathBuf::from("root"),
        pattern: pattern.parse().expect(pattern),
        encoding: Encoding::default(),
    };
    let path = outputs.names(&naming(recipe)).next_path().expect("a name");
    let inside = path.strip_prefix("root").expect("inside");
    inside.to_str().expect("UTF-8").replace('\\', "/")
}

#[test]
fn every_token_is_filled_in() {
    let recipe = Recipe {
        prompt: "a (red:1.2) apple, on a \"table\"; by night and by day".into(),
        negative: "blurry".into(),
        plugins: vec![recipe::Plugin {
            id: "film-grain".into(),
            ..recipe::Plugin::default()
        }],
        ..recipe()
    };
    for (token, _) in TOKENS {
        let expected = match token {
            "date" => "2026-01-31",
            "time" => "23-05-09",
            "datetime" => "20260131230509",
            "number" => "00001",
            "seed" => "1",
            "steps" => "20",
            "cfg" => "7.5",
            "sampler" => "dpmpp_2m",
            "schedule" => "karras",
            "model" => "starter",
            "width" => "4",
            "height" => "2",
            "prompt" => "a_(red_1.2)_apple,_on_a__table_;_by_night_and_by_day",
            "prompt_words" => "a_red_1_2_apple_on_a_table",
            "negative" => "blurry",
            "job" => "12",
            "index" => "3",
            "plugins" => "film-grain",
            other => panic!("{other} has no test"),
        };
        assert_eq!(
            named(&format!("x [{token}]"), &recipe),
            format!("x {expected}.png")
        );
    }
    assert_eq!(
        named("[date]/[number]-[seed]", &recipe),
        "2026-01-31/00001-1.png"
    );
    assert_eq!(
        named("[model]/a [[b]/[seed].png", &recipe),
        "starter/a [b]/1.png"
    );
    assert_eq!(
        Pattern::default(),
        "[date]/[number]-[seed]".parse().expect("a pattern")
    );
    assert_eq!(
        Pattern::flat(),
        "[number]-[seed]".parse().expect("a pattern")
    );
}

#[test]
fn no_prompt_or_model_makes_a_name_that_leads_out_or_that_a_system_refuses() {
    for bad in [
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\windows",
        "a/b\\c",
        "..",
        ".",
        "",
        "   ",
        "...hidden",
        "-rf",
        "~",
        "con",
        "NUL.txt",
        "com1",
        "LPT¹",
        "a\u{0}b\nc\u{1b}[31m\u{202e}d",
        "<>:\"|?*",
        "ends with dots...",
        &"x".repeat(10_000),
        &"猫".repeat(10_000),
    ] {
        let recipe = Recipe {
            prompt: bad.to_owned(),
            model: recipe::Model {
                name: bad.to_owned(),
                ..recipe::Model::default()
            },
            ..recipe()
        };
        for pattern in [
            "[prompt]",
            "[model]/[prompt]",
            "[model]/[prompt]-[number]-[prompt]",
        ] {
            let name = named(pattern, &recipe);
            let parts: Vec<_> = name.split('/').collect();
            assert_eq!(parts.len(), pattern.split('/').count(), "{name}");
            for part in parts {
                let base = part.split('.').next().unwrap_or_default();
                assert!(!base.is_empty() && part.len() <= 240, "{part:?}");
                assert!(
                    !part.starts_with(['-', ' ', '~']) && !part.ends_with([' ', '.']),
                    "{part:?}"
                );
                let refused = |c: char| c.is_control() || "<>:\"/\\|?*\u{202e}".contains(c);
                assert!(!part.contains(refused), "{part:?}");
                let devices = ["con", "nul", "com1", "lpt¹"];
                assert!(!devices.contains(&base.to_lowercase().as_str()), "{part:?}");
            }
        }
    }
}

#[test]
fn a_pattern_that_makes_no_sense_is_refused() {
    for (pattern, says) in [
        (
            "[sed]",
            "[sed] is unknown (did you mean `seed`?): expected one of [date],",
        ),
        ("[]", "[] is unknown: expected"),
        ("[seed", "a bracket is open in \"[seed\""),
        ("/pictures/[seed]", "leads out of the folder"),
        ("../[seed]", "leads out"),
        ("a/ .. /[seed]", "leads out"),
        ("a\\[seed]", "leads out"),
        ("C:[seed]", "leads out"),
        ("", "has an empty name"),
        ("a//b", "has an empty name"),
        ("a/", "has an empty name"),
        (".png", "has an empty name"),
        ("[number]/a", "[number] is in"),
        ("[number][number]", "more than once"),
        (
            &"a/".repeat(9),
            "18 bytes and 9 folders, expected at most 500 and 8",
        ),
        (&"a".repeat(501), "501 bytes"),
    ] {
        let error = pattern.parse::<Pattern>().expect_err(pattern).to_string();
        assert!(error.contains(says), "{pattern}: {error}");
    }
}

fn picture() -> Picture {
    Picture {
        width: 4,
        height: 2,
        pixels: vec![7; 24],
        texts: Vec::new(),
        recipe: recipe(),
        timings: Vec::new(),
    }
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    names
}

#[test]
fn numbers_go_on_from_the_highest() {
    let folder = tempfile::tempdir().expect("a folder");
    let outputs = Outputs {
        root: folder.path().to_owned(),
        pattern: "[prompt_words] [number]".parse().expect("a pattern"),
        encoding: Encoding::default(),
    };
    let recipe = recipe();
    let write = || {
        let path = outputs
            .write(&picture(), &naming(&recipe))
            .expect("written");
        path.file_name()
            .and_then(|name| name.to_str())
            .expect("UTF-8")
            .to_owned()
    };
    assert_eq!(write(), "a_red_apple 00001.png");
    assert_eq!(write(), "a_red_apple 00002.png");
    fs::write(folder.path().join("a_red_apple 00041 of mine.txt"), "").expect("written");
    fs::write(folder.path().join("other 00099.png"), "").expect("written");
    assert_eq!(write(), "a_red_apple 00042.png");
    fs::write(folder.path().join(format!("a_red_apple {}", u64::MAX)), "").expect("written");
    fs::write(
        folder.path().join(format!("a_red_apple {}.png", u64::MAX)),
        "",
    )
    .expect("written");
    let error = outputs
        .write(&picture(), &naming(&recipe))
        .expect_err("no number is left");
    assert!(matches!(error, PictureFileError::Write { .. }), "{error}");
}

#[test]
fn names_end_as_the_format_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let recipe = recipe();
    for (pattern, encoding, name) in [
        ("[seed]", "jpeg 80", "7.jpg"),
        ("[seed]", "webp lossless", "7.webp"),
        ("[seed].png", "webp 75", "7-2.webp"),
        ("[seed].v2", "png", "7.v2.png"),
    ] {
        let outputs = Outputs {
            root: folder.path().to_owned(),
            pattern: pattern.parse().expect("a pattern"),
            encoding: encoding.parse().expect("an encoding"),
        };
        let recipe = Recipe {
            seed: 7,
            ..recipe.clone()
        };
        let path = outputs
            .write(&picture(), &naming(&recipe))
            .expect("written");
        assert!(path.ends_with(name), "{path:?}");
        let file = picture_file::read(&path).expect("good");
        assert_eq!(
            file.encoding.map(|it| it.to_string()),
            Some(encoding.to_owned())
        );
    }
}

#[test]
fn a_patterns_ending_says_the_format() {
    let pattern = |text: &str| text.parse::<Pattern>().expect(text);
    assert_eq!(pattern("[seed]").encoding(), None);
    assert_eq!(pattern("a.b").encoding(), None);
    assert_eq!(
        pattern("[seed].JPEG").encoding(),
        Some(Encoding::Jpeg { quality: 90 })
    );
    assert_eq!(pattern("[seed].JPEG").to_string(), "[seed].jpg");
    assert_eq!(
        pattern("a.webp").encoding(),
        Some(Encoding::WebP { quality: 90 })
    );
    assert_eq!(pattern("a.png").to_string(), "a.png");
}

#[test]
fn a_name_without_a_number_gets_one_where_it_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let outputs = Outputs {
        root: folder.path().to_owned(),
        pattern: "[seed]".parse().expect("a pattern"),
        encoding: Encoding::default(),
    };
    let recipe = recipe();
    for _ in 0..3 {
        outputs
            .write(&picture(), &naming(&recipe))
            .expect("written");
    }
    assert_eq!(files(folder.path()), ["1-2.png", "1-3.png", "1.png"]);
}

#[test]
fn many_writers_never_write_over_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    std::thread::scope(|scope| {
        for number in 0..8 {
            let root = folder.path().to_owned();
            scope.spawn(move || {
                let pattern = if number % 2 == 0 { "[number]" } else { "same" };
                let outputs = Outputs {
                    root,
                    pattern: pattern.parse().expect("a pattern"),
                    encoding: Encoding::default(),
                };
                let recipe = recipe();
                for _ in 0..10 {
                    outputs
                        .write(&picture(), &naming(&recipe))
                        .expect("written");
                }
            });
        }
    });
    let files = files(folder.path());
    assert_eq!(files.len(), 80, "{files:?}");
}
