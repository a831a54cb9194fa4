//! What can stand between a person and a working ONNX Runtime: one line each, with the cause and the remedy.

use std::path::{Path, PathBuf};

use super::flavor::{Flavor, Platform};

/// Why a runtime could not be found, fetched, loaded or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// A provider's name that is not one.
    #[error("unknown provider `{given}`{}: the providers are {known}", did_you_mean(.nearest.as_deref()))]
    UnknownProvider {
        /// What was written.
        given: String,
        /// The known name nearest to it, when one is near.
        nearest: Option<String>,
        /// All names, for the reader.
        known: String,
    },

    /// What follows the colon in `provider:setting` makes no sense.
    #[error("provider `{provider}` cannot take `{given}`: {expected}")]
    BadSetting {
        /// The provider's name.
        provider: &'static str,
        /// What followed the colon.
        given: String,
        /// What may follow it.
        expected: &'static str,
    },

    /// A name given to `aquatint runtime install` or `remove` that is not a runtime's.
    #[error("unknown runtime `{given}`{}: the runtimes are {known}", did_you_mean(.nearest.as_deref()))]
    UnknownFlavor {
        /// What was written.
        given: String,
        /// The known name nearest to it, when one is near.
        nearest: Option<String>,
        /// All names, for the reader.
        known: String,
    },

    /// No build that has the provider is installed. The caller may install it and start again.
    #[error(
        "ONNX Runtime for `{provider}` is not installed: run `aquatint runtime install {flavor}`, \
         or name a library file in AQUATINT_RUNTIME"
    )]
    NotInstalled {
        /// The provider that was asked for.
        provider: &'static str,
        /// The runtime that would serve it.
        flavor: Flavor,
    },

    /// What is installed is no longer as it was written.
    #[error(
        "the runtime `{flavor}` is damaged ({damage}): run `aquatint runtime install {flavor}` to replace it"
    )]
    Damaged {
        /// The runtime.
        flavor: Flavor,
        /// What is wrong with it.
        damage: String,
    },

    /// Nobody publishes such a build.
    #[error("no ONNX Runtime with `{wanted}` is published for {}", platform_name(*.platform))]
    NoBuild {
        /// The runtime's or the provider's name.
        wanted: &'static str,
        /// Where we run; `None` where nothing at all is published.
        platform: Option<Platform>,
    },

    /// `aquatint runtime remove` of what is not there.
    #[error("the runtime `{0}` is not installed")]
    NothingToRemove(Flavor),

    /// An environment variable names no usable library.
    #[error("{variable} is set, but {source}")]
    FromVariable {
        /// The variable's name.
        variable: &'static str,
        /// What is wrong with the file.
        source: Box<RuntimeError>,
    },

    /// The library's path leads nowhere.
    #[error("{} does not exist", .0.display())]
    NoSuchLibrary(PathBuf),

    /// The library's path leads to a folder.
    #[error("{} is not a file: name the library file itself (libonnxruntime.so…, onnxruntime.dll)", .0.display())]
    NotAFile(PathBuf),

    /// The operating system's loader refuses the file.
    #[error("{} cannot be loaded as a library: {reason}", .path.display())]
    Unloadable {
        /// The file.
        path: PathBuf,
        /// The loader's own words.
        reason: String,
    },

    /// A library, but another one.
    #[error("{} is a library, but not ONNX Runtime: it exports no usable OrtGetApiBase", .0.display())]
    NotOnnxRuntime(PathBuf),

    /// An ONNX Runtime older than what we are written for.
    #[error("ONNX Runtime {version} at {} is too old: at least 1.{minimum} is needed", .path.display())]
    TooOld {
        /// The version it says it is.
        version: String,
        /// The file.
        path: PathBuf,
        /// The lowest minor version that serves.
        minimum: u32,
    },

    /// A process can hold one ONNX Runtime, and holds another one.
    #[error(
        "this process already uses the ONNX Runtime at {}: {} needs a process of its own",
        .loaded.display(), .wanted.display()
    )]
    AlreadyLoaded {
        /// The one in use.
        loaded: PathBuf,
        /// The one that was to be loaded.
        wanted: PathBuf,
    },

    /// The library was built without the provider.
    #[error(
        "ONNX Runtime {version} at {} was built without `{provider}`{}",
        .path.display(), remedy(*.flavor, *.variable)
    )]
    NotCompiledIn {
        /// The provider that was asked for.
        provider: &'static str,
        /// The library's version.
        version: String,
        /// The library.
        path: PathBuf,
        /// The runtime for this machine that has the provider, if one is published.
        flavor: Option<Flavor>,
        /// The variable that chose this library, if one did.
        variable: Option<&'static str>,
    },

    /// The provider is compiled in, but cannot work on this machine.
    #[error("`{provider}` does not work here: {reason}")]
    ProviderFails {
        /// The provider that was asked for.
        provider: String,
        /// What is missing, in the words of whoever missed it, and the remedy.
        reason: String,
    },

    /// ONNX Runtime refused something that has nothing to do with the provider.
    #[error("ONNX Runtime: {0}")]
    Ort(String),

    /// Neither pip nor uv can be run.
    #[error(
        "ONNX Runtime is fetched with pip, and none was found: install Python's pip (python3-pip) or uv, \
         or name a library you already have in AQUATINT_RUNTIME"
    )]
    NoFetcher,

    /// pip was run, and failed.
    #[error("`{command}` could not fetch {wheel}: {reason}")]
    FetchFailed {
        /// What was run.
        command: String,
        /// The file that was wanted.
        wheel: &'static str,
        /// What it said.
        reason: String,
    },

    /// What arrived is not what we pinned.
    #[error(
        "{wheel} is not the file it should be (sha256 {found}, expected {expected}): nothing was installed"
    )]
    HashMismatch {
        /// The file.
        wheel: &'static str,
        /// The pinned hash.
        expected: &'static str,
        /// The hash of what arrived.
        found: String,
    },

    /// A wheel that is no archive, or one that would write where it must not.
    #[error("{wheel} cannot be unpacked: {reason}")]
    BadWheel {
        /// The file.
        wheel: &'static str,
        /// What is wrong with it.
        reason: String,
    },

    /// The progress callback asked to stop.
    #[error("stopped; nothing was installed")]
    Cancelled,

    /// The file system refused.
    #[error("cannot {doing} {}: {source}", .path.display())]
    Io {
        /// What we were about to do.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
}

impl RuntimeError {
    /// For `map_err`: an I/O error with what was being done to which path.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}

/// ONNX Runtime's errors, whatever they would let us recover, as one line.
impl<R> From<ort::Error<R>> for RuntimeError {
    fn from(error: ort::Error<R>) -> Self {
        Self::Ort(onnxruntime_message(error.message()))
    }
}

/// What ONNX Runtime says went wrong, without where in its source code: what it prints before its error code, and the
/// machine and expression that CUDA's failures end with.
pub(crate) fn onnxruntime_message(message: &str) -> String {
    let message = one_line(message);
    let said = match message.rsplit_once("[ONNXRuntimeError] : ") {
        Some((_, rest)) => rest.splitn(3, " : ").last().unwrap_or(rest),
        None => &message,
    };
    said.split(" ; GPU=").next().unwrap_or(said).to_owned()
}

/// Messages of other programs, made fit for one line.
pub(super) fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The candidate that `given` is most likely a misspelling of.
pub(super) fn nearest<'a>(
    given: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<String> {
    candidates
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min()
        .map(|(_, name)| name.to_owned())
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|name| format!(" (did you mean `{name}`?)"))
        .unwrap_or_default()
}

fn platform_name(platform: Option<Platform>) -> String {
    platform.map_or_else(
        || format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        |platform| platform.to_string(),
    )
}

fn remedy(flavor: Option<Flavor>, variable: Option<&str>) -> String {
    match (flavor, variable) {
        (Some(flavor), Some(name)) => {
            format!(": unset {name} and run `aquatint runtime install {flavor}`")
        }
        (Some(flavor), None) => format!(": run `aquatint runtime install {flavor}`"),
        (None, _) => ", and none with it is published for this machine".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_comes_without_the_source_code() {
        for (message, expected) in [
            (
                "/src/provider_bridge_ort.cc:2043 Provider& Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load \
                 library /a/libx.so with error: libcublasLt.so.13: cannot open shared object file",
                "Failed to load library /a/libx.so with error: libcublasLt.so.13: cannot open shared object file",
            ),
            (
                "CUDA failure 35: driver too old ; GPU=-1 ; hostname=vm ; file=x",
                "CUDA failure 35: driver too old",
            ),
            (
                "[ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : a :\n b",
                "a : b",
            ),
            ("plain\n  words", "plain words"),
        ] {
            assert_eq!(onnxruntime_message(message), expected);
        }
    }

    #[test]
    fn only_near_names_are_offered() {
        let near = |given| nearest(given, ["cpu", "cuda", "openvino"].into_iter());
        assert_eq!(near("cdua").as_deref(), Some("cuda"));
        assert_eq!(near("opnvno").as_deref(), Some("openvino"));
        assert_eq!(near("metal"), None);
    }
}
