use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;

use aquatint_sandbox::manifest::Manifest;
use aquatint_sandbox::section;
use wasm_metadata::Payload;

use super::*;
use crate::fake::Fake;

const ROW: Row = Row {
    language: &Fake,
    sdk: "fake",
    anew: false,
};
const MANIFEST: &str = "id = 'tiny-one'\nname = 'Tiny'\nversion = '1.2.3'\napi = '0.1'\ndescription = 'Does little'\n\
    authors = ['Ada', 'Grace']\nlicense = 'MIT OR Apache-2.0'\nhomepage = 'https://example.org/tiny'\n\
    repository = 'https://example.org/tiny.git'\nhooks = ['post-process', 'sweep']\n";

struct Place {
    folder: tempfile::TempDir,
    folders: Folders,
}

impl Place {
    fn new(manifest: &str, source: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("plugin");
        fs::create_dir_all(root.join("src")).expect("made");
        fs::create_dir_all(root.join("assets/lut")).expect("made");
        fs::write(root.join("src/plugin.fake"), source).expect("written");
        fs::write(root.join("assets/lut/warm.cube"), [1, 2, 3]).expect("written");
        let build = "[build]\nlanguage = 'fake'\n";
        fs::write(root.join("plugin.toml"), format!("{manifest}{build}")).expect("written");
        fs::create_dir_all(folder.path().join("sdk/fake")).expect("made");
        let sdk = Some(folder.path().join("sdk"));
        let folders = Folders::new(&folder.path().join("data"), sdk, None).expect("no unpacking");
        Self { folder, folders }
    }

    fn project(&self) -> Project {
        Project::open(&self.folder.path().join("plugin")).expect("a project")
    }

    fn build(&self) -> Result<Built, BuildError> {
        build_as(ROW, &self.project(), &self.folders, &|_| {})
    }
}

#[test]
fn a_project_becomes_a_component_with_everything_inside() {
    let place = Place::new(MANIFEST, "fine");
    let built = place.build().expect("built");
    let project = place.project();
    assert_eq!(built.path, project.root.join("target/tiny-one.wasm"));
    let bytes = fs::read(&built.path).expect("there");
    assert_eq!(bytes.len() as u64, built.bytes);
    assert_eq!(built.warnings, []);
    assert_eq!(
        section::read_manifest(&bytes).expect("inside"),
        project.manifest
    );
    let assets = section::read_assets(&bytes).expect("inside");
    assert_eq!(assets["lut/warm.cube"], [1, 2, 3]);

    let payload = Payload::from_binary(&bytes).expect("readable");
    let told = payload.metadata();
    let text = |field: Option<String>| field.unwrap_or_default();
    assert_eq!(told.name.as_deref(), Some("tiny-one"));
    assert_eq!(
        text(told.version.as_ref().map(ToString::to_string)),
        "1.2.3"
    );
    assert_eq!(
        text(told.licenses.as_ref().map(ToString::to_string)),
        "MIT OR Apache-2.0"
    );
    assert_eq!(
        text(told.authors.as_ref().map(ToString::to_string)),
        "Ada, Grace"
    );
    assert_eq!(
        text(told.description.as_ref().map(ToString::to_string)),
        "Does little"
    );
    assert_eq!(
        text(told.source.as_ref().map(ToString::to_string)),
        "https://example.org/tiny.git"
    );
}

#[test]
fn packing_what_was_packed_replaces_and_adds_nothing() {
    let place = Place::new(MANIFEST, "fine");
    let built = place.build().expect("built");
    let bytes = fs::read(&built.path).expect("there");
    let project = place.project();
    let assets = project.assets().expect("read");
    let again = pack(&bytes, &project.manifest, &assets).expect("packed");
    assert!(again.component == bytes, "the same, byte for byte");

    let other = Manifest::from_toml(&MANIFEST.replace("1.2.3", "2.0.0")).expect("a manifest");
    let other = pack(&bytes, &other, &BTreeMap::new()).expect("packed");
    let payload = Payload::from_binary(&other.component).expect("readable");
    let version = payload.metadata().version.as_ref().map(ToString::to_string);
    assert_eq!(version.as_deref(), Some("2.0.0"));
    assert!(
        section::read_assets(&other.component)
            .expect("none")
            .is_empty()
    );
}

#[test]
fn an_author_hears_at_once_what_a_host_would_refuse() {
    let place = Place::new(MANIFEST, "module");
    let message = place.build().expect_err("a module").to_string();
    assert!(
        message.starts_with("the component would be refused: a core module, expected a component"),
        "{message}"
    );

    let place = Place::new(MANIFEST, "fine");
    let bytes = fs::read(place.build().expect("built").path).expect("there");
    let other = Manifest::from_toml(&MANIFEST.replace(", 'sweep'", "")).expect("a manifest");
    let message = pack(&bytes, &other, &BTreeMap::new())
        .expect_err("other hooks")
        .to_string();
    assert_eq!(
        message,
        "the manifest has the hooks post-process, the component exports post-process, sweep"
    );

    let unlicensed = MANIFEST.replace("MIT OR Apache-2.0", "free, I guess");
    let message = Place::new(&unlicensed, "fine")
        .build()
        .expect_err("no licence")
        .to_string();
    assert!(
        message.starts_with("manifest: license is `free, I guess`, expected an SPDX expression"),
        "{message}"
    );

    let place = Place::new(MANIFEST, "fine");
    fs::write(place.project().root.join("assets/ä"), "x").expect("written");
    let message = place.build().expect_err("a bad name").to_string();
    assert!(
        message.starts_with("asset `ä`: expected a name"),
        "{message}"
    );
}

#[test]
fn a_compilers_words_reach_the_author_and_the_old_file_stays() {
    let place = Place::new(MANIFEST, "fine");
    let built = place.build().expect("built");
    let before = fs::read(&built.path).expect("there");
    let source = place.project().root.join("src/plugin.fake");
    fs::write(source, "wrong: line 3: no such colour").expect("written");
    let error = place.build().expect_err("wrong");
    assert_eq!(error.to_string(), "fakec failed:\nline 3: no such colour");
    assert!(fs::read(&built.path).expect("there") == before);
}

#[test]
fn what_was_hardly_meant_is_a_warning() {
    let manifest = format!(
        "{MANIFEST}[permissions]\nclock = {{ reason = 'x' }}\nstore = {{ quota = '1MiB', reason = 'x' }}\n\
         [limits]\nmemory = '64GiB'\n"
    );
    let built = Place::new(&manifest, "fine").build().expect("built");
    let warnings: Vec<_> = built.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "permissions.clock: the plugin imports nothing that needs it, so users are not asked for it",
            "limits.memory is 64GiB, the host gives at most 2GiB"
        ],
        "the component uses `store`"
    );
}

#[test]
fn a_missing_sdk_and_an_unknown_language_are_named() {
    let place = Place::new(MANIFEST, "fine");
    fs::remove_dir(place.folders.sdk.join("fake")).expect("removed");
    let message = place.build().expect_err("no SDK").to_string();
    assert!(
        message.contains("no such folder, expected the SDK for Fake"),
        "{message}"
    );
    let message = build(&place.project(), &place.folders, &|_| {})
        .expect_err("not registered")
        .to_string();
    assert!(
        message.contains("plugin.toml: unknown language `fake`"),
        "{message}"
    );
}

#[test]
fn builds_of_one_plugin_wait_for_each_other() {
    let place = Place::new(MANIFEST, "fine");
    let scratch = place.project().root.join("target");
    let first = lock::take(&scratch, &|_| {}).expect("taken");
    std::thread::scope(|scope| {
        let (said, hears) = std::sync::mpsc::channel();
        let second = scope.spawn(move || {
            let told = RefCell::new(Vec::new());
            let taken = lock::take(&scratch, &|line| {
                told.borrow_mut().push(line.to_owned());
                said.send(()).expect("heard");
            });
            taken.map(|_| told.into_inner())
        });
        hears.recv().expect("it waits");
        drop(first);
        let told = second.join().expect("ended").expect("taken");
        assert_eq!(told, ["waiting for another build of this plugin"]);
    });
}

#[test]
fn what_has_not_changed_is_not_compiled_again() {
    let place = Place::new(MANIFEST, "fine");
    let root = place.project().root;
    let compiled = || {
        let told = RefCell::new(false);
        let row = Row { anew: true, ..ROW };
        build_as(row, &place.project(), &place.folders, &|_| {
            told.replace(true);
        })
        .expect("built");
        told.into_inner()
    };
    assert!(compiled(), "the first time");
    assert!(!compiled(), "the second");
    fs::create_dir_all(root.join("cases/one")).expect("made");
    fs::write(root.join("cases/one/case.toml"), "x").expect("written");
    assert!(!compiled(), "cases are no part of it");
    let change = |path: PathBuf| {
        let mut bytes = fs::read(&path).expect("there");
        bytes.push(b'\n');
        fs::write(path, bytes).expect("written");
    };
    for file in [
        "src/plugin.fake",
        "plugin.toml",
        "assets/lut/warm.cube",
        "target/tiny-one.wasm",
        "../sdk/fake/new.h",
    ] {
        if file.starts_with("..") {
            fs::write(root.join(file), "x").expect("written");
        } else {
            change(root.join(file));
        }
        assert!(compiled(), "{file}");
        assert!(!compiled(), "{file}, once");
    }
    fs::remove_file(root.join("target/tiny-one.wasm")).expect("removed");
    assert!(compiled());
    assert!(place.build().is_ok());
}
