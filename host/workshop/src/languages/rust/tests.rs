use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use aquatint_sandbox::contract::{self, Hook};
use aquatint_sandbox::prescan::{Bounds, prescan};
use sha2::{Digest as _, Sha256};

use super::*;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A new plugin, as the template makes it.
struct Place {
    root: PathBuf,
    /// Shared by all plugins of a test, so that the SDK is built once.
    scratch: PathBuf,
    tools: PathBuf,
}

impl Place {
    fn new(folder: &Path, hook: Hook) -> Self {
        let root = folder.join(hook.name());
        for file in RUST.template(&NewPlugin {
            id: "acme.tiny",
            hook,
        }) {
            let path = root.join(&file.path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, file.contents).expect("written");
        }
        let permissions = match hook {
            Hook::Script => "[permissions]\ngenerate = { reason = 'draws' }\n",
            _ => "",
        };
        let manifest = format!(
            "id = 'acme.tiny'\nversion = '1.2.3'\napi = '0.1'\ndescription = 'x'\nhooks = ['{hook}']\n{permissions}\
             [build]\nlanguage = 'rust'\n[[settings]]\nkey = 'amount'\ntype = 'number'\ndefault = 0.5\n"
        );
        fs::write(root.join("plugin.toml"), manifest).expect("written");
        Self {
            root,
            scratch: folder.join("target"),
            tools: folder.join("tools"),
        }
    }

    fn compile(&self) -> Result<Vec<u8>, CompileError> {
        self.compile_and_hear().0
    }

    fn compile_and_hear(&self) -> (Result<Vec<u8>, CompileError>, String) {
        let heard = RefCell::new(String::new());
        let project = Project::open(&self.root).expect("a project");
        let result = RUST.compile(&Compile {
            project: &project,
            wit: &repository().join("wit"),
            scratch: &self.scratch,
            sdk: &repository().join("sdk/rust"),
            tools: &self.tools,
            progress: &|line| {
                heard.borrow_mut().push_str(line);
                heard.borrow_mut().push('\n');
            },
        });
        (result, heard.into_inner())
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.root.join(file);
        let text = fs::read_to_string(&path).expect("there");
        let changed = text.replace(from, to);
        assert_ne!(text, changed, "{from}");
        fs::write(path, changed).expect("written");
    }
}

#[test]
fn every_template_becomes_a_component_with_its_hook_and_nothing_that_it_does_not_use() {
    let folder = tempfile::tempdir().expect("a folder");
    for hook in Hook::ALL {
        let place = Place::new(folder.path(), hook);
        let component = place
            .compile()
            .unwrap_or_else(|error| panic!("{hook}: {error}"));
        let project = Project::open(&place.root).expect("a project");
        let scanned = prescan(&component, &Bounds::default()).expect("a host takes it");
        let agreed = scanned
            .agree(&project.manifest)
            .expect("as the manifest says");
        assert_eq!(agreed.unused, [], "{hook}");
        let asked = contract::qualified("store");
        assert!(
            !format!("{scanned:?}").contains(&asked),
            "{hook}: imports `store`"
        );
        assert!(
            component.len() < 200_000,
            "{hook}: {} bytes",
            component.len()
        );
        let text = String::from_utf8_lossy(&component);
        assert!(
            text.contains("acme.tiny") && text.contains("1.2.3"),
            "info has id and version"
        );
        for folder in [folder.path(), &repository()] {
            let folder = folder.canonicalize().expect("there");
            assert!(
                !text.contains(&*folder.to_string_lossy()),
                "{hook}: a folder of this machine inside"
            );
        }
    }
}

#[test]
fn mistakes_are_told_in_the_compilers_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place::new(folder.path(), Hook::Sweep);
    place.change(
        "src/lib.rs",
        "request.number(\"cfg\")",
        "request.nmber(\"cfg\")",
    );
    let message = place.compile().expect_err("a misspelling").to_string();
    assert!(message.starts_with("cargo failed:\nerror"), "{message}");
    assert!(
        message.contains("no method named `nmber`") && message.contains("src/lib.rs"),
        "{message}"
    );
    assert!(!message.contains("Compiling"), "{message}");

    place.change(
        "src/lib.rs",
        "let cfg = request.nmber",
        "let unused = 1;\n    let cfg = request.number",
    );
    let (result, heard) = place.compile_and_hear();
    result.expect("a warning only");
    assert!(heard.contains("unused variable: `unused`"), "{heard}");

    place.change(
        "src/lib.rs",
        "plugin!(sweep: axes, points);",
        "pub fn nothing() {}",
    );
    place.change("src/lib.rs", "fn axes", "pub fn axes");
    place.change("src/lib.rs", "fn points", "pub fn points");
    let message = match place.compile() {
        Ok(component) => prescan(&component, &Bounds::default())
            .expect_err("no plugin")
            .to_string(),
        Err(error) => error.to_string(),
    };
    assert!(
        message.contains("plugin!") || message.contains("info"),
        "{message}"
    );

    place.change(
        "Cargo.toml",
        "crate-type = [\"cdylib\"]",
        "crate-type = [\"rlib\"]",
    );
    let message = place
        .compile()
        .expect_err("a library of Rust's own")
        .to_string();
    assert!(
        message.contains("expected [lib] with crate-type = [\"cdylib\"]"),
        "{message}"
    );

    place.change(
        "plugin.toml",
        "language = 'rust'",
        "language = 'rust'\nspeed = 'high'",
    );
    let message = place.compile().expect_err("no such option").to_string();
    assert!(
        message.contains("build.speed is unknown, expected only language"),
        "{message}"
    );
}

#[test]
fn the_same_sources_give_the_same_bytes_wherever_they_are() {
    let (one, other) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let compile = |folder: &Path| {
        Place::new(folder, Hook::PreProcess)
            .compile()
            .expect("built")
    };
    assert!(compile(one.path()) == compile(other.path()));
}

#[test]
fn the_sdk_is_made_from_this_contract() {
    let read = |folder: &str| -> BTreeMap<_, _> {
        let entries = fs::read_dir(repository().join(folder)).expect(folder);
        entries
            .map(|entry| entry.expect("a file").path())
            .map(|path| {
                (
                    path.file_name().expect("a name").to_owned(),
                    fs::read(&path).expect("read"),
                )
            })
            .collect()
    };
    let (contract, copy) = (read("wit"), read("sdk/rust/wit"));
    let again = "run `cargo run` in sdk/rust/generate";
    assert!(
        contract == copy,
        "sdk/rust/wit is another contract: {again}"
    );
    let mut digest = Sha256::new();
    for bytes in contract.values() {
        digest.update(bytes);
    }
    let digest: String = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let bindings =
        fs::read_to_string(repository().join("sdk/rust/src/bindings/mod.rs")).expect("there");
    assert!(
        bindings.contains(&digest),
        "sdk/rust/src/bindings are of another contract: {again}"
    );
}

#[test]
fn an_authors_own_profile_is_left_alone() {
    let given = |manifest: &str| {
        let manifest: toml::Table = manifest.parse().expect("TOML");
        settings(
            Path::new("/a"),
            Path::new("/b"),
            "wasm32-unknown-unknown",
            &manifest,
        )
        .join(" ")
    };
    assert!(given("").contains("profile.release.lto=true"));
    assert!(!given("[profile.release]\nopt-level = 's'").contains("profile.release"));
    assert!(given("").contains("-Ctarget-feature=+simd128"));
}

#[test]
fn what_cargo_does_is_told_apart_from_what_it_says() {
    for line in [
        "   Compiling tiny v0.1.0 (/x)",
        "    Finished `release` profile",
        "     Locking 2 packages",
    ] {
        assert!(is_status(line), "{line}");
    }
    for line in [
        "error: could not compile `tiny`",
        "warning: unused",
        "  --> src/lib.rs:3:1",
        "3 | plugin!(x);",
        "",
        "ä",
    ] {
        assert!(!is_status(line), "{line}");
    }
}
