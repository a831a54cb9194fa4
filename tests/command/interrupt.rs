//! Ctrl-C.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use aquatint_tests::checkpoint;

use crate::place::{Place, drawing};

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Waits for something to happen.
fn until(what: &str, mut happens: impl FnMut() -> bool) {
    let start = Instant::now();
    while !happens() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{what} does not happen"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends a signal; how the command ends, and after how long.
fn signal(child: Child, name: &str) -> (Output, Duration) {
    let mut kill = Command::new("kill");
    kill.arg(name).arg(child.id().to_string());
    let start = Instant::now();
    assert!(kill.status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    (output, start.elapsed())
}

#[track_caller]
fn was_interrupted(output: &Output, says: &str) {
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), format!("{says}\n"));
    assert_eq!(output.stdout, b"");
}

#[test]
fn a_long_drawing_ends_at_once() {
    let place = Place::new();
    let model = checkpoint("sd1");
    for name in ["-INT", "-TERM"] {
        let long = ["--steps", "1000", "--batch", "64", "--sampler", "euler"];
        let store = place.data().join("fingerprints.json");
        let _ = fs::remove_file(&store);
        let child = start(place.command(drawing(&model, &long)));
        // Written right before the drawing begins.
        until("the drawing", || store.exists());
        std::thread::sleep(Duration::from_millis(700));
        let (output, took) = signal(child, name);
        was_interrupted(&output, "cancelled");
        assert!(took < Duration::from_secs(1), "{name}: {took:?}");
        assert!(place.files().is_empty(), "{:?}", place.files());
        place.data_is_unharmed();
    }
}

#[test]
fn a_download_ends_at_once_and_leaves_nothing() {
    let place = Place::without_runtimes();
    // In place of pip: says its version, and otherwise works for ever.
    let folder = place.path("bin");
    fs::create_dir(&folder).unwrap();
    let pip = folder.join("python3");
    let script = "#!/bin/sh\nfor last; do :; done\n[ \"$last\" = --version ] && exit 0\nexec /bin/sleep 600\n";
    fs::write(&pip, script).unwrap();
    fs::set_permissions(&pip, fs::Permissions::from_mode(0o755)).unwrap();
    let before = place.files();
    let staging = place.data().join("runtimes/.staging");
    let model = checkpoint("sd1");
    let drawing = drawing(&model, &[]);
    let installing = ["runtime", "install", "cpu"].map(AsRef::as_ref).to_vec();
    for args in [drawing, installing] {
        let mut command = place.command(args);
        command.env("PATH", &folder);
        let child = start(command);
        until("the download", || staging.is_dir() && has_log(&staging));
        let (output, took) = signal(child, "-INT");
        was_interrupted(&output, "stopped; nothing was installed");
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!(place.files(), before);
        place.data_is_unharmed();
    }
}

/// Whether pip was started: it writes to a log below this folder.
fn has_log(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| {
        let path = entry.path();
        path.ends_with("pip.log") || (path.is_dir() && has_log(&path))
    })
}
