//! Sweeps that would never end.

use aquatint_sandbox::plugin::{CallError, Job};
use aquatint_sandbox::problem::Problem;
use aquatint_tests::component::{Small, le};

use crate::support::{PASS_ON, load, load_granted, the_others_work};

/// A plugin with one axis, and these for its points.
fn sweeping(body: &str) -> Small {
    Small::new(
        "hostile",
        "sweep",
        &format!(
            "(func (export \"aquatint:plugin/sweep@0.1.0#axes\") (result i32) (i32.const 1008))
             (func (export \"aquatint:plugin/sweep@0.1.0#points\") (param i32 i32 i32 i32) (result i32)
               {body} (i32.const 1024))"
        ),
    )
}

fn fails(small: &Small) -> CallError {
    let plugin = load(small).expect("it loads");
    let failed = plugin
        .points(&Job::default(), "axis")
        .expect_err("it cannot end well");
    the_others_work();
    failed.error
}

/// The result at 1024: so many points at 131072, beyond what the plugin is given, all of them zero but for what the body
/// puts there.
fn points(count: u32, pages: u32, more: &str) -> Small {
    let mut small = sweeping(&format!("(drop (memory.grow (i32.const {pages}))) {more}"));
    small.body.push_str(&format!(
        "\n(data (i32.const 1024) \"{}{}{}\")",
        le(0),
        le(131_072),
        le(count)
    ));
    small
}

#[test]
fn case_35_a_thousand_million_points() {
    let error = fails(&points(1_000_000_000, 0, ""));
    assert!(matches!(error, CallError::Trap { .. }), "{error}");
    // A million that are there: 16 MB of nothing, and yet too many.
    let error = fails(&points(1_000_000, 256, ""));
    assert!(
        error
            .to_string()
            .contains("1000000 points, expected 1 to 1000"),
        "{error}"
    );
    let error = fails(&points(1_001, 1, ""));
    assert!(
        error
            .to_string()
            .contains("1001 points, expected 1 to 1000"),
        "{error}"
    );
    let error = fails(&points(0, 0, ""));
    assert!(error.to_string().contains("0 points"), "{error}");
    let plugin = load(&points(1_000, 1, "")).expect("it loads");
    let done = plugin
        .points(&Job::default(), "axis")
        .expect("they are few");
    assert_eq!(done.value.len(), 1_000);
}

#[test]
fn case_35_labels_that_share_their_bytes() {
    // A thousand labels, each the same 100,000 bytes.
    let share = "
        (loop $l
          (i32.store (global.get $at) (i32.const 196608))
          (i32.store offset=4 (global.get $at) (i32.const 100000))
          (global.set $at (i32.add (global.get $at) (i32.const 16)))
          (br_if $l (i32.lt_u (global.get $at) (i32.const 147072))))";
    let mut small = points(1_000, 4, share).manifest("limits = { transfer = '16MiB' }");
    small
        .body
        .push_str("\n(global $at (mut i32) (i32.const 131072))");
    let error = fails(&small);
    assert!(matches!(error, CallError::Trap { .. }), "{error}");
}

#[test]
fn case_35_numbers_that_are_none() {
    // One point with one change: `cfg` to a number (3).
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let bits = number.to_bits();
        let more = format!(
            "(i32.store (i32.const 131080) (i32.const 4096))
             (i32.store (i32.const 131084) (i32.const 1))
             (i32.store (i32.const 4096) (i32.const 3072))
             (i32.store (i32.const 4100) (i32.const 3))
             (i32.store (i32.const 4104) (i32.const 3))
             (i64.store (i32.const 4112) (i64.const {bits}))"
        );
        let mut small = points(1, 1, &more);
        small.body.push_str("\n(data (i32.const 3072) \"cfg\")");
        let error = fails(&small);
        assert_eq!(
            error.to_string(),
            "what it gave cannot be used: `cfg` is not finite, expected a number"
        );
    }
}

#[test]
fn case_35_a_sweep_that_draws() {
    // Only scripts may draw, so that no sweep begins another.
    let mut small = sweeping(&format!(
        "(call $submit (i32.const 0) (i32.const 0) (i32.const 2048)) {PASS_ON}"
    ))
    .import("generate")
    .manifest("permissions = { generate = { reason = 'to draw' } }");
    small.body = format!(
        "(import \"aquatint:plugin/generate@0.1.0\" \"submit\" (func $submit (param i32 i32 i32)))\n{}",
        small.body
    );
    let plugin = load_granted(&small, None);
    let failed = plugin
        .points(&Job::default(), "axis")
        .expect_err("it may not");
    assert!(
        matches!(&failed.error, CallError::Problem(Problem::Unsupported(why)) if why.contains("only the hook `script`")),
        "{failed:?}"
    );
    the_others_work();
}
