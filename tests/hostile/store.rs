//! What a plugin keeps: too much, under names that lead elsewhere, and of others.

use std::fs;
use std::path::Path;

use aquatint_sandbox::plugin::{CallError, Job};
use aquatint_tests::component::Small;

use crate::support::{PASS_ON, load_granted, picture, polite, rude, the_others_work};

const STORE: &str = "aquatint:plugin/store@0.1.0";

/// A plugin with a quota; the body may pass on a problem.
fn keeping(quota: &str, body: &str) -> Small {
    let small = rude(&format!(
        "{body} (call $drop (local.get 0)) {PASS_ON} (i32.const 1024)"
    ));
    with_store(small, quota)
}

fn with_store(small: Small, quota: &str) -> Small {
    let mut small = small.import("store").manifest(&format!(
        "permissions = {{ store = {{ quota = '{quota}', reason = 'to remember' }} }}"
    ));
    let drop = match small.body.contains("(func $drop (param i32))") {
        true => "",
        false => {
            "(import \"aquatint:plugin/image@0.1.0\" \"[resource-drop]image\" (func $drop (param i32)))"
        }
    };
    small.body = format!(
        "{drop}
         (import \"{STORE}\" \"set\" (func $set (param i32 i32 i32 i32 i32)))
         (import \"{STORE}\" \"get\" (func $get (param i32 i32 i32)))
         (global $count (mut i32) (i32.const 0))
         {}",
        small.body
    );
    small
}

fn fails(small: &Small, store: &Path) -> CallError {
    let plugin = load_granted(small, Some(store.to_owned()));
    let failed = plugin
        .post_process(&Job::default(), &picture())
        .expect_err("it cannot end well");
    the_others_work();
    failed.error
}

/// The names of the files in a folder, but those that are only locked.
fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with(".lock"))
        .collect();
    names.sort();
    names
}

#[test]
fn case_23_a_value_beyond_the_quota() {
    let folder = tempfile::tempdir().expect("a folder");
    let small = keeping(
        "1MiB",
        "(drop (memory.grow (i32.const 64)))
         (call $set (i32.const 4096) (i32.const 1) (i32.const 65536) (i32.const 2000000) (i32.const 2048))",
    );
    let small = with_key(small, "k");
    let error = fails(&small, folder.path());
    assert_eq!(
        error.to_string(),
        "2000001 bytes would be kept, the quota is 1MiB"
    );
    assert!(files(folder.path()).is_empty(), "nothing was kept");
}

#[test]
fn case_23_values_without_an_end() {
    // The same 64 KiB under the keys 0, 1, 2, … as four characters each, until the host says no.
    let folder = tempfile::tempdir().expect("a folder");
    let error = fails(&counting("1MiB", 65_000), folder.path());
    assert!(error.to_string().ends_with("the quota is 1MiB"), "{error}");
    assert!(files(folder.path()).is_empty(), "nothing was kept");
}

#[test]
fn case_23_keys_without_an_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = fails(&counting("1GiB", 0), folder.path());
    assert_eq!(
        error.to_string(),
        "10000 keys are kept already, which is all there may be"
    );
}

/// Sets key after key to a value of this many bytes.
fn counting(quota: &str, bytes: u32) -> Small {
    // A key is the count in base 26.
    let digit = |at: u32, power: u32| {
        format!(
            "(i32.store8 (i32.const {}) (i32.add (i32.const 97) (i32.rem_u (i32.div_u (global.get $count) (i32.const {power})) (i32.const 26))))",
            4096 + at
        )
    };
    let key = [1, 26, 676, 17_576]
        .into_iter()
        .zip(0..)
        .map(|(power, at)| digit(at, power))
        .collect::<String>();
    keeping(
        quota,
        &format!(
            "(drop (memory.grow (i32.const 2)))
             (loop $l
               {key}
               (call $set (i32.const 4096) (i32.const 4) (i32.const 65536) (i32.const {bytes}) (i32.const 2048))
               (global.set $count (i32.add (global.get $count) (i32.const 1)))
               (br_if $l (i32.eqz (i32.load8_u (i32.const 2048)))))"
        ),
    )
}

fn with_key(mut small: Small, key: &str) -> Small {
    let bytes: String = key.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    small
        .body
        .push_str(&format!("\n(data (i32.const 4096) \"{bytes}\")"));
    small
}

#[test]
fn case_23_keys_that_lead_elsewhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let long = "k".repeat(129);
    for key in [
        "../../x",
        "..",
        ".",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "C:x",
        "nul\0",
        "A",
        "ä",
        "",
        &long,
    ] {
        for call in [
            "(call $set (i32.const 4096) (i32.const LENGTH) (i32.const 4096) (i32.const 1) (i32.const 2048))",
            "(call $get (i32.const 4096) (i32.const LENGTH) (i32.const 2048))",
        ] {
            let body = call.replace("LENGTH", &key.len().to_string());
            let error = fails(&with_key(keeping("1MiB", &body), key), &store);
            assert!(
                error.to_string().contains("expected 1 to 128 characters"),
                "{key:?}: {error}"
            );
        }
    }
    assert!(files(folder.path()).is_empty() && files(&store).is_empty());
}

#[test]
fn case_23_what_others_keep() {
    let folder = tempfile::tempdir().expect("a folder");
    let set = "(call $set (i32.const 4096) (i32.const 6) (i32.const 4096) (i32.const 6) (i32.const 2048))";
    let keeps = with_key(with_store(polite(set), "1MiB"), "secret");
    let plugin = load_granted(&keeps, Some(folder.path().to_owned()));
    plugin
        .post_process(&Job::default(), &picture())
        .expect("kept");
    assert_eq!(files(folder.path()), ["hostile.store"]);

    // `some` (1) where a plugin finds something.
    let look = "
        (call $get (i32.const 4096) (i32.const 6) (i32.const 2048))
        (if (i32.load8_u (i32.const 2052)) (then (unreachable)))";
    let looks = with_key(with_store(polite(look), "1MiB"), "secret");
    let itself = load_granted(&looks, Some(folder.path().to_owned()));
    itself
        .post_process(&Job::default(), &picture())
        .expect_err("it finds its own");
    let mut other = looks;
    other.id = "other".to_owned();
    let other = load_granted(&other, Some(folder.path().to_owned()));
    other
        .post_process(&Job::default(), &picture())
        .expect("there is nothing of anybody else's");
    the_others_work();
}

#[test]
fn case_23_what_a_broken_call_wrote_is_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let small = with_key(
        with_store(
            rude(
                "(call $set (i32.const 4096) (i32.const 1) (i32.const 4096) (i32.const 1) (i32.const 2048))
                 (unreachable)",
            ),
            "1MiB",
        ),
        "k",
    );
    let error = fails(&small, folder.path());
    assert!(matches!(error, CallError::Trap { .. }), "{error}");
    assert!(files(folder.path()).is_empty());
}
