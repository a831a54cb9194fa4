//! What plugins do to the host's own functions: too many at once, and one that breaks.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use aquatint_sandbox::pixels::Picture;
use aquatint_sandbox::plugin::{CallError, Job};
use aquatint_sandbox::problem::Problem;
use aquatint_sandbox::services::{NamedPictures, Services};
use aquatint_sandbox::settings::Value;
use aquatint_sandbox::stop::Stop;
use aquatint_tests::component::Small;

use crate::support::{PASS_ON, load, load_granted, picture, polite, the_others_work};

const GENERATE: &str = "aquatint:plugin/generate@0.1.0";

/// A script, which passes on a problem.
fn script(body: &str) -> Small {
    Small::new(
        "hostile",
        "script",
        &format!(
            "(import \"{GENERATE}\" \"submit\" (func $submit (param i32 i32 i32)))
             (import \"{GENERATE}\" \"[method]ticket.cancel\" (func $cancel (param i32)))
             (import \"{GENERATE}\" \"[method]ticket.wait\" (func $wait (param i32 i32)))
             (import \"{GENERATE}\" \"[resource-drop]ticket\" (func $drop (param i32)))
             (import \"aquatint:plugin/image@0.1.0\" \"[static]image.create\" (func $create (param i32 i32 i32 i32)))
             (func (export \"aquatint:plugin/script@0.1.0#run\") (result i32)
               {body} {PASS_ON} (i32.const 1024))"
        ),
    )
    .manifest("permissions = { generate = { reason = 'to draw' } }")
}

/// Draws slowly, counts how many do at once, and does not look whether it should end.
#[derive(Default)]
struct Slow {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Services for Slow {
    fn draw(
        &self,
        _: Vec<(String, Value)>,
        _: NamedPictures,
        _: &Stop,
    ) -> Result<Vec<Picture>, Problem> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(Duration::from_secs(2));
        self.now.fetch_sub(1, Ordering::SeqCst);
        Ok(Vec::new())
    }
}

#[test]
fn case_20_drawings_asked_for_and_given_up() {
    // Given up in each way there is, and with no room left for tickets: on until the host says no.
    let fill = "
        (loop $f
          (call $create (i32.const 1) (i32.const 1) (i32.const 2) (i32.const 2048))
          (br_if $f (i32.eqz (i32.load8_u (i32.const 2048)))))";
    for (before, give_up, expected) in [
        (
            "",
            "(if (i32.eqz (i32.load8_u (i32.const 2048))) (then (call $cancel (i32.load (i32.const 2052)))))",
            "64 requests are open",
        ),
        (
            "",
            "(if (i32.eqz (i32.load8_u (i32.const 2048))) (then (call $drop (i32.load (i32.const 2052)))))",
            "64 requests are open",
        ),
        // `exhausted` (4) for want of handles, and 1,000 times more.
        (
            fill,
            "(global.set $left (i32.sub (global.get $left) (i32.const 1)))
             (i32.store8 (i32.const 2048) (i32.eqz (global.get $left)))",
            "",
        ),
    ] {
        let mut small = script(&format!(
            "{before}
             (loop $l
               (call $submit (i32.const 0) (i32.const 0) (i32.const 2048))
               {give_up}
               (br_if $l (i32.eqz (i32.load8_u (i32.const 2048)))))"
        ));
        small
            .body
            .push_str("\n(global $left (mut i32) (i32.const 1000))");
        let slow = Arc::new(Slow::default());
        let job = Job {
            services: slow.clone(),
            ..Job::default()
        };
        let failed = load_granted(&small, None)
            .script(&job)
            .expect_err("it cannot go on");
        assert!(
            matches!(&failed.error, CallError::Problem(Problem::Exhausted(why)) if why.contains(expected)),
            "{failed:?}"
        );
        let most = slow.most.load(Ordering::SeqCst);
        assert!((1..=64).contains(&most), "{most} threads at once");
        the_others_work();
    }
}

#[test]
fn case_20_progress_without_an_end() {
    let told = Arc::new(AtomicUsize::new(0));
    let counted = told.clone();
    let mut small = polite(
        "(global.set $left (i32.const 200000))
         (loop $l
           (call $progress (f32.const 0.5) (i32.const 2048) (i32.const 10))
           (global.set $left (i32.sub (global.get $left) (i32.const 1)))
           (br_if $l (global.get $left)))",
    );
    small.body = format!(
        "(import \"aquatint:plugin/job@0.1.0\" \"progress\" (func $progress (param f32 i32 i32)))
         (global $left (mut i32) (i32.const 0))
         {}",
        small.body
    );
    let plugin = load(&small).expect("it loads");
    let job = Job {
        progress: Some(Arc::new(move |_, _| {
            counted.fetch_add(1, Ordering::SeqCst);
        })),
        ..Job::default()
    };
    let started = Instant::now();
    plugin.post_process(&job, &picture()).expect("no failure");
    let most = started.elapsed().as_millis() / 100 + 1;
    let told = told.load(Ordering::SeqCst);
    assert!((1..=most).contains(&(told as u128)), "told {told} times");
    the_others_work();
}

/// Every function of it panics.
struct Broken;

impl Services for Broken {
    fn choices(&self, _: &str) -> Option<Vec<String>> {
        panic!("this is a test")
    }

    fn draw(
        &self,
        _: Vec<(String, Value)>,
        _: NamedPictures,
        _: &Stop,
    ) -> Result<Vec<Picture>, Problem> {
        panic!("this is a test")
    }
}

#[test]
fn case_39_a_host_function_that_panics() {
    let mut small = polite("(call $choices (i32.const 2048) (i32.const 1) (i32.const 3072))");
    small.body = format!(
        "(import \"aquatint:plugin/job@0.1.0\" \"choices\" (func $choices (param i32 i32 i32)))\n{}\n(data (i32.const 2048) \"x\")",
        small.body
    );
    let plugin = load(&small).expect("it loads");
    for _ in 0..10 {
        let job = Job {
            services: Arc::new(Broken),
            ..Job::default()
        };
        let failed = plugin.post_process(&job, &picture()).expect_err("it broke");
        assert_eq!(
            failed.error,
            CallError::Host("a host function panicked".to_owned())
        );
        the_others_work();
        plugin
            .post_process(&Job::default(), &picture())
            .expect("the next call finds nothing of it");
    }
    assert_eq!(plugin.metrics().calls, 20);
}

#[test]
fn case_39_a_drawing_that_panics() {
    let small = script(
        "(call $submit (i32.const 0) (i32.const 0) (i32.const 2048))
         (call $wait (i32.load (i32.const 2052)) (i32.const 2048))",
    );
    let plugin = load_granted(&small, None);
    for _ in 0..10 {
        let job = Job {
            services: Arc::new(Broken),
            ..Job::default()
        };
        let failed = plugin.script(&job).expect_err("nothing was drawn");
        assert_eq!(failed.error.to_string(), "drawing ended without a result");
        the_others_work();
    }
}

#[test]
fn case_40_more_calls_at_once_than_there_is_room_for() {
    const CALLS: usize = 256;
    // There is no pool that could be exhausted: each call waits for its share of the cores.
    let plugin = load(&polite("(drop (memory.grow (i32.const 16)))")).expect("it loads");
    let all = Barrier::new(CALLS);
    std::thread::scope(|scope| {
        for _ in 0..CALLS {
            scope.spawn(|| {
                all.wait();
                let done = plugin.post_process(&Job::default(), &picture());
                assert_eq!(done.expect("it waits for its turn").value, picture());
            });
        }
    });
    assert_eq!(plugin.metrics().failures, 0);
    the_others_work();
}
