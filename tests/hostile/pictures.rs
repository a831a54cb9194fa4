//! Pictures that are not what they say, and too many of them.

use aquatint_sandbox::plugin::{CallError, Job};
use aquatint_tests::component::Small;

use crate::support::{PASS_ON, fails, load, picture, polite, rude, the_others_work};

const IMAGE: &str = "
(import \"aquatint:plugin/image@0.1.0\" \"[resource-drop]image\" (func $drop (param i32)))
(import \"aquatint:plugin/image@0.1.0\" \"[static]image.create\" (func $create (param i32 i32 i32 i32)))
(import \"aquatint:plugin/image@0.1.0\" \"[method]image.write\" (func $write (param i32 i32 i32 i32 i32 i32 i32 i32)))
(import \"aquatint:plugin/image@0.1.0\" \"[method]image.read\" (func $read (param i32 i32 i32 i32 i32 i32)))
(import \"aquatint:plugin/image@0.1.0\" \"[method]image.write-all\" (func $write_all (param i32 i32 i32 i32)))
";

/// A plugin that passes on the problem that a function of `image` put at 2048, as its own.
fn passes_on(body: &str) -> Small {
    let mut small = rude(&format!(
        "{body}
         (call $drop (local.get 0))
         {PASS_ON}
         (i32.const 1024)"
    ));
    small.body = format!("{IMAGE}{}", small.body);
    small
}

fn says(body: &str) -> String {
    let error = fails(&passes_on(body));
    assert!(matches!(error, CallError::Problem(_)), "{error}");
    error.to_string()
}

#[test]
fn case_17_sizes_and_areas_that_lie() {
    for (width, height) in [
        ("0", "1"),
        ("1", "0"),
        ("0x80000000", "4"),
        ("-1", "-1"),
        ("16385", "1"),
    ] {
        let said = says(&format!(
            "(call $create (i32.const {width}) (i32.const {height}) (i32.const 1) (i32.const 2048))"
        ));
        assert!(said.contains("expected sides of 1 to 16384"), "{said}");
    }
    for area in [
        "0 0 9 1",
        "0 0 0 0",
        "-1 -1 2 2",
        "1 1 -1 -1",
        "0x7fffffff 0 1 1",
    ] {
        let numbers: String = area
            .split(' ')
            .map(|it| format!("(i32.const {it}) "))
            .collect();
        let said = says(&format!(
            "(call $read (local.get 0) {numbers} (i32.const 2048))"
        ));
        assert!(said.contains("expected one inside 8x8"), "{said}");
        let said = says(&format!(
            "(call $write (local.get 0) {numbers} (i32.const 4096) (i32.const 4) (i32.const 2048))"
        ));
        assert!(said.contains("expected one inside 8x8"), "{said}");
    }
    let said =
        says("(call $write_all (local.get 0) (i32.const 4096) (i32.const 255) (i32.const 2048))");
    assert_eq!(said, "255 bytes of pixels, expected 256");
}

#[test]
fn case_19_a_million_handles() {
    let small = passes_on(
        "(loop $l
           (call $create (i32.const 1) (i32.const 1) (i32.const 2) (i32.const 2048))
           (br_if $l (i32.eqz (i32.load8_u (i32.const 2048)))))",
    );
    let error = fails(&small);
    assert!(error.to_string().contains("too many handles"), "{error}");
}

#[test]
fn case_19_more_pixels_than_there_may_be() {
    let small = passes_on(
        "(loop $l
           (call $create (i32.const 4096) (i32.const 4096) (i32.const 2) (i32.const 2048))
           (br_if $l (i32.eqz (i32.load8_u (i32.const 2048)))))",
    )
    .manifest("limits = { pixels = '40MP' }");
    let error = fails(&small);
    assert!(error.to_string().contains("the limit is 40MP"), "{error}");
}

#[test]
fn case_19_clones_that_outlive_what_they_are_of() {
    // Each picture is cloned and dropped: its pixels stay, in a clone that nobody wrote to.
    let mut small = passes_on(
        "(loop $l
           (call $create (i32.const 4096) (i32.const 4096) (i32.const 2) (i32.const 2048))
           (if (i32.eqz (i32.load8_u (i32.const 2048))) (then
             (call $clone (i32.load (i32.const 2052)) (i32.const 3072))
             (call $drop (i32.load (i32.const 2052)))
             (br $l))))",
    )
    .manifest("limits = { pixels = '40MP' }");
    small.body = format!(
        "(import \"aquatint:plugin/image@0.1.0\" \"[method]image.clone\" (func $clone (param i32 i32)))\n{}",
        small.body
    );
    let error = fails(&small);
    assert!(error.to_string().contains("the limit is 40MP"), "{error}");
}

#[test]
fn case_25_a_trap_in_the_middle_of_a_picture() {
    let mut small = rude(
        "(call $write (local.get 0) (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 4) (i32.const 4096) (i32.const 128) (i32.const 2048))
         (unreachable)",
    );
    small.body = format!("{IMAGE}{}", small.body);
    // `fails` looks at the host's picture: nothing of the half that was written is in it.
    let error = fails(&small);
    assert!(error.to_string().contains("unreachable"), "{error}");
}

#[test]
fn case_26_memory_is_fresh_in_every_call() {
    // Traps when a call finds what another left.
    let mut small = polite(
        "(if (i32.load (i32.const 3000)) (then (unreachable)))
         (i32.store (i32.const 3000) (i32.const 1))
         (if (global.get $used) (then (unreachable)))
         (global.set $used (i32.const 1))",
    );
    small
        .body
        .push_str("\n(global $used (mut i32) (i32.const 0))");
    let plugin = load(&small).expect("it loads");
    for _ in 0..20 {
        plugin
            .post_process(&Job::default(), &picture())
            .expect("nothing is left");
    }
    the_others_work();
}
