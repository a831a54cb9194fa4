//! Working on a plugin while its picture is watched.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use aquatint_studio::png_file;
use aquatint_tests::{builds_rust, checkpoint};

use crate::place::Place;

/// The command at work, and what it says.
struct Work {
    child: Child,
    lines: Receiver<String>,
}

impl Work {
    fn begin(mut command: Command) -> Self {
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (say, lines) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in stderr.lines() {
                if say.send(line.unwrap()).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// Waits for a line that begins so; all until then.
    #[track_caller]
    fn until(&self, begins: &str) -> Vec<String> {
        let mut said = Vec::new();
        loop {
            // The first build compiles the SDK.
            let Ok(line) = self.lines.recv_timeout(Duration::from_secs(400)) else {
                panic!("no `{begins}` in: {}", said.join("\n"));
            };
            said.push(line);
            if said.last().unwrap().starts_with(begins) {
                return said;
            }
        }
    }

    /// Waits for a picture; the line about it.
    #[track_caller]
    fn drawn(&self) -> String {
        self.until("LOOK.png: built in ").pop().unwrap()
    }

    /// Sends Ctrl-C; how it ends, and what is said after.
    fn interrupt(mut self) -> (Option<i32>, Vec<String>) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &id])
                .status()
                .unwrap()
                .success()
        );
        let code = self.child.wait().unwrap().code();
        (code, self.lines.iter().collect())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // After a failed assertion it would go on for ever.
        let _ = self.child.kill();
    }
}

fn sdk() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk")
}

#[test]
fn every_save_draws_the_picture_anew() {
    if !builds_rust() {
        eprintln!("skipped: there is no Rust for WebAssembly here");
        return;
    }
    let place = Place::new();
    place
        .run(["plugin", "new", "look", "--lang", "rust"])
        .good();
    let source = place.path("look/src/lib.rs");
    let first = fs::read_to_string(&source).unwrap();
    let manifest = place.path("look/plugin.toml");
    let asks = "\n[permissions]\nclock = { reason = 'to write the date' }\n";
    fs::write(&manifest, fs::read_to_string(&manifest).unwrap() + asks).unwrap();
    // The picture is put into the plugin's folder, where it must not count as a change.
    let temporary = place.path("temporary");
    fs::create_dir(&temporary).unwrap();
    let mut command = place.command(["plugin", "dev", "--steps", "2", "-o", "LOOK.png"]);
    command
        .arg("--model")
        .arg(checkpoint("sd1"))
        .args(["--size", "64x64", "--provider", "cpu"])
        .current_dir(place.path("look"))
        .env("TMPDIR", &temporary)
        .env("AQUATINT_SDK", sdk());
    let work = Work::begin(command);
    let said = work.until("LOOK.png: built in ");
    assert!(
        said.iter()
            .any(|line| line == "warning: permissions.clock: the plugin imports nothing that needs it, so users are not asked for it"),
        "{said:?}"
    );
    let line = said.last().unwrap();
    assert!(line.ends_with(", the first picture"), "{line}");
    for part in [" s, loaded in ", " s, drawn in ", " s (plugin ", " MiB), "] {
        assert!(line.contains(part), "{line}");
    }
    work.until("waiting for changes");
    let picture = place.path("look/LOOK.png");
    let look = || png_file::read(&picture).unwrap();
    let before = look();
    let recipe = before.recipe().unwrap().unwrap();
    assert_eq!(
        (
            recipe.prompt.as_str(),
            recipe.seed,
            recipe.plugins[0].id.as_str()
        ),
        ("a red apple", 42, "look")
    );

    // Another picture.
    let dark = first.replace("*part *= light", "*part *= light * 0.5");
    assert_ne!(dark, first);
    fs::write(&source, &dark).unwrap();
    let line = work.drawn();
    assert!(line.ends_with(" of 4096 pixels changed"), "{line}");
    assert_ne!(look().pixels, before.pixels);

    // No plugin at all.
    fs::write(&source, "this is no Rust").unwrap();
    let said = work.until("error: ");
    assert!(said.last().unwrap().contains("cargo"), "{said:?}");

    // One that breaks: the picture stays.
    let dim = look();
    fs::write(
        &source,
        first.replace("*part *= light", "panic!(\"{light}\")"),
    )
    .unwrap();
    let said = work.until("error: hook `post-process`: it broke");
    assert!(
        !said.iter().any(|it| it.starts_with("LOOK.png")),
        "{said:?}"
    );
    assert_eq!(look().pixels, dim.pixels);

    // And back. Nothing was rebuilt for the picture's own sake.
    fs::write(&source, &first).unwrap();
    let line = work.drawn();
    assert!(line.ends_with(" of 4096 pixels changed"), "{line}");
    assert_eq!(look().pixels, before.pixels);
    std::thread::sleep(Duration::from_secs(3));
    assert!(work.lines.try_recv().is_err());

    let (code, said) = work.interrupt();
    assert_eq!((code, said), (Some(0), Vec::new()));
    // Nor does ONNX Runtime leave anything: its telemetry would.
    let left: Vec<_> = fs::read_dir(&temporary).unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
    for name in ["plugins", "plugins.lock", "grants.toml", "store"] {
        assert!(!place.data().join(name).exists(), "{name}");
    }
}

#[test]
fn axes_are_shown_with_their_points() {
    if !builds_rust() {
        eprintln!("skipped: there is no Rust for WebAssembly here");
        return;
    }
    let place = Place::new();
    let new = ["plugin", "new", "axes", "--lang", "rust", "--hook", "sweep"];
    place.run(new).good();
    let mut command = place.command(["plugin", "dev", "axes"]);
    command.env("AQUATINT_SDK", sdk());
    let work = Work::begin(command);
    let said = work.until("waiting for changes");
    let at = said
        .iter()
        .position(|line| line.starts_with("axis `"))
        .unwrap_or_else(|| panic!("{said:?}"));
    assert!(said[at].ends_with(" points"), "{said:?}");
    assert!(
        said[at + 1].starts_with("  ") && said[at + 1].contains('='),
        "{said:?}"
    );
    assert_eq!(work.interrupt().0, Some(0));
    assert!(!place.path("OUT.png").exists());
}

#[test]
fn what_cannot_be_drawn_on_is_refused() {
    let place = Place::new();
    place.refused(
        ["plugin", "dev", "-o", "LOOK.jpg"],
        2,
        &["cannot write LOOK.jpg: expected a name that ends in .png"],
    );
    place.run(["plugin", "dev"]).is_error(1, &["plugin.toml"]);
}
