//! Too much of everything that is told.

use aquatint_sandbox::plugin::{CallError, Job};
use aquatint_tests::component::le;

use crate::support::{fails, load, picture, polite, rude, the_others_work};

const LOG: &str =
    "(import \"aquatint:plugin/log@0.1.0\" \"write\" (func $log (param i32 i32 i32 i32 i32)))";

#[test]
fn case_18_a_log_without_an_end() {
    let mut small = polite(
        "(global.set $left (i32.const 100000))
         (loop $l
           (call $log (i32.const 2) (i32.const 2048) (i32.const 40) (i32.const 0) (i32.const 0))
           (global.set $left (i32.sub (global.get $left) (i32.const 1)))
           (br_if $l (global.get $left)))",
    );
    small.body = format!(
        "{LOG}\n{}\n(global $left (mut i32) (i32.const 0))\n(data (i32.const 2048) \"\\1b[31mred\\1b]0;title\\07 \\e2\\80\\aegnp.exe\\00 end of line\")",
        small.body
    );
    let plugin = load(&small).expect("it loads");
    let done = plugin
        .post_process(&Job::default(), &picture())
        .expect("a flood is no failure");
    let bytes: usize = done.report.log.iter().map(|line| line.text.len()).sum();
    assert!(bytes < 66 << 10, "{bytes} bytes");
    let first = &done.report.log[0].text;
    assert!(first.starts_with("red gnp.exe end"), "{first:?}");
    let last = &done.report.log[done.report.log.len() - 1].text;
    assert!(last.contains("were not kept"), "{last}");
    the_others_work();
}

#[test]
fn case_18_one_line_of_ten_megabytes() {
    let mut small = polite(
        "(drop (memory.grow (i32.const 170)))
         (memory.fill (i32.const 65536) (i32.const 97) (i32.const 10000000))
         (call $log (i32.const 2) (i32.const 65536) (i32.const 10000000) (i32.const 0) (i32.const 0))",
    );
    small.body = format!("{LOG}\n{}", small.body);
    let plugin = load(&small).expect("it loads");
    let done = plugin
        .post_process(&Job::default(), &picture())
        .expect("it is cut");
    assert_eq!(done.report.log[0].text.len(), 4096);
    the_others_work();
}

#[test]
fn case_27_a_problem_of_many_megabytes() {
    let mut small = rude(
        "(call $drop (local.get 0))
         (drop (memory.grow (i32.const 170)))
         (memory.fill (i32.const 65536) (i32.const 27) (i32.const 10000000))
         (i32.const 1024)",
    );
    small.body = format!(
        "(import \"aquatint:plugin/image@0.1.0\" \"[resource-drop]image\" (func $drop (param i32)))\n{}\n(data (i32.const 1024) \"{}{}{}{}\")",
        small.body,
        le(1),
        le(6),
        le(65536),
        le(10_000_000),
    );
    let error = fails(&small);
    assert!(error.to_string().len() < 3_000);
    assert!(!error.to_string().contains('\u{1b}'));
    assert!(matches!(error, CallError::Problem(_)), "{error}");
}
