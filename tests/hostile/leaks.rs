//! What is left of a thousand broken calls: nothing, whichever way they broke.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aquatint_sandbox::pixels::Picture;
use aquatint_sandbox::plugin::{CallError, Job, Plugin};
use aquatint_sandbox::problem::Problem;
use aquatint_sandbox::services::{NamedPictures, Services};
use aquatint_sandbox::settings::Value;
use aquatint_sandbox::stop::Stop;
use aquatint_tests::component::Small;

use crate::support::{load, load_granted, picture, polite, rude, the_others_work};

/// Bytes that the process has in memory; threads that it has.
fn taken() -> (u64, usize) {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status
        .split(' ')
        .nth(1)
        .and_then(|it| it.parse::<u64>().ok());
    let threads = std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    (pages.unwrap_or(0) * 4096, threads)
}

/// Calls a thousand times, four at once, once what allocators and threads keep for next time is there. In a process of
/// its own, called by the test `name`: what other tests take is no leak.
fn a_thousand_times(name: &str, call: impl Fn() + Sync) {
    const ALONE: &str = "AQUATINT_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let status = Command::new(std::env::current_exe().expect("this program"))
            .args([&format!("leaks::{name}"), "--exact", "--nocapture"])
            .env(ALONE, "1")
            .status()
            .expect("it runs");
        assert!(status.success(), "see above");
        return;
    }
    let times = |count: usize| {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..count / 4).for_each(|_| call()));
            }
        });
    };
    times(200);
    let before = taken();
    times(1_000);
    // Threads that were told to end may not have done so.
    let started = Instant::now();
    while taken().1 > before.1 + 4 && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let after = taken();
    let grown = after.0.saturating_sub(before.0);
    assert!(grown < 16 << 20, "{grown} bytes more after 1,000 calls");
    assert!(
        after.1 <= before.1 + 4,
        "{} threads, {} before",
        after.1,
        before.1
    );
    the_others_work();
}

fn breaks(plugin: &Plugin, expected: fn(&CallError) -> bool) {
    let failed = plugin
        .post_process(&Job::default(), &picture())
        .expect_err("it breaks");
    assert!(expected(&failed.error), "{failed:?}");
}

fn a_thousand_failures(name: &str, small: &Small, expected: fn(&CallError) -> bool) {
    let plugin = load(small).expect("it loads");
    a_thousand_times(name, || breaks(&plugin, expected));
}

#[test]
fn a_thousand_traps_leave_nothing_behind() {
    // With all of its memory written to.
    a_thousand_failures(
        "a_thousand_traps_leave_nothing_behind",
        &polite("(memory.fill (i32.const 0) (i32.const 1) (i32.const 131072)) (unreachable)"),
        |error| matches!(error, CallError::Trap { .. }),
    );
}

#[test]
fn a_thousand_calls_out_of_memory_leave_nothing_behind() {
    let small =
        polite("(drop (memory.grow (i32.const 300)))").manifest("limits = { memory = '1MiB' }");
    a_thousand_failures(
        "a_thousand_calls_out_of_memory_leave_nothing_behind",
        &small,
        |error| matches!(error, CallError::Memory(_)),
    );
}

#[test]
fn a_thousand_calls_out_of_time_leave_nothing_behind() {
    let small = polite("(loop $l (br $l))").manifest("limits = { time = '1ms' }");
    let plugin = load_slow(&small);
    a_thousand_times("a_thousand_calls_out_of_time_leave_nothing_behind", || {
        breaks(&plugin, |error| matches!(error, CallError::Time(_)));
    });
}

/// Loads what has less time for a call than saying who it is may take on a busy machine.
fn load_slow(small: &Small) -> Plugin {
    for _ in 0..100 {
        if let Ok(plugin) = load(small) {
            return plugin;
        }
    }
    load(small).expect("it loads")
}

#[test]
fn a_thousand_calls_with_handles_left_open_leave_nothing_behind() {
    // As many pictures of 64 KiB as there may be, none of them dropped, nor what was lent.
    let mut small = rude(
        "(loop $l
           (call $create (i32.const 128) (i32.const 128) (i32.const 1) (i32.const 2048))
           (br_if $l (i32.eqz (i32.load8_u (i32.const 2048)))))
         (i32.const 1024)",
    )
    .manifest("limits = { pixels = '1MP' }");
    small.body = format!(
        "(import \"aquatint:plugin/image@0.1.0\" \"[static]image.create\" (func $create (param i32 i32 i32 i32)))\n{}",
        small.body
    );
    a_thousand_failures(
        "a_thousand_calls_with_handles_left_open_leave_nothing_behind",
        &small,
        |error| matches!(error, CallError::Trap { .. }),
    );
}

#[test]
fn a_thousand_problems_of_the_hosts_leave_nothing_behind() {
    // A host function that says no, with a log full of lines.
    let mut small = polite(
        "(global.set $left (i32.const 100))
         (loop $l
           (call $log (i32.const 2) (i32.const 4096) (i32.const 4096) (i32.const 0) (i32.const 0))
           (global.set $left (i32.sub (global.get $left) (i32.const 1)))
           (br_if $l (global.get $left)))
         (call $choices (i32.const 2048) (i32.const 10) (i32.const 3072))
         (unreachable)",
    );
    small.body = format!(
        "(import \"aquatint:plugin/log@0.1.0\" \"write\" (func $log (param i32 i32 i32 i32 i32)))
         (import \"aquatint:plugin/job@0.1.0\" \"choices\" (func $choices (param i32 i32 i32)))
         (global $left (mut i32) (i32.const 0))
         {}",
        small.body
    );
    a_thousand_failures(
        "a_thousand_problems_of_the_hosts_leave_nothing_behind",
        &small,
        |error| matches!(error, CallError::Trap { .. }),
    );
}

/// Draws at once.
struct Draws;

impl Services for Draws {
    fn draw(
        &self,
        _: Vec<(String, Value)>,
        _: NamedPictures,
        _: &Stop,
    ) -> Result<Vec<Picture>, Problem> {
        Ok(vec![picture()])
    }
}

#[test]
fn a_thousand_drawings_that_nobody_waits_for_leave_nothing_behind() {
    let small = Small::new(
        "hostile",
        "script",
        "(import \"aquatint:plugin/generate@0.1.0\" \"submit\" (func $submit (param i32 i32 i32)))
         (func (export \"aquatint:plugin/script@0.1.0#run\") (result i32)
           (call $submit (i32.const 0) (i32.const 0) (i32.const 2048))
           (call $submit (i32.const 0) (i32.const 0) (i32.const 2048))
           (unreachable))",
    )
    .manifest("permissions = { generate = { reason = 'to draw' } }");
    let plugin = load_granted(&small, None);
    a_thousand_times(
        "a_thousand_drawings_that_nobody_waits_for_leave_nothing_behind",
        || {
            let job = Job {
                services: Arc::new(Draws),
                ..Job::default()
            };
            let failed = plugin.script(&job).expect_err("it breaks");
            assert!(matches!(failed.error, CallError::Trap { .. }), "{failed:?}");
        },
    );
}

#[test]
fn a_thousand_plugins_that_are_refused_leave_nothing_behind() {
    // One that is not what it says, found out only when it was compiled and run.
    let mut small = polite("");
    let bytes = small.encode(wat::parse_str(small.wat()).expect("WAT"));
    small.id = "innocent".to_owned();
    let bytes = aquatint_sandbox::section::write_manifest(&bytes, &small.toml()).expect("written");
    let folder = tempfile::tempdir().expect("a folder");
    let engine = aquatint_sandbox::engine::Engine::new(aquatint_sandbox::engine::Options {
        // Compiled once, loaded a thousand times.
        cache: Some(folder.path().join("components")),
        ..aquatint_sandbox::engine::Options::default()
    })
    .expect("an engine");
    let grants = aquatint_sandbox::grants::Grants::default();
    a_thousand_times(
        "a_thousand_plugins_that_are_refused_leave_nothing_behind",
        || {
            Plugin::load(&engine, bytes.clone(), &grants, None).expect_err("it is somebody else");
        },
    );
}
