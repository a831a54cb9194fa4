//! Time and chance: plugins that wait, measure, and are not the same twice.

use std::time::{Duration, Instant};

use aquatint_sandbox::pixels::Picture;
use aquatint_sandbox::plugin::{CallError, Job, Plugin};
use aquatint_tests::component::Small;

use crate::support::{fails, load, load_granted, picture, polite, rude, the_others_work};

const MONOTONIC: &str = "wasi:clocks/monotonic-clock@0.2.0";
const WALL: &str = "wasi:clocks/wall-clock@0.2.0";
const POLL: &str = "wasi:io/poll@0.2.0";
const RANDOM: &str = "wasi:random/random@0.2.0";
const CLOCK: &str = "permissions = { clock = { reason = 'to wait' } }";

fn sleeping(body: &str) -> Small {
    let mut small = polite(body).import(MONOTONIC).import(POLL);
    small.body = format!(
        "(import \"{MONOTONIC}\" \"subscribe-duration\" (func $sleep (param i64) (result i32)))
         (import \"{POLL}\" \"[method]pollable.block\" (func $block (param i32)))
         (import \"{POLL}\" \"[resource-drop]pollable\" (func $forget (param i32)))
         (import \"{POLL}\" \"poll\" (func $poll (param i32 i32 i32)))
         (global $pollable (mut i32) (i32.const 0))
         {}",
        small.body
    );
    small
}

const ASLEEP: &str = "
(global.set $pollable (call $sleep (i64.const -1)))
(call $block (global.get $pollable))
(call $forget (global.get $pollable))";

#[test]
fn case_21_a_sleep_of_centuries_takes_no_time_without_the_clock() {
    let plugin = load(&sleeping(ASLEEP)).expect("it loads");
    let started = Instant::now();
    plugin
        .post_process(&Job::default(), &picture())
        .expect("nobody waits for nothing");
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "10 s is its time"
    );
    the_others_work();
}

#[test]
fn case_21_sleeping_in_a_loop() {
    let small =
        sleeping(&format!("(loop $l {ASLEEP} (br $l))")).manifest("limits = { time = '200ms' }");
    let error = fails(&small);
    assert_eq!(error.to_string(), "it took more than 200ms");
}

#[test]
fn case_21_a_sleep_without_an_end() {
    let poll = "
        (i32.store (i32.const 2048) (call $sleep (i64.const -1)))
        (i32.store (i32.const 2052) (call $sleep (i64.const 1000000000000000000)))
        (call $poll (i32.const 2048) (i32.const 2) (i32.const 3072))";
    for body in [ASLEEP, poll] {
        let small = sleeping(body)
            .manifest("limits = { time = '200ms' }")
            .manifest(CLOCK);
        let plugin = load_granted(&small, None);
        let started = Instant::now();
        let failed = plugin
            .post_process(&Job::default(), &picture())
            .expect_err("it sleeps");
        assert!(matches!(failed.error, CallError::Time(_)), "{failed:?}");
        assert!(started.elapsed() < Duration::from_secs(8));
        the_others_work();
    }
}

/// Writes 8 numbers of 64 bits, which the body puts at 4096, into the top of the picture.
fn writing(body: &str) -> Small {
    let mut small = rude(&format!(
        "{body}
         (call $write (local.get 0) (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 2)
           (i32.const 4096) (i32.const 64) (i32.const 2048))
         (call $drop (local.get 0))
         (if (i32.load8_u (i32.const 2048)) (then (unreachable)))
         (i32.const 1024)"
    ))
    .import(MONOTONIC)
    .import(WALL)
    .import(RANDOM);
    small.body = format!(
        "(import \"aquatint:plugin/image@0.1.0\" \"[resource-drop]image\" (func $drop (param i32)))
         (import \"aquatint:plugin/image@0.1.0\" \"[method]image.write\" (func $write (param i32 i32 i32 i32 i32 i32 i32 i32)))
         (import \"aquatint:plugin/image@0.1.0\" \"[static]image.create\" (func $create (param i32 i32 i32 i32)))
         (import \"{MONOTONIC}\" \"now\" (func $now (result i64)))
         (import \"{WALL}\" \"now\" (func $today (param i32)))
         (import \"{RANDOM}\" \"get-random-u64\" (func $random (result i64)))
         (import \"{RANDOM}\" \"get-random-bytes\" (func $bytes (param i64 i32)))
         {}",
        small.body
    );
    small
}

/// The 8 numbers.
fn numbers(plugin: &Plugin, seed: u64) -> Vec<u64> {
    let job = Job {
        seed,
        ..Job::default()
    };
    let done = plugin.post_process(&job, &picture()).expect("it works");
    words(&done.value)
}

fn words(picture: &Picture) -> Vec<u64> {
    let words = picture.pixels()[..64].as_chunks::<8>().0;
    words.iter().map(|word| u64::from_le_bytes(*word)).collect()
}

/// Reads the clocks, with some work in between that takes longer one time than another.
fn measuring() -> Small {
    let reads: String = (0..6)
        .map(|at| {
            format!(
                "(i64.store (i32.const {}) (call $now)) (call $work)\n",
                4096 + 8 * at
            )
        })
        .collect();
    // Seconds, and then nanoseconds.
    let mut small = writing(&format!(
        "{reads} (call $today (i32.const 4144))
         (i64.store (i32.const 4152) (i64.load32_u (i32.const 4152)))"
    ));
    small.body.push_str(
        "
        (global $left (mut i32) (i32.const 0))
        (func $work
          (global.set $left (i32.const 100000))
          (loop $l
            (global.set $left (i32.sub (global.get $left) (i32.const 1)))
            (br_if $l (global.get $left))))",
    );
    small
}

#[test]
fn case_36_clocks_that_measure_nothing_without_the_permission() {
    let plugin = load(&measuring()).expect("it loads");
    let first = numbers(&plugin, 1);
    assert_eq!(first, numbers(&plugin, 1));
    let steps: Vec<u64> = first[..6].windows(2).map(|two| two[1] - two[0]).collect();
    assert_eq!(steps, [1_000; 5], "however long the work took");
    the_others_work();
}

#[test]
fn case_36_clocks_too_coarse_to_look_into_caches_with_the_permission() {
    let plugin = load_granted(&measuring().manifest(CLOCK), None);
    let read = numbers(&plugin, 1);
    for nanoseconds in read[..6].iter().chain(&read[7..]) {
        assert_eq!(nanoseconds % 1_000_000, 0, "whole milliseconds: {read:?}");
    }
    let now = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH);
    let off = now.expect("after 1970").as_secs().abs_diff(read[6]);
    assert!(off < 600, "it is the real one");
    the_others_work();
}

/// Looks everywhere where something could differ from one run to the next.
fn looking_for_chance() -> Small {
    writing(
        "(i64.store (i32.const 4096) (call $random))
         (call $bytes (i64.const 16) (i32.const 4104))
         (i64.store (i32.const 4112) (i64.load (i32.load (i32.const 4104))))
         (i64.store (i32.const 4104) (i64.load offset=8 (i32.load (i32.const 4104))))
         (i64.store (i32.const 4120) (call $now))
         (call $today (i32.const 4128))
         (call $create (i32.const 1) (i32.const 1) (i32.const 2) (i32.const 4144))
         (i64.store (i32.const 4152) (i64.extend_i32_u (memory.grow (i32.const 1))))",
    )
}

#[test]
fn case_37_the_same_job_gives_the_same_bytes() {
    let plugin = load(&looking_for_chance()).expect("it loads");
    let first = numbers(&plugin, 7);
    for _ in 0..10 {
        assert_eq!(first, numbers(&plugin, 7));
    }
    let again = load(&looking_for_chance()).expect("it loads");
    assert_eq!(first, numbers(&again, 7), "loaded anew");
    let other = numbers(&plugin, 8);
    assert_ne!(first[..3], other[..3], "chance is the seed's");
    assert_eq!(first[3..], other[3..], "and nothing else's");
    the_others_work();
}

#[test]
fn case_37_real_chance_needs_the_permission() {
    let small =
        looking_for_chance().manifest("permissions = { random = { reason = 'for real dice' } }");
    let plugin = load_granted(&small, None);
    assert_ne!(numbers(&plugin, 7)[..3], numbers(&plugin, 7)[..3]);
    the_others_work();
}
