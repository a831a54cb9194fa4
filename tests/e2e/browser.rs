//! The page in Chromium: Playwright's tests in `page/`, run by node. `cargo xtask setup` installs what they need.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use aquatint_tests::component::Small;

use crate::ended_well;

const PAINTER: &str = r#"
(import "aquatint:plugin/image@0.1.0" "[resource-drop]image" (func $drop (param i32)))
(import "aquatint:plugin/image@0.1.0" "[method]image.fill" (func $fill (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func (export "aquatint:plugin/post-process@0.1.0#run") (param i32) (result i32)
  (call $fill (local.get 0) (i32.const 0) (i32.const 0) (i32.const 64) (i32.const 64)
    (i32.const 255) (i32.const 0) (i32.const 0) (i32.const 255) (i32.const 2048))
  (call $drop (local.get 0))
  (i32.const 1024))"#;

/// Fills pictures with red. Its name is hostile; the page shows it as the text that it is.
fn painter() -> Small {
    Small::new("painter", "post-process", PAINTER).manifest(
        r#"name = '<b onclick="harm()">Painter'
[[settings]]
key = "amount"
label = "Amount"
type = "number"
min = 0
max = 1
default = 0.5
[[settings]]
key = "note"
type = "text"
default = "plain""#,
    )
}

/// The next one of it, which wants more: what nothing is imported for would not be asked for.
fn asking() -> Small {
    let store = r#"(import "aquatint:plugin/store@0.1.0" "usage" (func $usage (param i32)))"#;
    Small::new("painter", "post-process", &format!("{store}\n{PAINTER}"))
        .import("store")
        .manifest(
            "[permissions]\nstore = { quota = '1MiB', reason = 'to remember <b>colours</b>' }",
        )
}

/// `AQUATINT_TEST_PAGE=all` runs what takes long too.
#[test]
fn the_page_in_a_browser() {
    let Some(browser) = env::var_os("AQUATINT_TEST_BROWSER") else {
        eprintln!(
            "NOT TESTED: AQUATINT_TEST_BROWSER names no browser (`cargo xtask test` looks for one)"
        );
        return;
    };
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/page");
    let plugins = tempfile::tempdir().unwrap();
    for (name, plugin) in [("painter.wasm", painter()), ("asking.wasm", asking())] {
        fs::write(plugins.path().join(name), plugin.build()).unwrap();
    }
    let all = env::var_os("AQUATINT_TEST_PAGE").is_some_and(|which| which == "all");
    let output = Command::new("node")
        .args(["--test", "--test-reporter=spec"])
        .args(if all {
            &["core.test.mjs", "more.test.mjs"][..]
        } else {
            &["core.test.mjs"]
        })
        .current_dir(tests)
        .env("CHROMIUM", browser)
        .env("AQUATINT_BIN", aquatint_tests::binary())
        .env("AQUATINT_TEST_COMPONENTS", plugins.path())
        .output()
        .unwrap();
    ended_well(&output);
}
