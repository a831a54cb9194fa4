//! ONNX Runtime: which build of it, where it is, and which provider computes.
//!
//! The library is loaded when it is needed, so that one program serves every machine: a build with CUDA inside, one with
//! OpenVINO, or the plain one ([`Flavor`]). They are installed into the data folder ([`install()`]) from the official
//! packages, with pinned hashes; or a library that is there already is named in `AQUATINT_RUNTIME`.
//!
//! ```no_run
//! # use aquatint_diffusion::runtime::{ProviderChoice, Runtime, RuntimeOptions};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = Runtime::start(&RuntimeOptions {
//!     data_dir: "/home/me/.local/share/aquatint".into(),
//!     provider: ProviderChoice::Auto,
//!     threads: None,
//! })?;
//! let session = runtime.session_builder()?.commit_from_file("unet.onnx")?;
//! # Ok(())
//! # }
//! ```
//!
//! A provider that was asked for and does not work is an error; only `auto` goes on to another one, and
//! [`Runtime::notes`] says why.

mod arena;
mod error;
mod fetch;
mod flavor;
mod install;
mod installed;
mod library;
mod loader;
mod probe;
mod probe_model;
mod process;
mod provider;
mod providers;
mod threads;
mod unpack;
mod wheels;

use std::path::{Path, PathBuf};

use ort::session::{
    Session,
    builder::{GraphOptimizationLevel, SessionBuilder},
};

pub use arena::MODEL_MEMORY;
pub use error::RuntimeError;
pub use flavor::{Flavor, Platform};
pub use install::{OnProgress, Progress, Step, install};
pub use installed::{Installed, installed, remove};
pub use library::{LibraryFile, from_environment};
pub use probe::{Candidate, Probed, candidates, probe};
pub use provider::{Provider, ProviderChoice, ProviderKind};
pub use wheels::Build;

pub(crate) use error::onnxruntime_message as plain_message;

/// What a [`Runtime`] is started with.
#[derive(Debug, Clone)]
pub struct RuntimeOptions {
    /// The folder that runtimes are installed in.
    pub data_dir: PathBuf,
    /// What computes.
    pub provider: ProviderChoice,
    /// Threads an operation is spread over; `None` is one for each physical core.
    pub threads: Option<usize>,
}

/// A loaded ONNX Runtime and a provider that works with it.
#[derive(Debug, Clone)]
pub struct Runtime {
    loaded: process::Loaded,
    provider: Provider,
    threads: usize,
    notes: Vec<String>,
}

impl Runtime {
    /// Loads the library that has the provider, and makes sure that the provider works.
    ///
    /// May be called many times in a process, as long as it comes to the same library each time.
    pub fn start(options: &RuntimeOptions) -> Result<Self, RuntimeError> {
        let start = |provider: &Provider| {
            require(provider)?;
            Self::open(
                provider,
                &library::candidates(provider, &options.data_dir)?,
                options.threads,
            )
        };
        let provider = match &options.provider {
            ProviderChoice::Named(provider) => return start(provider),
            ProviderChoice::Auto => ProviderKind::AUTO,
        };
        let mut notes = Vec::new();
        for kind in provider
            .into_iter()
            .filter(|kind| kind.flavor_here().is_some())
        {
            match start(&kind.into()) {
                Ok(runtime) => return Ok(Self { notes, ..runtime }),
                Err(error) => notes.push(format!("{}: {error}", kind.name())),
            }
        }
        Ok(Self {
            notes,
            ..start(&ProviderKind::Cpu.into())?
        })
    }

    fn open(
        provider: &Provider,
        candidates: &[LibraryFile],
        threads: Option<usize>,
    ) -> Result<Self, RuntimeError> {
        let (library, loaded) = process::load(candidates)?;
        let backend = provider.kind().backend();
        if !backend.is_compiled_in()? {
            return Err(RuntimeError::NotCompiledIn {
                provider: backend.name(),
                version: loaded.version,
                path: loaded.path,
                flavor: provider.kind().flavor_here(),
                variable: library.variable,
            });
        }
        if let Some(folder) = loaded.path.parent() {
            backend.preload(folder);
        }
        let threads = threads.unwrap_or_else(threads::default_count).max(1);
        let runtime = Self {
            loaded,
            provider: provider.clone(),
            threads,
            notes: Vec::new(),
        };
        // Registering the provider loads its libraries: now is the time to notice that one is missing.
        runtime.session_builder()?;
        if backend.is_probed_at_start() {
            runtime.probe()?;
        }
        Ok(runtime)
    }

    /// The beginning of a session on this provider. If the provider cannot be had, that is an error here, never a
    /// session on another one; single operations that it lacks do run on the CPU.
    pub fn session_builder(&self) -> Result<SessionBuilder, RuntimeError> {
        let builder = Session::builder(&self.loaded.environment)?
            .with_optimization_level(GraphOptimizationLevel::All)?
            .with_intra_threads(self.threads)?;
        let providers = self
            .provider
            .kind()
            .backend()
            .dispatch(self.provider.setting(), self.threads);
        builder
            .with_execution_providers(providers)
            .map_err(|error| fails(&self.provider, error.message()))
    }

    /// The beginning of a session for a model that somebody else made: what it takes on the CPU is bounded, together
    /// with all others of its kind in this process, and bytes in other formats than ONNX are refused.
    pub(crate) fn bounded_session_builder(&self) -> Result<SessionBuilder, RuntimeError> {
        let mut builder = self
            .session_builder()?
            .with_config_entry("session.load_model_format", "ONNX")?;
        if self.has_bounded_arena() {
            builder = builder.with_env_allocators()?;
        }
        // What is computed once, while loading, is not in the arena.
        if self.loaded.minor() >= arena::FOLDING_BOUND_SINCE {
            let key = "optimization.constant_folding_max_output_size_in_bytes";
            builder = builder.with_config_entry(key, arena::MOST_FOLDED.to_string())?;
        } else {
            builder = builder.with_disabled_optimizers("ConstantFolding")?;
        }
        Ok(builder)
    }

    /// Whether the sessions of [`Runtime::bounded_session_builder`] share an arena with a bound. Some builds of ONNX
    /// Runtime have no arenas.
    pub(crate) fn has_bounded_arena(&self) -> bool {
        arena::is_registered(&self.loaded.environment)
    }

    /// Runs a tiny graph on the provider and checks the answer.
    pub fn probe(&self) -> Result<(), RuntimeError> {
        probe::run(
            self.session_builder()?,
            self.provider.kind() == ProviderKind::Cpu,
        )
        .map_err(|error| match error {
            RuntimeError::Ort(reason) => fails(&self.provider, &reason),
            other => other,
        })
    }

    /// What computes.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// The library file that is loaded.
    pub fn library(&self) -> &Path {
        &self.loaded.path
    }

    /// The version of ONNX Runtime.
    pub fn version(&self) -> &str {
        &self.loaded.version
    }

    /// Threads an operation is spread over.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// With `auto`: why each provider that comes before the chosen one is not it, one line each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Makes sure that what a provider needs of the machine is there, before a library is loaded for it.
fn require(provider: &Provider) -> Result<(), RuntimeError> {
    let fails = |reason| RuntimeError::ProviderFails {
        provider: provider.to_string(),
        reason,
    };
    provider.kind().backend().is_present().map_err(fails)
}

/// The provider's failure, with the remedy that its file knows.
fn fails(provider: &Provider, reason: &str) -> RuntimeError {
    let reason = error::onnxruntime_message(reason);
    let remedy = provider.kind().backend().remedy();
    let reason = if remedy.is_empty() {
        reason
    } else {
        format!("{}; {remedy}", reason.trim_end_matches('.'))
    };
    RuntimeError::ProviderFails {
        provider: provider.to_string(),
        reason,
    }
}

#[cfg(test)]
mod tests;
