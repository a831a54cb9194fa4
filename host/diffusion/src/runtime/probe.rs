//! Whether a provider really works here: a tiny graph is run on it, and its answer checked.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use ort::{
    session::{Session, builder::SessionBuilder},
    value::Tensor,
};

use super::error::RuntimeError;
use super::installed::installed;
use super::library::{self, LibraryFile};
use super::provider::{Provider, ProviderKind};
use super::{Runtime, probe_model, require};

/// A provider that was tried, and did what it should.
#[derive(Debug, Clone)]
pub struct Probed {
    /// ONNX Runtime's version.
    pub version: String,
    /// How long loading the library, making a session and running it took.
    pub took: Duration,
}

/// A library to try a provider with, or why there is none.
#[derive(Debug)]
pub struct Candidate {
    /// The provider.
    pub provider: ProviderKind,
    /// The library, or what stands in the way.
    pub library: Result<PathBuf, RuntimeError>,
}

/// Every pair of provider and library that could work on this machine, and those that lack a library.
///
/// A process can hold one library, so each pair wants a process of its own to be tried in.
pub fn candidates(data_dir: &Path) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for provider in ProviderKind::ALL {
        match libraries(provider, data_dir) {
            Ok(libraries) => {
                let pair = |library: LibraryFile| Candidate {
                    provider,
                    library: Ok(library.path),
                };
                candidates.extend(libraries.into_iter().map(pair));
            }
            Err(error) => candidates.push(Candidate {
                provider,
                library: Err(error),
            }),
        }
    }
    candidates
}

fn libraries(provider: ProviderKind, data_dir: &Path) -> Result<Vec<LibraryFile>, RuntimeError> {
    let found = library::candidates(&provider.into(), data_dir);
    let Err(RuntimeError::NotInstalled { flavor, .. }) = &found else {
        return found;
    };
    if let Some(damage) = installed(data_dir)
        .into_iter()
        .find(|it| it.flavor == *flavor)
        .and_then(|it| it.damage)
    {
        return Err(RuntimeError::Damaged {
            flavor: *flavor,
            damage,
        });
    }
    // Nobody should install a gigabyte to be told that there is no driver.
    require(&provider.into()).and(found)
}

/// Loads a library into this process and tries a provider with it.
pub fn probe(library: &Path, provider: &Provider) -> Result<Probed, RuntimeError> {
    let start = Instant::now();
    let named = library::from_environment()
        .ok()
        .flatten()
        .filter(|named| named.path == library);
    let library = named.unwrap_or(LibraryFile {
        path: library.to_owned(),
        variable: None,
    });
    require(provider)?;
    let runtime = Runtime::open(provider, &[library], None)?;
    runtime.probe()?;
    Ok(Probed {
        version: runtime.version().to_owned(),
        took: start.elapsed(),
    })
}

/// Runs the graph. Where there is a provider beside the CPU's, it must take the whole graph: otherwise ONNX Runtime
/// would run it on the CPU without a word (<https://github.com/pykeio/ort/issues/567>).
pub(super) fn run(builder: SessionBuilder, on_cpu: bool) -> Result<(), RuntimeError> {
    let mut builder = if on_cpu {
        builder
    } else {
        builder.with_disable_cpu_fallback()?
    };
    let mut session: Session =
        builder
            .commit_from_memory(&probe_model::bytes())
            .map_err(|error| {
                if error
                    .message()
                    .contains("fallback to CPU EP has been explicitly disabled")
                {
                    let reason = "it leaves parts of a tiny graph to the CPU";
                    return RuntimeError::Ort(reason.to_owned());
                }
                error.into()
            })?;
    let input = Tensor::from_array(([1_usize, 1, 2, 3], probe_model::INPUT.to_vec()))?;
    let outputs = session.run(ort::inputs!["x" => input])?;
    let (_, answer) = outputs[0].try_extract_tensor::<f32>()?;
    let right = answer.len() == probe_model::OUTPUT.len()
        && answer
            .iter()
            .zip(probe_model::OUTPUT)
            .all(|(got, expected)| (got - expected).abs() < 1e-3);
    if right {
        return Ok(());
    }
    Err(RuntimeError::Ort(format!(
        "a tiny graph gives {answer:?} instead of {:?}",
        probe_model::OUTPUT
    )))
}
