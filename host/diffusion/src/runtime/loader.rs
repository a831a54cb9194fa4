//! The operating system's library loader: with `arena`, the only place of this module that is `unsafe`.

use std::{error::Error, ffi::CStr, path::Path};

use libloading::Library;

use super::error::{RuntimeError, one_line};

/// Loads a library for good, so that whoever needs one of this name later gets it.
///
/// Both glibc and Windows resolve a dependency to a library that is already loaded under that name before they search
/// (<https://learn.microsoft.com/windows/win32/dlls/dynamic-link-library-search-order>): what we load from our own
/// folder is what ONNX Runtime's provider libraries find, without touching `LD_LIBRARY_PATH` or `PATH`.
pub(super) fn keep(library: &Path) -> Result<(), String> {
    let library = open(library)?;
    std::mem::forget(library);
    Ok(())
}

/// Whether the loader finds a library of this name by itself; if not, why not.
pub(super) fn find(name: &str) -> Result<(), String> {
    open(Path::new(name)).map(drop)
}

/// Loads an ONNX Runtime for good and tells its version, or says why the file is not one that serves.
///
/// `ort::init_from` asserts some of what is checked here and panics where it does not hold, so this has to come first.
pub(super) fn load_onnxruntime(path: &Path) -> Result<String, RuntimeError> {
    let library = open(path).map_err(|reason| RuntimeError::Unloadable {
        path: path.to_owned(),
        reason,
    })?;
    let version = onnxruntime_version(&library, path)?;
    std::mem::forget(library);
    Ok(version)
}

#[allow(unsafe_code)]
fn open(path: &Path) -> Result<Library, String> {
    #[cfg(windows)]
    // SAFETY: as below. The flag makes Windows search the library's own folder for what it needs: without it, the older
    // DirectML.dll of System32 would come before the one that was installed beside onnxruntime.dll.
    let library = unsafe {
        use libloading::os::windows::{LOAD_WITH_ALTERED_SEARCH_PATH, Library};
        let flags = if path.is_absolute() {
            LOAD_WITH_ALTERED_SEARCH_PATH
        } else {
            0
        };
        Library::load_with_flags(path, flags).map(libloading::Library::from)
    };
    #[cfg(not(windows))]
    // SAFETY: loading runs the library's initialisers, and nothing can prove foreign code sound. The paths that come
    // here are builds we pinned by hash, GPU vendors' libraries by their names, or a file that the user named as their
    // ONNX Runtime: code they have chosen to run in this process.
    let library = unsafe { Library::new(path) };

    library.map_err(|error| {
        // libloading's own text is "dlopen failed"; the loader's message, with the missing name in it, is the source.
        one_line(
            &error
                .source()
                .map_or_else(|| error.to_string(), ToString::to_string),
        )
    })
}

#[allow(unsafe_code)]
fn onnxruntime_version(library: &Library, path: &Path) -> Result<String, RuntimeError> {
    type GetApiBase = unsafe extern "system" fn() -> *const ort::sys::OrtApiBase;
    let other = || RuntimeError::NotOnnxRuntime(path.to_owned());

    // SAFETY: the symbol has had this name and type in every ONNX Runtime since 1.0, and is nobody else's:
    // https://github.com/microsoft/onnxruntime/blob/main/include/onnxruntime/core/session/onnxruntime_c_api.h
    let get_base = unsafe { library.get::<GetApiBase>(c"OrtGetApiBase") }.map_err(|_| other())?;
    // SAFETY: takes nothing, and returns null or a table that lives as long as the library, which we hold.
    let base = unsafe { get_base().as_ref() }.ok_or_else(other)?;
    // SAFETY: returns null or a C string that lives as long as the library.
    let version = unsafe {
        let text = (base.GetVersionString)();
        (!text.is_null()).then(|| CStr::from_ptr(text))
    };
    let version = version
        .and_then(|text| text.to_str().ok())
        .ok_or_else(other)?
        .to_owned();

    // SAFETY: returns null where the version is unknown to the library; we do not look behind the pointer.
    let has_our_api = || unsafe { !(base.GetApi)(ort::sys::ORT_API_VERSION).is_null() };
    if minor(&version) < Some(ort::MINOR_VERSION) || !has_our_api() {
        return Err(RuntimeError::TooOld {
            version,
            path: path.to_owned(),
            minimum: ort::MINOR_VERSION,
        });
    }
    Ok(version)
}

/// `1.24.1` → 24. Every release so far is a 1; ONNX Runtime counts the API by the second number.
pub(super) fn minor(version: &str) -> Option<u32> {
    version.strip_prefix("1.")?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minor_version_counts() {
        assert_eq!(minor("1.24.1"), Some(24));
        assert_eq!(minor("1.9"), Some(9));
        assert_eq!(minor("rel-1.20"), None);
        assert!(minor("1.9.0") < Some(20) && minor("nonsense") < Some(20));
    }

    #[test]
    fn a_text_file_is_no_library() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(&file, "not a library").expect("written");
        let error = load_onnxruntime(file.path()).expect_err("text");
        assert!(matches!(error, RuntimeError::Unloadable { .. }), "{error}");
        assert!(
            error
                .to_string()
                .contains("cannot be loaded as a library: "),
            "{error}"
        );
    }

    #[test]
    fn the_loader_says_what_is_missing() {
        let reason = find("libno-such-library-anywhere.so.7").expect_err("missing");
        assert!(
            !reason.contains('\n') && reason != "dlopen failed",
            "{reason}"
        );
    }

    /// A tiny library in the shape of ONNX Runtime, or of something else.
    #[cfg(unix)]
    fn compile(folder: &Path, code: &str) -> Option<std::path::PathBuf> {
        let (source, library) = (folder.join("fake.c"), folder.join("libfake.so"));
        std::fs::write(&source, code).expect("written");
        let mut compiler = std::process::Command::new("cc");
        compiler
            .args(["-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(&source);
        compiler.status().ok()?.success().then_some(library)
    }

    #[cfg(unix)]
    #[test]
    fn other_and_older_libraries_are_told_apart() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cases = [
            ("int unrelated(void) { return 1; }", "is a library, but not ONNX Runtime"),
            ("void *OrtGetApiBase(void) { return 0; }", "is a library, but not ONNX Runtime"),
            (
                "static void *api(unsigned v) { return 0; } static const char *version(void) { return \"1.10.0\"; }
                 static void *base[] = { (void *)api, (void *)version };
                 void *OrtGetApiBase(void) { return base; }",
                "ONNX Runtime 1.10.0 at ",
            ),
        ];
        for (index, (code, expected)) in cases.into_iter().enumerate() {
            let folder = folder.path().join(index.to_string());
            std::fs::create_dir(&folder).expect("a folder");
            let Some(library) = compile(&folder, code) else {
                return; // There is no C compiler here to make the fakes with.
            };
            let message = load_onnxruntime(&library)
                .expect_err("not what we need")
                .to_string();
            assert!(message.contains(expected), "{message}");
            if index == 2 {
                let rest = format!("is too old: at least 1.{} is needed", ort::MINOR_VERSION);
                assert!(message.ends_with(&rest), "{message}");
            }
        }
    }
}
