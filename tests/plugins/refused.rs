//! A plugin that needs a permission, in each language, before anybody granted it.

use std::fs;

use aquatint_sandbox::engine::{Engine, Options};
use aquatint_sandbox::grants::Grants;
use aquatint_sandbox::permissions::Kind;
use aquatint_sandbox::plugin::{LoadError, Plugin};

use crate::support::{Language, Place};

/// A new script, which is there to draw, built as it is.
fn is_refused(language: Language) {
    if !language.builds() {
        return;
    }
    let place = Place::empty("needy");
    place.run(&[
        "new",
        "needy",
        "--lang",
        language.id(),
        "--hook",
        "script",
        "--dir",
    ]);
    place.run(&["build"]);
    let component = fs::read(place.plugin.join("target/needy.wasm")).expect("built");
    let engine = Engine::new(Options::default()).expect("an engine");
    let error = Plugin::load(&engine, component, &Grants::default(), None)
        .expect_err("nothing was granted");
    assert!(
        matches!(&error, LoadError::NotGranted { missing } if missing.kind() == Kind::Generate),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "it needs the permission `generate`, which was not granted (`aquatint plugin grant`)"
    );
}

#[test]
fn a_script_in_rust() {
    is_refused(Language::Rust);
}

#[test]
fn a_script_in_javascript() {
    is_refused(Language::JavaScript);
}

#[test]
fn a_script_in_typescript() {
    is_refused(Language::TypeScript);
}

#[test]
fn a_script_in_python() {
    is_refused(Language::Python);
}

#[test]
fn a_script_in_c() {
    is_refused(Language::C);
}

#[test]
fn a_script_in_go() {
    is_refused(Language::Go);
}
