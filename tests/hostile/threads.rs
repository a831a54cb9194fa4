//! Calls made where a runtime is running already, as a server's are.

use std::sync::Arc;

use aquatint_sandbox::plugin::{CallError, Job};
use aquatint_tests::component::Small;

use crate::support::{load, picture, polite, the_others_work};

/// Tells its progress.
fn telling() -> Small {
    let mut small = polite("(call $progress (f32.const 0.5) (i32.const 0) (i32.const 0))");
    let import =
        r#"(import "aquatint:plugin/job@0.1.0" "progress" (func $progress (param f32 i32 i32)))"#;
    small.body = format!("{import}\n{}", small.body);
    small
}

fn inside_a_runtime(call: impl FnOnce()) {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(async { call() });
}

#[test]
fn a_plugin_is_called_from_a_runtime_as_from_anywhere() {
    let plugin = load(&telling()).expect("it loads");
    inside_a_runtime(|| {
        let done = plugin
            .post_process(&Job::default(), &picture())
            .expect("it works");
        assert_eq!(done.value, picture());
    });
}

#[test]
fn a_host_function_that_panics_fails_the_call_alone_inside_a_runtime_too() {
    let plugin = load(&telling()).expect("it loads");
    let job = Job {
        progress: Some(Arc::new(|_, _| panic!("on purpose"))),
        ..Job::default()
    };
    inside_a_runtime(|| {
        let failed = plugin.post_process(&job, &picture()).expect_err("it broke");
        assert_eq!(
            failed.error,
            CallError::Host("a host function panicked".to_owned())
        );
        the_others_work();
        plugin
            .post_process(&Job::default(), &picture())
            .expect("the next call works");
    });
}
