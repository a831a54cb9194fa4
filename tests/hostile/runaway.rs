//! Code that does not end.

use std::time::{Duration, Instant};

use aquatint_sandbox::plugin::{CallError, Job};
use aquatint_sandbox::settings::Value;
use aquatint_sandbox::stop::Stop;
use aquatint_tests::component::Small;

use crate::support::{fails, load, picture, polite, refused, rude, the_others_work};

const SHORT: &str = "limits = { time = '200ms' }";
const FOREVER: &str = "(loop $l (br $l))";

fn is_out_of_time(small: &Small) {
    let started = Instant::now();
    let error = fails(small);
    assert!(matches!(error, CallError::Time(_)), "{error}");
    assert_eq!(error.to_string(), "it took more than 200ms");
    // Twice 200 ms, and what a busy machine adds.
    assert!(started.elapsed() < Duration::from_secs(8));
}

#[test]
fn case_01_a_loop_in_a_hook() {
    is_out_of_time(&polite(FOREVER).manifest(SHORT));
}

#[test]
fn case_02_a_loop_in_the_initialiser() {
    let mut small = polite("").manifest(SHORT);
    small
        .body
        .push_str("\n(func $init (loop $l (br $l)))\n(start $init)");
    let started = Instant::now();
    let error = refused(small.build());
    assert!(error.contains("info.describe"), "{error}");
    assert!(error.contains("took more than"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn case_03_a_loop_in_the_allocator_while_arguments_are_lowered() {
    let mut small = polite("(drop (call $settings_result))")
        .own_allocator()
        .manifest(SHORT);
    small.body = small.body.replace(
        "(drop (call $settings_result))",
        "(call $settings (i32.const 2048))",
    );
    small.body = format!(
        "(import \"aquatint:plugin/job@0.1.0\" \"request\" (func $settings (param i32)))\n{}\n(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (loop $l (br $l)) (i32.const 0))",
        small.body
    );
    let plugin = load(&small).expect("it loads");
    let job = Job {
        request: vec![("prompt".to_owned(), Value::Text("x".repeat(100)))],
        ..Job::default()
    };
    let failed = plugin.post_process(&job, &picture()).expect_err("it loops");
    assert!(matches!(failed.error, CallError::Time(_)), "{failed:?}");
    the_others_work();
}

#[test]
fn case_04_a_loop_after_the_return() {
    let mut small = polite("").manifest(SHORT);
    small.body.push_str(
        "\n(func (export \"cabi_post_aquatint:plugin/post-process@0.1.0#run\") (param i32) (loop $l (br $l)))",
    );
    is_out_of_time(&small);
}

#[test]
fn case_05_recursion_without_an_end() {
    let mut small = rude("(call $deep) (i32.const 1024)");
    small
        .body
        .push_str("\n(func $deep (call $deep) (call $deep))");
    let error = fails(&small);
    assert!(error.to_string().contains("stack"), "{error}");
}

#[test]
fn case_05_recursion_through_the_host() {
    // The host asks for memory to put its answer in, and the plugin asks the host again.
    let mut small = polite("(call $request (i32.const 2048))").own_allocator();
    small.body = format!(
        "(import \"aquatint:plugin/job@0.1.0\" \"request\" (func $request (param i32)))
         {}
         (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)
           (call $request (i32.const 2048)) (i32.const 65536))",
        small.body
    );
    let plugin = load(&small).expect("it loads");
    let job = Job {
        request: vec![("steps".to_owned(), Value::Int(4))],
        ..Job::default()
    };
    let failed = plugin
        .post_process(&job, &picture())
        .expect_err("it may not leave");
    assert!(matches!(failed.error, CallError::Trap { .. }), "{failed:?}");
    the_others_work();
}

#[test]
fn case_20_a_flood_of_calls_of_the_host() {
    let small = polite("(loop $l (drop (call $seed)) (br $l))").manifest(SHORT);
    let mut small = small;
    small.body = format!(
        "(import \"aquatint:plugin/job@0.1.0\" \"seed\" (func $seed (result i64)))\n{}",
        small.body
    );
    is_out_of_time(&small);
}

#[test]
fn case_38_deadlines_hold_while_all_cores_are_busy() {
    let cores = std::thread::available_parallelism().map_or(2, |cores| cores.get());
    let small = polite(FOREVER).manifest(SHORT);
    let plugin = load(&small).expect("it loads");
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 * cores {
            scope.spawn(|| {
                let failed = plugin
                    .post_process(&Job::default(), &picture())
                    .expect_err("it loops");
                assert!(matches!(failed.error, CallError::Time(_)), "{failed:?}");
            });
        }
    });
    assert!(started.elapsed() < Duration::from_secs(20));
    the_others_work();
}

#[test]
fn somebody_who_stops_a_call_does_not_wait_for_its_time() {
    let plugin = load(&polite(FOREVER)).expect("it loads");
    let stop = Stop::new();
    let job = Job {
        stop: stop.clone(),
        ..Job::default()
    };
    let started = Instant::now();
    std::thread::scope(|scope| {
        let call = scope.spawn(|| plugin.post_process(&job, &picture()));
        std::thread::sleep(Duration::from_millis(50));
        stop.set();
        let failed = call.join().expect("no panic").expect_err("it was stopped");
        assert_eq!(failed.error, CallError::Cancelled);
    });
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "10 s is its time"
    );
}
