//! The plugins that ship: built from their sources, and their cases run in the real sandbox, each twice.

use std::path::{Path, PathBuf};
use std::process::Command;

use aquatint_tests::{binary, copy_folder};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Whether plugins in Rust can be built here: `cargo xtask setup` sees to it where it can.
fn builds_rust() -> bool {
    let libdir = Command::new("rustc")
        .args([
            "--print",
            "target-libdir",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .output();
    let has_target = libdir.is_ok_and(|output| {
        let folder = String::from_utf8_lossy(&output.stdout);
        std::fs::read_dir(folder.trim()).is_ok_and(|mut entries| entries.next().is_some())
    });
    has_target || std::env::var_os("AQUATINT_WASM_RUST").is_some()
}

/// Builds a plugin in a folder of its own, and runs its cases.
fn cases_pass(name: &str) {
    if !builds_rust() {
        eprintln!("skipped: there is no Rust for WebAssembly here");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let plugin = folder.path().join(name);
    copy_folder(&root().join("plugins").join(name), &plugin).expect("copied");
    let output = Command::new(binary())
        .args(["plugin", "test"])
        .arg(&plugin)
        .env("AQUATINT_DATA", folder.path().join("data"))
        .env("AQUATINT_SDK", root().join("sdk"))
        .output()
        .expect("the command runs");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{said}");
    assert!(said.contains("passed"), "{said}");
}

#[test]
fn film_grain() {
    cases_pass("film-grain");
}

#[test]
fn watermark() {
    cases_pass("watermark");
}

#[test]
fn color_match() {
    cases_pass("color-match");
}

#[test]
fn seamless() {
    cases_pass("seamless");
}

#[test]
fn upscale_refine() {
    cases_pass("upscale-refine");
}
