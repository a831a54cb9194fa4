//! Tests with a real ONNX Runtime, where there is one: the library that the environment names, or the plain one that is
//! installed in the folder that `AQUATINT_DATA` names. Cargo runs them in one process, so all of them use one library.

use super::*;

fn start(provider: &str) -> Option<Result<Runtime, RuntimeError>> {
    let data_dir =
        std::env::var_os("AQUATINT_DATA").map_or_else(|| "/nonexistent".into(), PathBuf::from);
    let options = |provider| RuntimeOptions {
        data_dir: data_dir.clone(),
        provider,
        threads: Some(2),
    };
    match Runtime::start(&options(ProviderChoice::Named(ProviderKind::Cpu.into()))) {
        Err(RuntimeError::NotInstalled { .. }) => {
            eprintln!(
                "skipped: no ONNX Runtime; `AQUATINT_DATA=… aquatint runtime install cpu` gets one"
            );
            return None;
        }
        other => drop(other.expect("the CPU works")),
    }
    Some(Runtime::start(&options(
        provider.parse().expect("a provider"),
    )))
}

#[test]
fn the_cpu_computes_however_often_it_is_started() {
    for _ in 0..3 {
        let Some(runtime) = start("cpu") else { return };
        let runtime = runtime.expect("started");
        runtime.probe().expect("the right answer");
        assert_eq!(runtime.provider().kind(), ProviderKind::Cpu);
        assert!(runtime.version().starts_with("1.") && runtime.library().is_file());
        assert!(runtime.notes().is_empty());
    }
}

#[test]
fn auto_says_why_it_takes_none_of_the_others() {
    let Some(runtime) = start("auto") else { return };
    let runtime = runtime.expect("started");
    if runtime.provider().kind() == ProviderKind::Cpu {
        let tried = ProviderKind::AUTO
            .iter()
            .filter(|kind| kind.flavor_here().is_some())
            .count();
        assert_eq!(runtime.notes().len(), tried, "{:?}", runtime.notes());
    }
}

#[test]
fn another_library_in_the_same_process_is_refused() {
    let Some(runtime) = start("cpu") else { return };
    let loaded = runtime.expect("started");
    let other = LibraryFile {
        path: "/another/libonnxruntime.so".into(),
        variable: None,
    };
    let error =
        Runtime::open(loaded.provider(), &[other], None).expect_err("one library a process");
    assert!(
        matches!(error, RuntimeError::AlreadyLoaded { .. }),
        "{error}"
    );
    let same = LibraryFile {
        path: loaded.library().to_owned(),
        variable: None,
    };
    Runtime::open(loaded.provider(), &[same], None).expect("the same one is fine");
}

#[test]
fn a_provider_that_cannot_work_is_an_error() {
    // No build has both of these, so whichever library is there, one of them is missing.
    let failures = ["openvino", "migraphx"]
        .into_iter()
        .filter_map(start)
        .filter_map(Result::err)
        .count();
    if start("cpu").is_some() {
        assert!(failures > 0);
    }
}
