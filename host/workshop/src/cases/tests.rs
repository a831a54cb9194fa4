mod reading;

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::Phase;
use aquatint_sandbox::pixels::PixelFormat;
use aquatint_sandbox::settings::Value;
use aquatint_sandbox::tensor::Tensor;

use super::*;
use crate::picture::{self, of_colors};

/// A plugin of every hook, with settings of several kinds.
const MANIFEST: &str = r#"
id = "all"
version = "1.0.0"
api = "0.1"
description = "x"
hooks = ["pre-process", "denoise", "post-process", "script", "sweep"]
[build]
language = "fake"
[permissions]
generate = { reason = "x" }
[[settings]]
key = "amount"
type = "number"
min = 0
max = 1
default = 0.5
[[settings]]
key = "mark"
type = "image"
"#;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a folder"));
        fs::write(place.root().join("plugin.toml"), MANIFEST).expect("written");
        place
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn case(&self, text: &str) -> &Self {
        let folder = self.root().join("cases/it");
        fs::create_dir_all(&folder).expect("made");
        fs::write(folder.join(CASE), text).expect("written");
        self
    }

    fn text(&self) -> String {
        fs::read_to_string(self.root().join("cases/it").join(CASE)).expect("there")
    }

    fn load(&self) -> Vec<Found> {
        load(&Project::open(self.root()).expect("a project")).expect("cases")
    }

    fn read(&self, text: &str) -> Result<Case, CaseError> {
        self.case(text);
        self.load().remove(0).case
    }

    fn test(&self, outcome: Outcome, blessing: bool) -> Tested {
        self.test_with(&Same(outcome), blessing)
    }

    fn test_with(&self, bench: &dyn Bench, blessing: bool) -> Tested {
        let found = self.load();
        test(&found[0], bench, blessing, &self.root().join("target"))
    }

    fn reasons(&self, outcome: Outcome) -> Vec<String> {
        match self.test(outcome, false).verdict {
            Verdict::Failed { reasons, .. } => reasons,
            verdict => panic!("{verdict:?}"),
        }
    }

    /// Runs, blesses, and runs again: what was written must be what is expected then, and nothing else.
    fn bless(&self, outcome: &Outcome, other: Outcome) -> String {
        let verdict = self.test(outcome.clone(), true).verdict;
        assert!(matches!(verdict, Verdict::Blessed { .. }), "{verdict:?}");
        let passed = Verdict::Passed { expects: true };
        assert_eq!(self.test(outcome.clone(), false).verdict, passed);
        let before = self.text();
        assert_eq!(self.test(outcome.clone(), true).verdict, passed);
        assert_eq!(self.text(), before, "nothing to bless");
        assert!(!self.reasons(other).is_empty());
        before
    }
}

/// Gives the same whatever it is asked.
struct Same(Outcome);

fn ran(outcome: Outcome) -> Ran {
    Ran {
        outcome,
        log: vec!["hello".to_owned()],
        time: Duration::from_millis(3),
        memory: 65_536,
        host_calls: 5,
    }
}

impl Bench for Same {
    fn call(&self, _: &Call) -> Result<Ran, String> {
        Ok(ran(self.0.clone()))
    }
}

/// Gives another picture each time.
struct Restless(Cell<u8>);

impl Bench for Restless {
    fn call(&self, _: &Call) -> Result<Ran, String> {
        self.0.set(self.0.get() + 1);
        Ok(ran(plain(self.0.get())))
    }
}

fn plain(value: u8) -> Outcome {
    let note = ("note".to_owned(), format!("is {value}"));
    Outcome::Picture(of_colors(2, 2, |_, _| [value; 3]).with_metadata(vec![note]))
}

fn changes(list: &[(&str, Value)]) -> Fields {
    list.iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect()
}

const POST: &str = "hook = 'post-process'\ninput = { pattern = 'plain', width = 2, height = 2 }\n";

#[test]
fn a_plugin_that_gives_something_else_each_time_fails_whatever_is_expected() {
    let place = Place::new();
    place.case(POST);
    for blessing in [false, true] {
        let tested = place.test_with(&Restless(Cell::new(0)), blessing);
        let Verdict::Failed { reasons, .. } = tested.verdict else {
            panic!("{tested:?}")
        };
        assert_eq!(
            reasons,
            [
                "a second call with the same input gives another result: 4 of 4 pixels differ by more than 0, by 1 at \
                 most; the first is at 0, 0: 2 2 2, expected 1 1 1"
            ]
        );
    }
    assert_eq!(place.text(), POST, "nothing is blessed");
}

#[test]
fn a_case_that_expects_nothing_passes_and_says_so() {
    let place = Place::new();
    place.case(POST);
    let tested = place.test(plain(1), false);
    assert_eq!(tested.verdict, Verdict::Passed { expects: false });
    assert_eq!((tested.host_calls, tested.memory), (5, 65_536));
}

#[test]
fn pictures_are_blessed_and_compared() {
    let place = Place::new();
    place.case(&format!(
        "# mine\n{POST}\n[expected-metadata]\nnote = 'old' # why\n"
    ));
    let text = place.bless(&plain(10), plain(11));
    assert!(text.starts_with("# mine\nhook = 'post-process'"), "{text}");
    assert!(text.contains("expected = \"expected.png\"\n"), "{text}");
    assert!(text.contains("note = \"is 10\""), "{text}");
    let reasons = place.reasons(plain(11));
    assert!(
        reasons[0].starts_with("expected.png: 4 of 4 pixels differ"),
        "{reasons:?}"
    );
    assert_eq!(reasons[1], "the text `note` is `is 11`, expected `is 10`");
    let shown = place.root().join("target/cases/it");
    assert!(shown.join("actual.png").is_file() && shown.join("difference.png").is_file());
    place.test(plain(10), false);
    assert!(!shown.exists(), "an old failure is not left lying about");

    place.case(&format!("tolerance = 1\nexpected = 'expected.png'\n{POST}"));
    let passed = Verdict::Passed { expects: true };
    assert_eq!(place.test(plain(11), false).verdict, passed);
    assert_eq!(place.reasons(plain(12)).len(), 1);
    let gray = of_colors(2, 2, |_, _| [10; 3]).convert(PixelFormat::Gray8);
    let gray = Outcome::Picture(gray);
    assert_eq!(
        place.test(gray, false).verdict,
        passed,
        "how pixels are stored does not matter"
    );
    fs::remove_file(place.root().join("cases/it/expected.png")).expect("removed");
    assert_eq!(
        place.reasons(plain(10)),
        ["expected.png is not there: `--bless` writes it"]
    );
}

#[test]
fn requests_are_blessed_and_compared() {
    let place = Place::new();
    place.case("hook = 'pre-process'\n[request]\nprompt = 'a'\nsteps = 20\n");
    let prompt = |text: &str| ("prompt", Value::Text(text.to_owned()));
    let outcome = Outcome::Changes(changes(&[
        prompt("a \"red\" apple"),
        ("cfg", Value::Number(f64::from(7.1_f32))),
        ("sampler", Value::Choice("Euler a".to_owned())),
        ("steps", Value::Int(20)),
    ]));
    let text = place.bless(&outcome, Outcome::Changes(changes(&[prompt("b")])));
    assert!(text.contains("[expected-request]\n"), "{text}");
    assert!(
        !text
            .split("[expected-request]")
            .nth(1)
            .is_some_and(|it| it.contains("steps")),
        "{text}"
    );

    place.case(
        "hook = 'pre-process'\n[request]\nprompt = 'a'\n[expected-request]\nprompt = 'b'\ncfg = 7\nsteps = 5\n",
    );
    let given = changes(&[
        prompt("c"),
        ("cfg", Value::Int(7)),
        ("negative", Value::Text("x".to_owned())),
    ]);
    assert_eq!(
        place.reasons(Outcome::Changes(given)),
        [
            "prompt becomes \"c\", expected \"b\"",
            "steps stays as it was, expected 5",
            "negative becomes \"x\", expected it to stay",
        ]
    );
    place.case("hook = 'pre-process'\n[request]\nprompt = 'a'\n[expected-request]\n");
    assert_eq!(
        place.test(Outcome::Changes(Fields::new()), false).verdict,
        Verdict::Passed { expects: true },
        "that nothing changes can be expected too"
    );
}

#[test]
fn latents_are_blessed_and_compared() {
    let place = Place::new();
    place.case(
        "hook = 'denoise'\ninput = { pattern = 'ramp', shape = [2, 2] }\n[moment]\nphase = 'noise'\n",
    );
    let latents = |first: f32| {
        let numbers = vec![first, 0.0, 0.1, 1e-20];
        Outcome::Latents(Tensor::from_numbers(vec![2, 2], numbers).expect("a tensor"))
    };
    let text = place.bless(&latents(0.5), latents(0.50001));
    assert!(
        text.contains("expected = \"expected.safetensors\""),
        "{text}"
    );
    assert!(
        place
            .root()
            .join("target/cases/it/actual.safetensors")
            .is_file()
    );
    let other = Outcome::Latents(Tensor::zeros(vec![4]).expect("a tensor"));
    assert_eq!(
        place.reasons(other),
        ["expected.safetensors: the shape is [4], expected [2, 2]"]
    );
}

#[test]
fn what_scripts_draw_is_blessed_and_compared() {
    let place = Place::new();
    place.case("hook = 'script'\nexpected = []\n");
    let size = |width| of_colors(width, 1, |_, _| [9; 3]);
    let outcome = Outcome::Pictures(vec![size(1), size(2)]);
    let text = place.bless(&outcome, Outcome::Pictures(vec![size(1)]));
    assert!(
        text.contains("count = 2\nsizes = [[1, 1], [2, 1]]"),
        "{text}"
    );
    assert!(
        text.contains("expected = [\"expected-1.png\", \"expected-2.png\"]"),
        "{text}"
    );
    assert_eq!(
        place.reasons(Outcome::Pictures(vec![size(1)])),
        [
            "1 picture, expected 2",
            "the sizes are [[1, 1]], expected [[1, 1], [2, 1]]",
            "1 result, expected 2",
        ]
    );
}

#[test]
fn axes_and_points_are_blessed_and_compared() {
    let place = Place::new();
    place.case("hook = 'sweep'\n");
    let axis = |key: &str| (key.to_owned(), format!("The {key}"));
    let text = place.bless(
        &Outcome::Axes(vec![axis("a"), axis("b")]),
        Outcome::Axes(vec![axis("a")]),
    );
    assert!(
        text.contains("[[expected-axes]]\nkey = \"a\"\nlabel = \"The a\""),
        "{text}"
    );
    place.case("hook = 'sweep'\n");
    place.bless(&Outcome::Axes(Vec::new()), Outcome::Axes(vec![axis("a")]));

    place.case("hook = 'sweep'\naxis = 'a'\n");
    let point = |label: &str, steps| (label.to_owned(), changes(&[("steps", Value::Int(steps))]));
    let text = place.bless(
        &Outcome::Points(vec![point("few", 5), point("many", 50)]),
        Outcome::Points(vec![point("few", 5)]),
    );
    assert!(
        text.contains("label = \"few\"\nchanges = { steps = 5 }"),
        "{text}"
    );
    assert_eq!(
        place.reasons(Outcome::Points(vec![point("few", 5), point("more", 51)])),
        [
            "point 2: the label is `more`, expected `many`",
            "point 2: steps becomes 51, expected 50",
        ]
    );
}

#[test]
fn problems_are_blessed_and_compared_and_breaking_never_is() {
    let place = Place::new();
    place.case(POST);
    let problem = |kind: &str| Outcome::Problem {
        kind: kind.to_owned(),
        text: "amount is 2".to_owned(),
    };
    assert_eq!(
        place.reasons(problem("failed")),
        ["the problem failed: amount is 2, expected none"]
    );
    let text = place.bless(&problem("invalid-input"), problem("failed"));
    assert!(
        text.contains("expected-problem = \"invalid-input\""),
        "{text}"
    );
    assert_eq!(
        place.reasons(plain(1)),
        ["a picture of 2x2, expected the problem invalid-input"]
    );
    let text = place.bless(&plain(1), plain(2));
    assert!(!text.contains("problem"), "{text}");

    place.case(&format!(
        "expected-problem = 'failed'\nexpected-message = 'hue'\n{POST}"
    ));
    assert_eq!(
        place.reasons(problem("failed")),
        ["the problem says `amount is 2`, expected `hue` in it"]
    );

    place.case(POST);
    let broke = Outcome::Broke("out of memory: 64 MiB".to_owned());
    let verdict = place.test(broke, true).verdict;
    assert!(
        matches!(&verdict, Verdict::Failed { reasons, .. } if *reasons == ["out of memory: 64 MiB"]),
        "{verdict:?}"
    );
    assert_eq!(place.text(), POST);
}
