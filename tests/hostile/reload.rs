//! Files that change while they are used.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aquatint_sandbox::folder::{LeaseError, Options, Plugins};
use aquatint_sandbox::plugin::Job;
use aquatint_tests::component::Small;
use tempfile::TempDir;

use crate::support::{engine, picture, polite, the_others_work};

const SETTLED: Duration = Duration::from_secs(60);

fn watch(folder: &TempDir) -> Plugins {
    Plugins::watch(Options::new(folder.path().to_owned(), engine().clone())).expect("a thread")
}

fn wait(what: &str, done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < SETTLED, "waiting until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Puts a file there at once, as good tools do.
fn put(folder: &TempDir, name: &str, bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new_in(folder.path()).expect("room");
    std::io::Write::write_all(&mut file, bytes).expect("room");
    file.persist(folder.path().join(name)).expect("renamed");
}

/// A version that differs in its bytes and does nothing.
fn version(number: usize) -> Small {
    polite(&format!("(drop (i32.const {number}))"))
}

#[test]
fn case_32_a_plugin_that_is_rebuilt_while_two_hundred_jobs_run() {
    let folder = tempfile::tempdir().expect("a folder");
    put(&folder, "hostile.wasm", &version(0).build());
    let plugins = watch(&folder);
    assert!(plugins.settle(SETTLED));
    let (jobs, generations) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                // On until both are over: 200 jobs, and 50 builds.
                while !over.load(Ordering::Relaxed) || jobs.load(Ordering::Relaxed) < 200 {
                    let lease = plugins.lease("hostile").expect("something always serves");
                    let digest = lease.digest();
                    for _ in 0..3 {
                        let done = lease.post_process(&Job::default(), &picture());
                        lease.ended(done.as_ref().err().map(|failed| &failed.error));
                        assert_eq!(done.expect("no job fails").value, picture());
                        assert_eq!(lease.digest(), digest, "one version to the end");
                    }
                    generations.fetch_max(lease.generation() as usize, Ordering::Relaxed);
                    jobs.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(5));
                }
            });
        }
        for build in 1..=50 {
            if build % 2 == 0 {
                put(&folder, "hostile.wasm", &version(build).build());
            } else {
                // Half a file.
                let bytes = version(build).build();
                put(&folder, "hostile.wasm", &bytes[..bytes.len() / 2]);
            }
            std::thread::sleep(Duration::from_millis(150));
        }
        over.store(true, Ordering::Relaxed);
    });
    let last = version(50).build();
    let expected = aquatint_sandbox::digest::Digest::of(&last);
    wait("the last one serves", || {
        plugins
            .lease("hostile")
            .is_ok_and(|lease| lease.digest() == expected)
    });
    assert!(jobs.load(Ordering::Relaxed) >= 200);
    assert!(generations.load(Ordering::Relaxed) > 1, "it was swapped");
    the_others_work();
}

#[test]
fn case_32_a_failed_version_leaves_the_old_one_serving() {
    let folder = tempfile::tempdir().expect("a folder");
    put(&folder, "hostile.wasm", &version(1).build());
    let plugins = watch(&folder);
    assert!(plugins.settle(SETTLED));
    let before = plugins.lease("hostile").expect("it serves").digest();
    put(&folder, "hostile.wasm", b"garbage");
    wait("it is rejected", || {
        plugins
            .list()
            .first()
            .is_some_and(|status| status.why.is_some())
    });
    let status = &plugins.list()[0];
    assert_eq!(status.state, "rejected");
    assert!(
        status
            .why
            .as_ref()
            .is_some_and(|why| why.contains("not WebAssembly")),
        "{status:?}"
    );
    assert_eq!(
        plugins.lease("hostile").expect("the old one").digest(),
        before
    );
    the_others_work();
}

#[test]
fn case_11_what_is_no_file_is_no_plugin() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("folder.wasm")).expect("made");
    fs::write(folder.path().join("empty.wasm"), b"").expect("written");
    #[cfg(unix)]
    {
        let made = std::process::Command::new("mkfifo")
            .arg(folder.path().join("pipe.wasm"))
            .status();
        assert!(made.is_ok_and(|status| status.success()));
        std::os::unix::fs::symlink("/nowhere", folder.path().join("link.wasm")).expect("made");
    }
    put(&folder, "good.wasm", &version(1).build());
    let plugins = watch(&folder);
    assert!(plugins.settle(SETTLED), "a pipe must not be waited for");
    plugins.lease("hostile").expect("the good one serves");
    for status in plugins.list() {
        assert_eq!(
            status.why.is_some(),
            status.file != "good.wasm",
            "{status:?}"
        );
    }
    the_others_work();
}

#[test]
fn case_32_two_files_of_one_id_and_one_that_goes() {
    let folder = tempfile::tempdir().expect("a folder");
    put(&folder, "a.wasm", &version(1).build());
    let plugins = watch(&folder);
    assert!(plugins.settle(SETTLED));
    put(&folder, "b.wasm", &version(2).build());
    wait("the second is rejected", || {
        plugins.list().iter().any(|status| status.why.is_some())
    });
    let second = plugins.list().remove(1);
    assert_eq!(
        second.why.as_deref(),
        Some("`a.wasm` is the plugin hostile already")
    );

    let lease = plugins.lease("hostile").expect("the first");
    fs::remove_file(folder.path().join("a.wasm")).expect("removed");
    fs::remove_file(folder.path().join("b.wasm")).expect("removed");
    wait("it is gone", || plugins.list().is_empty());
    lease
        .post_process(&Job::default(), &picture())
        .expect("a job keeps what it began with");
    drop(lease);
    assert!(matches!(
        plugins.lease("hostile"),
        Err(LeaseError::Unavailable { .. } | LeaseError::Unknown { .. })
    ));
    the_others_work();
}

#[test]
fn case_32_a_file_that_is_touched_without_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = version(1).build();
    put(&folder, "hostile.wasm", &bytes);
    let plugins = watch(&folder);
    assert!(plugins.settle(SETTLED));
    let started = Instant::now();
    let mut writes = 0;
    while started.elapsed() < Duration::from_secs(1) {
        fs::write(folder.path().join("hostile.wasm"), &bytes).expect("written");
        writes += 1;
    }
    assert!(writes > 100);
    plugins.lease("hostile").expect("it serves on");
    assert!(plugins.settle(SETTLED));
    let lease = plugins.lease("hostile").expect("it serves on");
    assert_eq!(lease.generation(), 1, "the same bytes are the same version");
    the_others_work();
}

#[test]
fn what_breaks_too_often_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    put(
        &folder,
        "hostile.wasm",
        &crate::support::rude("(unreachable)").build(),
    );
    let plugins = watch(&folder);
    assert!(plugins.settle(SETTLED));
    for _ in 0..3 {
        let lease = plugins.lease("hostile").expect("it serves");
        let failed = lease
            .post_process(&Job::default(), &picture())
            .expect_err("it breaks");
        lease.ended(Some(&failed.error));
    }
    wait("it is in quarantine", || plugins.lease("hostile").is_err());
    let error = plugins
        .lease("hostile")
        .map(|_| ())
        .expect_err("quarantine");
    assert!(error.to_string().contains("quarantine"), "{error}");
    // Saved again with other bytes, it is another plugin.
    put(&folder, "hostile.wasm", &version(9).build());
    wait("the repaired one serves", || {
        plugins.lease("hostile").is_ok()
    });
    the_others_work();
}
