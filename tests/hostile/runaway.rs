use std::time::{Duration, Instant};

use aquatint_sandbox::engine::{Engine, Options};
use aquatint_sandbox::grants::Grants;
use aquatint_sandbox::pixels::{Picture, PixelFormat, Size};
use aquatint_sandbox::plugin::{CallError, Job, Plugin};
use aquatint_tests::component::Small;

fn plugin(body: &str, manifest: &str) -> Plugin {
    let engine = Engine::new(Options::default()).expect("an engine");
    let bytes = Small::new("hostile", "post-process", body)
        .manifest(manifest)
        .build();
    Plugin::load(&engine, bytes, &Grants::default(), None).expect("it loads")
}

fn picture() -> Picture {
    let size = Size {
        width: 8,
        height: 8,
    };
    Picture::new(size, PixelFormat::Rgba8).expect("a picture")
}

/// A well-behaved beginning of `post-process.run`: the handle that it is lent is given back.
const RUN: &str = r#"
(import "aquatint:plugin/image@0.1.0" "[resource-drop]image" (func $drop (param i32)))
(func (export "aquatint:plugin/post-process@0.1.0#run") (param i32) (result i32) (call $drop (local.get 0))"#;

#[test]
fn a_plugin_that_does_nothing_changes_nothing() {
    let plugin = plugin(&format!("{RUN} (i32.const 1024))"), "");
    let done = plugin
        .post_process(&Job::default(), &picture())
        .expect("it returns");
    assert_eq!(done.value, picture());
    assert!(done.report.peak_memory >= 2 << 16, "{:?}", done.report);
}

#[test]
fn case_01_a_loop_ends_with_its_time() {
    let plugin = plugin(
        &format!("{RUN} (loop $l (br $l)) (i32.const 1024))"),
        "limits = { time = '200ms' }",
    );
    let started = Instant::now();
    let failed = plugin
        .post_process(&Job::default(), &picture())
        .expect_err("it never returns");
    assert!(matches!(failed.error, CallError::Time(_)), "{failed:?}");
    assert!(started.elapsed() < Duration::from_secs(2));
}
