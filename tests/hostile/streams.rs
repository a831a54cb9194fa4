//! Streams that do not end, or never begin.

use aquatint_sandbox::plugin::{CallError, Job};
use aquatint_tests::component::Small;

use crate::support::{fails, load, picture, polite, refused, the_others_work};

const STREAMS: &str = "wasi:io/streams@0.2.0";
const STDIN: &str = "wasi:cli/stdin@0.2.0";
const STDOUT: &str = "wasi:cli/stdout@0.2.0";

fn streaming(body: &str) -> Small {
    let mut small = polite(body).import(STREAMS).import(STDIN).import(STDOUT);
    small.body = format!(
        "(import \"{STDIN}\" \"get-stdin\" (func $stdin (result i32)))
         (import \"{STDOUT}\" \"get-stdout\" (func $stdout (result i32)))
         (import \"{STREAMS}\" \"[method]input-stream.read\" (func $read (param i32 i64 i32)))
         (import \"{STREAMS}\" \"[method]output-stream.blocking-write-and-flush\" (func $write (param i32 i32 i32 i32)))
         (import \"{STREAMS}\" \"[method]output-stream.write-zeroes\" (func $zeroes (param i32 i64 i32)))
         (global $left (mut i32) (i32.const 0))
         (global $stream (mut i32) (i32.const 0))
         {}",
        small.body
    );
    small
}

#[test]
fn case_24_the_contract_has_no_streams_and_futures() {
    for text in [
        "(component (type (stream u8)))",
        "(component (type (future u8)))",
        "(component (type $s (stream u8)) (core func (canon stream.new $s)))",
        "(component (core func (canon task.return (result u32))))",
    ] {
        refused(wat::parse_str(text).expect("WAT"));
    }
}

#[test]
fn case_24_output_without_an_end() {
    // 40 MB without a line break, 4 KiB at once, which is what the stream takes.
    let plugin = load(&streaming(
        "(memory.fill (i32.const 65536) (i32.const 97) (i32.const 4096))
         (global.set $stream (call $stdout))
         (global.set $left (i32.const 10000))
         (loop $l
           (call $write (global.get $stream) (i32.const 65536) (i32.const 4096) (i32.const 2048))
           (if (i32.load8_u (i32.const 2048)) (then (unreachable)))
           (global.set $left (i32.sub (global.get $left) (i32.const 1)))
           (br_if $l (global.get $left)))",
    ))
    .expect("it loads");
    let done = plugin
        .post_process(&Job::default(), &picture())
        .expect("a flood is no failure");
    let bytes: usize = done.report.log.iter().map(|line| line.text.len()).sum();
    assert!((1..66 << 10).contains(&bytes), "{bytes} bytes");
    the_others_work();
}

#[test]
fn case_24_zeroes_by_the_terabyte() {
    let error = fails(&streaming(
        "(call $zeroes (call $stdout) (i64.const 1099511627776) (i32.const 2048))",
    ));
    assert!(matches!(error, CallError::Trap { .. }), "{error}");
}

#[test]
fn case_24_input_that_never_comes() {
    // Closed (1), at once, whatever it asks for.
    let plugin = load(&streaming(
        "(call $read (call $stdin) (i64.const -1) (i32.const 2048))
         (if (i32.ne (i32.load8_u (i32.const 2048)) (i32.const 1)) (then (unreachable)))
         (if (i32.ne (i32.load8_u (i32.const 2052)) (i32.const 1)) (then (unreachable)))",
    ))
    .expect("it loads");
    plugin
        .post_process(&Job::default(), &picture())
        .expect("there is nothing to read");
    the_others_work();
}
