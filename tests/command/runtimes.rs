//! Runtimes and providers: those that work, those that do not, and none at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aquatint_tests::{checkpoint, copy_folder};
use serde_json::json;

use crate::place::{Place, drawing, installed, link, run, runtime};

/// A drawing with a library of one's own.
fn with_library(place: &Place, library: &Path, args: &[&str]) -> Command {
    let mut command = place.command(drawing(&checkpoint("sd1"), args));
    command.env("AQUATINT_RUNTIME", library);
    command
}

/// Makes pip fail at once, as without a network.
fn offline(command: &mut Command) -> &mut Command {
    command
        .env("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
        .env("PIP_RETRIES", "1")
        .env("PIP_CONFIG_FILE", "/dev/null")
        .env_remove("PIP_EXTRA_INDEX_URL")
        .env_remove("PIP_FIND_LINKS")
}

/// A place where one runtime is installed.
fn only(flavor: &str) -> Place {
    let place = Place::without_runtimes();
    let from = runtime(flavor);
    let to = place.data().join("runtimes");
    fs::create_dir(&to).unwrap();
    link(&from, &to.join(from.file_name().unwrap()));
    place
}

/// The library of an installed runtime.
fn library(flavor: &str) -> PathBuf {
    let place = Place::new();
    let rows = place.run(["runtime", "list", "--json"]).json();
    let row = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["name"] == flavor);
    let path = row.unwrap()["installed"]["library"].as_str();
    PathBuf::from(path.unwrap()).canonicalize().unwrap()
}

#[test]
fn no_runtime_and_no_network() {
    let place = Place::without_runtimes();
    for provider in ["cpu", "auto"] {
        let mut command = place.command(drawing(&checkpoint("sd1"), &["--provider", provider]));
        place.refuses(offline(&mut command), 1, &["could not fetch onnxruntime-"]);
    }
    let mut command = place.command(["runtime", "install", "cpu"]);
    place.refuses(offline(&mut command), 1, &["could not fetch onnxruntime-"]);
}

#[test]
fn no_runtime_and_no_pip() {
    let place = Place::without_runtimes();
    let mut command = place.command(drawing(&checkpoint("sd1"), &[]));
    command.env("PATH", place.path("nothing"));
    let says = ["fetched with pip", "none was found", "AQUATINT_RUNTIME"];
    place.refuses(&mut command, 1, &says);
}

#[test]
fn runtime_that_is_damaged() {
    let place = Place::without_runtimes();
    let from = runtime("cpu");
    let to = place
        .data()
        .join("runtimes")
        .join(from.file_name().unwrap());
    copy_folder(&from, &to).unwrap();
    let name = library("cpu").file_name().unwrap().to_owned();
    fs::File::options()
        .write(true)
        .open(to.join("lib").join(name))
        .unwrap()
        .set_len(1000)
        .unwrap();
    let mut command = place.command(drawing(&checkpoint("sd1"), &[]));
    place.refuses(offline(&mut command), 1, &["could not fetch onnxruntime-"]);
    let rows = place.run(["runtime", "list", "--json"]).json();
    let damage = rows[0]["installed"]["damage"].as_str().unwrap();
    assert!(damage.contains("has 1000 bytes instead of "), "{damage}");
    let ran = place.run(["doctor"]);
    ran.is_error(1, &["nothing can compute here"]);
    assert!(ran.stdout.contains("damaged"), "{}", ran.stdout);
}

#[test]
fn library_that_is_not_there() {
    let place = Place::new();
    let says = [
        "AQUATINT_RUNTIME is set",
        "/no/such/library.so does not exist",
    ];
    let mut command = with_library(&place, "/no/such/library.so".as_ref(), &[]);
    place.refuses(&mut command, 1, &says);
    let mut command = with_library(&place, &place.path(""), &[]);
    place.refuses(
        &mut command,
        1,
        &["AQUATINT_RUNTIME is set", "is not a file"],
    );
}

#[test]
fn library_that_is_none() {
    let place = Place::new();
    let text = place.path("text.so");
    fs::write(&text, "a text").unwrap();
    let says = [
        "AQUATINT_RUNTIME is set",
        "text.so cannot be loaded as a library",
    ];
    for provider in ["cpu", "auto"] {
        let mut command = with_library(&place, &text, &["--provider", provider]);
        let ran = place.refuses(&mut command, 1, &says);
        assert_eq!(
            ran.stderr.matches("cannot be loaded").count(),
            1,
            "{}",
            ran.stderr
        );
    }
}

/// A library with this code in it.
#[cfg(unix)]
fn compile(place: &Place, name: &str, code: &str) -> Option<PathBuf> {
    let (source, library) = (place.path("fake.c"), place.path(name));
    fs::write(&source, code).unwrap();
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]);
    compiler.arg(&library).arg(&source);
    if !compiler.status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: no C compiler to make a fake library with");
        return None;
    }
    Some(library)
}

#[cfg(unix)]
#[test]
fn library_of_another_kind_or_version() {
    let other = "int unrelated(void) { return 1; }";
    let old = "
        static void *api(unsigned version) { return 0; }
        static const char *version(void) { return \"1.10.0\"; }
        static void *base[] = { (void *)api, (void *)version };
        void *OrtGetApiBase(void) { return base; }";
    for (code, says) in [
        (other, vec!["is a library, but not ONNX Runtime"]),
        (
            old,
            vec!["ONNX Runtime 1.10.0 at ", "is too old", "at least 1."],
        ),
    ] {
        let place = Place::new();
        let Some(library) = compile(&place, "libfake.so", code) else {
            return;
        };
        let mut command = with_library(&place, &library, &[]);
        place.refuses(&mut command, 1, &says);
    }
}

#[test]
fn provider_that_the_library_lacks() {
    let place = Place::new();
    let mut command = with_library(&place, &library("cpu"), &["--provider", "openvino"]);
    let says = ["was built without `openvino`", "AQUATINT_RUNTIME"];
    place.refuses(&mut command, 1, &says);
}

#[test]
fn provider_that_is_not_installed() {
    let place = only("cpu");
    let says = [
        "ONNX Runtime for `openvino` is not installed",
        "aquatint runtime install openvino",
    ];
    place.refused(
        drawing(&checkpoint("sd1"), &["--provider", "openvino"]),
        1,
        &says,
    );
}

#[cfg(target_os = "linux")]
#[test]
fn provider_of_another_system() {
    let place = Place::new();
    let model = checkpoint("sd1");
    for provider in ["coreml", "directml"] {
        let args = drawing(&model, &["--provider", provider]);
        place.refused(args, 1, &[&format!("`{provider}`")]);
    }
}

/// A driver is a sign that a GPU was expected to be used. The name is that of NVIDIA's.
#[cfg(target_os = "linux")]
#[test]
fn auto_says_why_it_did_not_take_the_gpu() {
    let place = only("cpu");
    let Some(_) = compile(&place, "libcuda.so.1", "int nothing(void) { return 0; }") else {
        return;
    };
    let draw = |args: &[&str]| {
        let mut command = place.command(drawing(&checkpoint("sd1"), args));
        command.env("LD_LIBRARY_PATH", place.path(""));
        run(&mut command)
    };
    let ran = draw(&["--provider", "auto"]);
    ran.good();
    let note = "note: drawing on the CPU: ONNX Runtime for `cuda` is not installed: \
                run `aquatint runtime install cuda`";
    assert!(ran.stderr.starts_with(note), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
    for args in [
        ["--provider", "auto", "--quiet"],
        ["--provider", "auto", "--json"],
    ] {
        assert_eq!(draw(&args).stderr, "");
    }
    assert!(!draw(&["--provider", "cpu"]).stderr.contains("note: "));
}

#[test]
fn removing_what_is_not_installed() {
    let place = only("cpu");
    let says = ["the runtime `openvino` is not installed"];
    place.refused(["runtime", "remove", "openvino"], 1, &says);
}

#[test]
fn a_library_that_is_named_draws_the_same() {
    let place = Place::without_runtimes();
    let named = run(&mut with_library(
        &place,
        &library("cpu"),
        &["-o", "named.png"],
    ));
    assert_eq!(named.good(), "named.png\n");
    let named = aquatint_studio::png_file::read(&place.path("named.png")).unwrap();
    let usual = Place::new().picture(&checkpoint("sd1"), &[]);
    assert_eq!(named.pixels, usual.pixels);
}

#[test]
fn runtimes_are_listed() {
    let place = Place::new();
    let rows = place.run(["runtime", "list", "--json"]).json();
    let names: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["name"])
        .collect();
    for name in ["cpu", "cuda", "openvino", "migraphx", "directml"] {
        assert!(names.contains(&&json!(name)), "{names:?}");
    }
    assert_eq!(rows[0]["name"], "cpu");
    assert_eq!(rows[0]["installed"]["damage"], json!(null));
    let folder = rows[0]["installed"]["folder"].as_str().unwrap();
    assert!(Path::new(folder).is_dir(), "{folder}");
    let ran = place.run(["runtime", "list"]);
    assert!(ran.good().starts_with("cpu "), "{}", ran.stdout);
    assert!(ran.stdout.contains(folder), "{}", ran.stdout);
}

#[test]
fn the_doctor_finds_the_cpu() {
    let place = Place::new();
    let ran = place.run(["doctor"]);
    let works = |line: &str| line.starts_with("cpu ") && line.contains(" works ");
    assert!(ran.good().lines().any(works), "{}", ran.stdout);
    let rows = place.run(["doctor", "--json"]).json();
    let row = &rows.as_array().unwrap()[0];
    assert_eq!(
        (&row["provider"], &row["state"]),
        (&json!("cpu"), &json!("works"))
    );
}

#[test]
fn the_doctor_finds_nothing() {
    let place = Place::without_runtimes();
    let ran = place.run(["doctor"]);
    ran.is_error(1, &["nothing can compute here", "`cpu`"]);
    assert!(ran.stdout.contains("not installed"), "{}", ran.stdout);
}

/// Everything above must leave the runtimes that are shared as they were.
#[test]
fn runtimes_are_intact() {
    assert!(
        installed()
            .join(runtime("cpu").file_name().unwrap())
            .is_dir()
    );
    let rows = Place::new().run(["runtime", "list", "--json"]).json();
    for row in rows.as_array().unwrap() {
        assert_eq!(row["installed"]["damage"], json!(null), "{row}");
    }
}
