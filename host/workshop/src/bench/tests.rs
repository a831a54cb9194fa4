use std::path::Path;
use std::time::Duration;

use aquatint_sandbox::services::NoServices;

use super::*;
use crate::build::{Folders, build_as};
use crate::cases::{self, Found, Verdict};
use crate::fake::Fake;
use crate::languages::Row;
use crate::{MANIFEST, Project};

const ROW: Row = Row {
    language: &Fake,
    sdk: "fake",
    anew: false,
};

/// A plugin called `tiny` with one hook, whose function has this body. What it returns lies at 1024.
fn module(hook: &str, parameters: &str, body: &str) -> String {
    // What a plugin is lent it must give back.
    let (import, give_back) = match hook {
        "post-process" => (
            r#"(import "aquatint:plugin/image@0.1.0" "[resource-drop]image" (func $drop (param i32)))"#,
            "(call $drop (local.get 0))",
        ),
        _ => ("", ""),
    };
    format!(
        r#"(module
            {import}
            (memory (export "memory") 2)
            (global $calls (mut i32) (i32.const 0))
            (data (i32.const 0) "\20\00\00\00\04\00\00\00\40\00\00\00\05\00\00\00\00\00\00\00\00\00\00\00")
            (data (i32.const 32) "tiny")
            (data (i32.const 64) "1.0.0")
            (data (i32.const 96) "not today")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
            (func (export "aquatint:plugin/info@0.1.0#describe") (result i32) (i32.const 0))
            (func (export "aquatint:plugin/{hook}@0.1.0#run") {parameters} (result i32)
                {give_back} {body} (i32.const 1024)))"#
    )
}

/// Returns `problem.failed("not today")`.
const NOT_TODAY: &str = "(i32.store8 (i32.const 1024) (i32.const 1))
    (i32.store8 (i32.const 1028) (i32.const 6))
    (i32.store (i32.const 1032) (i32.const 96))
    (i32.store (i32.const 1036) (i32.const 9))";
const REQUEST: &str = "(param i32 i32)";
const PICTURE: &str = "(param i32)";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new(hook: &str, module: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("plugin");
        fs::create_dir_all(root.join("src")).expect("made");
        fs::create_dir_all(root.join("cases/it")).expect("made");
        fs::create_dir_all(folder.path().join("sdk/fake")).expect("made");
        fs::write(root.join("src/plugin.fake"), module).expect("written");
        let manifest = format!(
            "id = 'tiny'\nversion = '1.0.0'\napi = '0.1'\ndescription = 'x'\nhooks = ['{hook}']\n\
             [build]\nlanguage = 'fake'\n[limits]\ntime = '300ms'\nmemory = '1MiB'\n"
        );
        fs::write(root.join(MANIFEST), manifest).expect("written");
        Self { folder }
    }

    fn project(&self) -> Project {
        Project::open(&self.folder.path().join("plugin")).expect("a project")
    }

    fn bench(&self) -> Result<Sandbox, SandboxError> {
        let folders = Folders {
            sdk: self.folder.path().join("sdk"),
            tools: self.folder.path().join("tools"),
        };
        let built = build_as(ROW, &self.project(), &folders, &|_| {}).expect("built");
        Sandbox::load(&built, None, Arc::new(NoServices))
    }

    fn case(&self, text: &str) -> Found {
        fs::write(self.project().root.join("cases/it/case.toml"), text).expect("written");
        cases::load(&self.project()).expect("cases").remove(0)
    }

    fn outcome(&self, text: &str) -> Outcome {
        let case = self.case(text).case.expect("a case");
        let bench = self.bench().expect("loaded");
        bench.call(&case.call).expect("called").outcome
    }
}

#[test]
fn a_plugin_is_run_twice_and_compared_with_what_is_expected() {
    // A second call of one instance would give something else.
    let body = format!(
        "(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
         (if (i32.gt_u (global.get $calls) (i32.const 1)) (then {NOT_TODAY}))"
    );
    let place = Place::new("pre-process", &module("pre-process", REQUEST, &body));
    let bench = place.bench().expect("loaded");
    let scratch = place.project().root.join("target");
    let test = |text: &str| cases::test(&place.case(text), &bench, false, &scratch);
    let tested = test("hook = 'pre-process'\n[expected-request]\n");
    assert_eq!(tested.verdict, Verdict::Passed { expects: true });
    assert!(tested.time > Duration::ZERO && tested.memory >= 131_072);
    let tested = test("hook = 'pre-process'\n[expected-request]\nsteps = 3\n");
    let Verdict::Failed { reasons, .. } = tested.verdict else {
        panic!("{tested:?}")
    };
    assert_eq!(reasons, ["steps stays as it was, expected 3"]);
}

#[test]
fn problems_and_breaking_are_told_apart() {
    let case = "hook = 'pre-process'";
    let outcome =
        |body: &str| Place::new("pre-process", &module("pre-process", REQUEST, body)).outcome(case);
    assert_eq!(
        outcome(NOT_TODAY),
        Outcome::Problem {
            kind: "failed".to_owned(),
            text: "not today".to_owned()
        }
    );
    for (body, expected) in [
        ("(loop $on (br $on))", "it took more than 300ms"),
        ("unreachable", "it broke: "),
        (
            "(drop (memory.grow (i32.const 100)))",
            "it needs more than 1MiB of memory",
        ),
        ("(i32.store8 (i32.const 1024) (i32.const 9))", "it broke: "),
    ] {
        let Outcome::Broke(reason) = outcome(body) else {
            panic!("{body}")
        };
        assert!(
            reason.starts_with(expected),
            "{reason}\nexpected: {expected}"
        );
    }
}

#[test]
fn a_picture_goes_through_unchanged() {
    let place = Place::new("post-process", &module("post-process", PICTURE, ""));
    let outcome = place.outcome(
        "hook = 'post-process'\ninput = { pattern = 'noise', width = 3, height = 2 }\n[metadata]\nparameters = 'x'\n",
    );
    let Outcome::Picture(picture) = outcome else {
        panic!("{outcome:?}")
    };
    let case = place.case(
        "hook = 'post-process'\ninput = { pattern = 'noise', width = 3, height = 2 }\n[metadata]\nparameters = 'x'\n",
    );
    let given = case.case.expect("a case").call.input;
    assert_eq!(given, Input::Picture(picture));
}

#[test]
fn who_lies_about_its_name_is_not_loaded() {
    let wat = module("pre-process", REQUEST, "").replace("\"tiny\"", "\"tidy\"");
    let message = match Place::new("pre-process", &wat).bench() {
        Ok(_) => panic!("loaded"),
        Err(error) => error.to_string(),
    };
    assert_eq!(
        message,
        "the plugin would not be loaded: `info.describe` says id `tidy`, the manifest says `tiny`"
    );
}

#[test]
fn what_a_script_draws_follows_from_its_request() {
    let drawing = Drawing {
        services: Arc::new(NoServices),
        request: cases::defaults(3),
    };
    let white = crate::picture::of_colors(1, 1, |_, _| [255; 3]);
    let draw = |changes: &[(&str, Value)]| {
        let changes = changes
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()));
        let named = NamedPictures::from([("white".to_owned(), white.clone())]);
        drawing.draw(changes.collect(), named, &Stop::new())
    };
    let drawn = draw(&[("batch", Value::Int(2)), ("width", Value::Int(16))]).expect("drawn");
    assert_eq!(drawn.len(), 2);
    assert_eq!(
        drawn[1].metadata(),
        [(
            "parameters".to_owned(),
            "\nSteps: 20, Seed: 4, Size: 16x64".to_owned()
        )]
    );
    let init = ("init", Value::Picture("white".to_owned()));
    let kept = draw(&[init, ("strength", Value::Number(0.0))]).expect("drawn");
    assert!(kept[0].pixels().iter().all(|byte| *byte == 255));
    assert!(matches!(
        draw(&[("init", Value::Picture("red".to_owned()))]),
        Err(Problem::NotFound(_))
    ));
    assert!(matches!(
        draw(&[("stepz", Value::Int(1))]),
        Err(Problem::InvalidInput(_))
    ));
}

#[test]
fn a_file_that_is_gone_is_named() {
    let built = Built {
        path: Path::new("none/tiny.wasm").to_owned(),
        bytes: 0,
        time: Duration::ZERO,
        warnings: Vec::new(),
    };
    let message = match Sandbox::load(&built, None, Arc::new(NoServices)) {
        Ok(_) => panic!("loaded"),
        Err(error) => error.to_string(),
    };
    assert!(message.contains("tiny.wasm: "), "{message}");
}
