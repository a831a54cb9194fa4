//! Tells cargo when `sdk/` has changed, so that what is embedded is what is there.

use std::fs;
use std::path::Path;

/// Made by tools in `sdk/`, never embedded (`src/sdk.rs` has the same list): they change all the time.
const MADE: [&str; 6] = [
    "target",
    "node_modules",
    "__pycache__",
    ".git",
    "dist",
    ".venv",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    watch(Path::new("../../sdk"));
}

/// Folder by folder: naming the topmost alone would take in what tools make.
fn watch(folder: &Path) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if MADE.iter().any(|made| name == *made) {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            watch(&path);
        } else {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
}
