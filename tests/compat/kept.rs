//! Plugins that were built once: `API/NAME/plugin.wasm.xz`, with the cases that they answered then in `API/NAME/cases`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::Manifest;
use aquatint_sandbox::permissions::Kind;
use aquatint_sandbox::plugin::Candidate;
use aquatint_sandbox::prescan::Bounds;
use aquatint_sandbox::section::read_manifest;
use aquatint_sandbox::services::NoServices;
use aquatint_workshop::bench::Sandbox;
use aquatint_workshop::build::Built;
use aquatint_workshop::cases::{self, Verdict};
use aquatint_workshop::{Build, Project};

/// A plugin as it is kept.
pub(crate) const PLUGIN: &str = "plugin.wasm.xz";

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("compat")
}

/// The folders in a folder, in order.
fn folders(root: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .expect("it can be read")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// Every plugin that is kept.
fn plugins() -> Vec<PathBuf> {
    folders(&folder())
        .iter()
        .flat_map(|version| folders(version))
        .filter(|folder| folder.join(PLUGIN).is_file())
        .collect()
}

fn component(folder: &Path) -> Vec<u8> {
    let packed = fs::File::open(folder.join(PLUGIN)).expect("it can be read");
    let mut bytes = Vec::new();
    lzma_rust2::XzReader::new(packed, false)
        .read_to_end(&mut bytes)
        .expect("it can be unpacked");
    bytes
}

fn manifest(folder: &Path) -> Manifest {
    read_manifest(&component(folder)).expect("it has a manifest")
}

/// Runs the cases of one plugin, or, when it is new, writes down what it answers.
pub(crate) fn run(folder: &Path, blessing: bool) {
    let name = folder.display();
    let scratch = tempfile::tempdir().expect("a folder");
    let bytes = component(folder);
    let path = scratch.path().join("plugin.wasm");
    fs::write(&path, &bytes).expect("written");
    let project = Project {
        root: folder.to_owned(),
        manifest: read_manifest(&bytes).expect("it has a manifest"),
        build: Build::default(),
    };
    let built = Built {
        path,
        bytes: bytes.len() as u64,
        time: Duration::ZERO,
        warnings: Vec::new(),
    };
    // It loads, and its `describe` says what its manifest says.
    let bench = Sandbox::load(&built, None, Arc::new(NoServices))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let found = cases::load(&project).expect("cases");
    assert!(!found.is_empty(), "{name}: no cases");
    for case in &found {
        let tested = cases::test(case, &bench, blessing, scratch.path());
        match tested.verdict {
            // A case that expects nothing would pass whatever the hook gave.
            Verdict::Passed { expects: true } => {}
            Verdict::Blessed { .. } if blessing => {}
            other => panic!("{name}, case {}: {other:?}", case.name),
        }
    }
}

/// One test for each, so that the slow ones run beside each other.
macro_rules! kept {
    ($($test:ident: $name:literal,)*) => {
        $(
            #[test]
            fn $test() {
                run(&folder().join($name), false);
            }
        )*

        /// Those that the tests above name.
        const NAMED: &[&str] = &[$($name),*];
    };
}

kept! {
    rust_0_1_pre_process: "0.1/rust-pre-process",
    rust_0_1_denoise: "0.1/rust-denoise",
    rust_0_1_post_process: "0.1/rust-post-process",
    rust_0_1_script: "0.1/rust-script",
    rust_0_1_sweep: "0.1/rust-sweep",
    c_0_1_denoise: "0.1/c-denoise",
    c_0_1_post_process: "0.1/c-post-process",
    go_0_1_post_process: "0.1/go-post-process",
    js_0_1_pre_process: "0.1/js-pre-process",
    python_0_1_sweep: "0.1/python-sweep",
    everything_0_1: "0.1/everything",
}

#[test]
fn every_plugin_that_is_kept_has_a_test() {
    let there: BTreeSet<PathBuf> = plugins().into_iter().collect();
    let named: BTreeSet<PathBuf> = NAMED.iter().map(|name| folder().join(name)).collect();
    assert_eq!(there, named);
}

/// They are what they were: whoever changes one has to change this list too, and should not.
#[test]
fn no_plugin_that_is_kept_was_replaced() {
    let list = fs::read_to_string(folder().join("SHA256SUMS")).expect("a list");
    let mut listed: Vec<(String, String)> = Vec::new();
    for line in list.lines() {
        let (digest, name) = line.split_once("  ").expect("`DIGEST  NAME`");
        listed.push((name.to_owned(), digest.to_owned()));
    }
    let there: Vec<(String, String)> = plugins()
        .iter()
        .map(|path| {
            let name = path.strip_prefix(folder()).expect("below").join(PLUGIN);
            let name = name.to_string_lossy().replace('\\', "/");
            (name, digest(&path.join(PLUGIN)))
        })
        .collect();
    assert_eq!(there, listed);
}

pub(crate) fn digest(path: &Path) -> String {
    let bytes = fs::read(path).expect("it can be read");
    aquatint_sandbox::digest::Digest::of(&bytes).hex()
}

#[test]
fn every_hook_and_every_permission_with_an_interface_is_among_them() {
    let mut hooks = BTreeSet::new();
    let mut needed = BTreeSet::new();
    for folder in plugins() {
        hooks.extend(manifest(&folder).hooks);
        let verified = Candidate::new(component(&folder))
            .verify(&Bounds::default())
            .expect("it is fit for a host");
        needed.extend(verified.needed.iter().map(|permission| permission.kind()));
    }
    assert_eq!(hooks, BTreeSet::from(Hook::ALL));
    // Clock and random numbers have no interface of their own: they change what WASI answers.
    let expected = [Kind::Store, Kind::Net, Kind::Generate, Kind::Inference];
    assert!(
        expected.iter().all(|kind| needed.contains(kind)),
        "{needed:?}"
    );
}
