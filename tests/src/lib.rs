//! Helpers shared by the tests that cross crates.

pub mod component;
pub mod server;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// The command: `AQUATINT_BIN`, or the one in the target folder that this test was built in.
#[must_use]
pub fn binary() -> PathBuf {
    if let Some(path) = env::var_os("AQUATINT_BIN") {
        return path.into();
    }
    let test = env::current_exe().unwrap_or_default();
    let folder = test.parent().and_then(Path::parent).unwrap_or(&test);
    folder.join(format!("aquatint{}", env::consts::EXE_SUFFIX))
}

/// A tiny checkpoint of this name.
#[must_use]
pub fn checkpoint(name: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("parity").join("checkpoints").join(name)
}

/// Whether plugins in Rust can be built here: `cargo xtask setup` sees to it where it can.
#[must_use]
pub fn builds_rust() -> bool {
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
        fs::read_dir(folder.trim()).is_ok_and(|mut entries| entries.next().is_some())
    });
    has_target || env::var_os("AQUATINT_WASM_RUST").is_some()
}

/// Copies a folder with everything in it.
///
/// # Errors
/// It cannot be read, or the copy not written.
pub fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_folder(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Bytes as base64.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let word = group
            .iter()
            .fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for at in 0..=group.len() {
            text.push(char::from(LETTERS[(word >> (18 - 6 * at) & 63) as usize]));
        }
        text.extend(std::iter::repeat_n('=', 3 - group.len()));
    }
    text
}
