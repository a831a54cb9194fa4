use std::path::PathBuf;

use aquatint_sandbox::contract::Hook;

use super::*;
use crate::Project;

fn plugin(build: &str, files: &[&str]) -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("src")).expect("made");
    for name in files {
        fs::write(folder.path().join(name), "").expect("written");
    }
    let manifest =
        "id = 'tiny'\nversion = '0.1.0'\napi = '0.1'\ndescription = 'x'\nhooks = ['sweep']\n";
    let text = format!("{manifest}[build]\nlanguage = 'js'\n{build}");
    fs::write(folder.path().join("plugin.toml"), text).expect("written");
    let project = Project::open(folder.path()).expect("a plugin");
    (folder, project)
}

#[test]
fn sources_of_the_language_come_first() {
    let (_folder, project) = plugin("", &["src/plugin.js", "src/plugin.ts"]);
    let entry = |language: Script| language.options(&project).expect("there").entry;
    assert_eq!(entry(JAVASCRIPT), "src/plugin.js");
    assert_eq!(entry(TYPESCRIPT), "src/plugin.ts");
    let (_folder, project) = plugin("entry = 'src/main.mjs'", &["src/main.mjs", "src/plugin.js"]);
    assert_eq!(
        JAVASCRIPT.options(&project).expect("there").entry,
        "src/main.mjs"
    );
}

#[test]
fn types_are_checked_in_typescript_unless_the_plugin_says() {
    for (build, language, expected) in [
        ("", JAVASCRIPT, false),
        ("", TYPESCRIPT, true),
        ("check = false", TYPESCRIPT, false),
        ("check = true", JAVASCRIPT, true),
    ] {
        let (_folder, project) = plugin(build, &["src/plugin.js"]);
        let check = language.options(&project).expect("fine").check;
        assert_eq!(check, expected, "{build} {}", language.id);
    }
}

#[test]
fn what_is_wrong_with_the_build_is_named() {
    for (build, files, expected) in [
        (
            "",
            &[][..],
            "no sources there, expected src/plugin.js or build.entry",
        ),
        (
            "entry = 'x.js'",
            &["src/plugin.js"],
            "build.entry is `x.js`, expected a file",
        ),
        (
            "entry = 3",
            &["src/plugin.js"],
            "build.entry is 3, expected a text",
        ),
        ("check = 'no'", &["src/plugin.js"], "build.check is"),
        (
            "chek = true",
            &["src/plugin.js"],
            "build.chek is unknown, expected language, entry or check",
        ),
    ] {
        let (_folder, project) = plugin(build, files);
        let error = JAVASCRIPT
            .options(&project)
            .err()
            .expect("wrong")
            .to_string();
        assert!(
            error.contains(expected) && error.contains("plugin.toml"),
            "{error}"
        );
    }
}

#[test]
fn a_world_tells_its_imports_those_that_others_bring_along_included() {
    let folder = tempfile::tempdir().expect("a folder");
    let contract = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let deps = folder.path().join("deps/aquatint-plugin");
    fs::create_dir_all(&deps).expect("made");
    for entry in fs::read_dir(contract).expect("there") {
        let path = entry.expect("there").path();
        fs::copy(&path, deps.join(path.file_name().expect("a name"))).expect("copied");
    }
    let world = "package aquatint:this;\nworld plugin {\n  include aquatint:plugin/sweeper@0.1.0;\n  \
                 import aquatint:plugin/inference@0.1.0;\n}\n";
    fs::write(folder.path().join("world.wit"), world).expect("written");
    let mut found = imports(folder.path()).expect("a world");
    found.sort();
    let expected = [
        "assets",
        "image",
        "inference",
        "job",
        "latents",
        "log",
        "types",
    ];
    let expected: Vec<_> = expected.map(aquatint_sandbox::contract::qualified).into();
    assert_eq!(found, expected);
    fs::write(
        folder.path().join("world.wit"),
        "package a:b;\nworld plugin { include c; }",
    )
    .expect("written");
    assert!(matches!(
        imports(folder.path()),
        Err(CompileError::Component(_))
    ));
}

#[test]
fn every_hook_has_a_template_with_a_function_for_it() {
    for language in [JAVASCRIPT, TYPESCRIPT] {
        for (hook, function) in [
            (Hook::PreProcess, "preProcess("),
            (Hook::Denoise, "denoise("),
            (Hook::PostProcess, "postProcess("),
            (Hook::Script, "script("),
            (Hook::Sweep, "sweep: {"),
        ] {
            let files = language.template(&NewPlugin {
                id: "my-plugin",
                hook,
            });
            let source = files
                .iter()
                .find(|file| file.path == format!("src/plugin.{}", language.id))
                .expect("sources");
            assert!(source.contents.contains(function), "{hook}");
            let package = files
                .iter()
                .find(|file| file.path == "package.json")
                .expect("there");
            assert!(package.contents.contains("\"my-plugin\""));
            assert!(!files.iter().any(|file| file.contents.contains("PLUGIN-ID")));
        }
    }
}

#[test]
fn a_program_that_fails_is_quoted_and_one_that_works_reports() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("program.mjs");
    let argument = folder.path().join("argument");
    let said = std::cell::RefCell::new(Vec::new());
    let progress = |line: &str| said.borrow_mut().push(line.to_owned());
    let run = |text: &str| {
        fs::write(&program, text).expect("written");
        run("JavaScript", &program, &argument, &progress)
    };
    // More than a pipe holds, on both.
    run("console.error('x'.repeat(200000)); console.log('bundling');").expect("works");
    assert_eq!(said.borrow().as_slice(), ["bundling"]);
    let error = run("console.error('src/plugin.js:3:1: no'); process.exitCode = 1;");
    let error = error.expect_err("fails").to_string();
    assert_eq!(error, "the JavaScript build failed:\nsrc/plugin.js:3:1: no");
    let error = run("process.exit(3)").expect_err("fails").to_string();
    assert!(
        error.contains("exit status: 3") || error.contains("exit code: 3"),
        "{error}"
    );
}
