//! Tests of installing, with wheels made on the spot and no network.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::*;
use crate::runtime::unpack::tests::write_wheel;

/// "Fetches" a wheel that it makes, and counts how often it is asked.
struct Fake {
    entries: &'static [(&'static str, &'static str)],
    calls: Arc<AtomicUsize>,
}

impl Fetch for Fake {
    fn fetch(
        &self,
        wheel: &Wheel,
        folder: &Path,
        watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<(), RuntimeError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        write_wheel(&folder.join(wheel.file), self.entries);
        // Long enough for another installation to meet this one.
        std::thread::sleep(std::time::Duration::from_millis(300));
        if watch(wheel.size).is_break() {
            Err(RuntimeError::Cancelled)
        } else {
            Ok(())
        }
    }
}

const GOOD: &[(&str, &str)] = &[
    ("onnxruntime/capi/libonnxruntime.so.9.9.9", "a library"),
    ("onnxruntime/LICENSE", "MIT"),
];
const EVIL: &[(&str, &str)] = &[
    ("onnxruntime/capi/libonnxruntime.so.9.9.9", "x"),
    ("../../evil.so", "x"),
];

/// A build whose pinned hash is that of a wheel with these entries, or `hash`.
fn build(entries: &[(&str, &str)], hash: Option<&'static str>) -> Build {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    write_wheel(file.path(), entries);
    let unpinned = Wheel {
        file: "onnxruntime-9.9.9-cp312-cp312-any.whl",
        size: 9,
        sha256: "",
        folder: "onnxruntime/capi/",
        unless_found: &[],
    };
    let Err(RuntimeError::HashMismatch { found, .. }) = unpack::verify(&unpinned, file.path())
    else {
        panic!("an empty hash matches nothing");
    };
    // Builds are constants; leaking a test's is the price.
    let sha256 = hash.unwrap_or_else(|| String::leak(found));
    let wheels = Vec::leak(vec![Wheel { sha256, ..unpinned }]);
    Build {
        flavor: Flavor::Cpu,
        platform: Platform::LinuxX64,
        version: "9.9.9",
        library: "libonnxruntime.so.9.9.9",
        wheels,
    }
}

fn install_fake(
    build: &Build,
    entries: &'static [(&'static str, &'static str)],
    data: &Path,
    calls: &Arc<AtomicUsize>,
    progress: OnProgress<'_>,
) -> Result<Installed, RuntimeError> {
    let calls = Arc::clone(calls);
    install_build(
        build,
        data,
        &move || {
            Ok(Box::new(Fake {
                entries,
                calls: Arc::clone(&calls),
            }))
        },
        progress,
    )
}

/// What is in the folder of runtimes, but for the lock.
fn left_in(data: &Path) -> Vec<String> {
    let entries = fs::read_dir(installed::folder(data))
        .into_iter()
        .flatten()
        .flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != ".lock")
        .collect()
}

fn go_on(_: Progress<'_>) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn a_good_wheel_is_installed_and_found() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let calls = Arc::default();
    let build = build(GOOD, None);
    let runtime = install_fake(&build, GOOD, data.path(), &calls, &mut go_on).expect("installed");
    assert_eq!(
        fs::read_to_string(&runtime.library).expect("the library"),
        "a library"
    );
    assert!(
        runtime
            .folder
            .join("licenses/onnxruntime/LICENSE")
            .is_file()
    );
    assert_eq!(left_in(data.path()), ["cpu-9.9.9"]);
    assert_eq!(installed::installed(data.path()).len(), 1);

    // Again: nothing is fetched. Damaged: it is replaced.
    install_fake(&build, GOOD, data.path(), &calls, &mut go_on).expect("there already");
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    fs::write(&runtime.library, "cut").expect("written");
    install_fake(&build, GOOD, data.path(), &calls, &mut go_on).expect("repaired");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    assert_eq!(
        fs::read_to_string(&runtime.library).expect("the library"),
        "a library"
    );
    assert_eq!(left_in(data.path()), ["cpu-9.9.9"]);
}

#[test]
fn another_hash_is_refused_and_nothing_stays() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let pinned = build(
        GOOD,
        Some("0000000000000000000000000000000000000000000000000000000000000000"),
    );
    let error = install_fake(&pinned, GOOD, data.path(), &Arc::default(), &mut go_on)
        .expect_err("another hash");
    assert!(
        matches!(error, RuntimeError::HashMismatch { .. }),
        "{error}"
    );
    assert!(
        left_in(data.path()).is_empty(),
        "{:?}",
        left_in(data.path())
    );
}

#[test]
fn a_wheel_that_points_outside_leaves_nothing() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let error = install_fake(
        &build(EVIL, None),
        EVIL,
        data.path(),
        &Arc::default(),
        &mut go_on,
    )
    .expect_err("evil");
    assert!(matches!(error, RuntimeError::BadWheel { .. }), "{error}");
    assert!(
        left_in(data.path()).is_empty(),
        "{:?}",
        left_in(data.path())
    );
    assert!(
        !data.path().join("evil.so").exists()
            && !installed::folder(data.path()).join("evil.so").exists()
    );
}

#[test]
fn stopping_leaves_nothing() {
    let data = tempfile::tempdir().expect("a temporary folder");
    for stop_at in [Step::Fetching, Step::Unpacking] {
        let mut stop = |progress: Progress<'_>| {
            if progress.step == stop_at {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let error = install_fake(
            &build(GOOD, None),
            GOOD,
            data.path(),
            &Arc::default(),
            &mut stop,
        )
        .expect_err("stopped");
        assert!(matches!(error, RuntimeError::Cancelled), "{error}");
        assert!(
            left_in(data.path()).is_empty(),
            "{:?}",
            left_in(data.path())
        );
    }
}

#[test]
fn what_a_killed_installation_left_is_cleared() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let staging = installed::folder(data.path()).join(".staging/runtime/lib");
    fs::create_dir_all(&staging).expect("a folder");
    fs::write(staging.join("libonnxruntime.so.9.9.9"), "half of a libr").expect("written");
    install_fake(
        &build(GOOD, None),
        GOOD,
        data.path(),
        &Arc::default(),
        &mut go_on,
    )
    .expect("installed");
    assert_eq!(left_in(data.path()), ["cpu-9.9.9"]);
}

#[test]
fn two_at_once_fetch_once() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (build, calls) = (build(GOOD, None), Arc::default());
    let waited = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut progress = |progress: Progress<'_>| {
                    waited.fetch_add(
                        usize::from(progress.step == Step::Waiting),
                        Ordering::SeqCst,
                    );
                    ControlFlow::Continue(())
                };
                install_fake(&build, GOOD, data.path(), &calls, &mut progress)
                    .expect("installed by one of the two");
            });
        }
    });
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert!(
        waited.load(Ordering::SeqCst) > 0,
        "one of the two has waited"
    );
    assert_eq!(left_in(data.path()), ["cpu-9.9.9"]);
}
