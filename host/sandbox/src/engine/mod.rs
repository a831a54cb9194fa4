//! The engine: what components are compiled with and run on. One for the whole process.

mod cache;
mod compiler;
mod ticker;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::Component;
use wasmtime::{Config, Strategy, WasmBacktraceDetails, WasmFeatures};

use crate::digest::Digest;
use crate::prescan;
use cache::Cache;

pub use compiler::{CompileError, Compiler, run_compiler};
pub(crate) use ticker::TICK;

/// Bytes of stack that a plugin may use. Deep recursion traps; host functions have what is left of [`FIBER`].
const WASM_STACK: usize = 1 << 20;
const FIBER: usize = 3 << 20;

/// The engine. Clones are one.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    wasmtime: wasmtime::Engine,
    compiler: Compiler,
    cache: Option<Cache>,
    _ticker: ticker::Ticker,
}

/// How an [`Engine`] is set up.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where compiled components are kept, so that each is compiled once. Nobody else may write there: what is in it
    /// is run. `None` keeps nothing.
    pub cache: Option<PathBuf>,
    /// Who compiles.
    pub compiler: Compiler,
}

/// The engine could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("WebAssembly cannot run on this machine: {0}")]
pub struct EngineError(String);

impl Engine {
    /// Sets it up.
    ///
    /// # Errors
    /// The machine lacks what WebAssembly needs.
    pub fn new(options: Options) -> Result<Self, EngineError> {
        let wasmtime =
            wasmtime::Engine::new(&config()).map_err(|error| EngineError(format!("{error:#}")))?;
        let cache = options.cache.map(|folder| Cache::new(folder, &wasmtime));
        Ok(Self {
            inner: Arc::new(Inner {
                _ticker: ticker::Ticker::start(&wasmtime),
                wasmtime,
                compiler: options.compiler,
                cache,
            }),
        })
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::Engine {
        &self.inner.wasmtime
    }

    /// A component that passed [`prescan`](crate::prescan::prescan), ready to be linked: from the cache, or compiled.
    ///
    /// # Errors
    /// The compiler refuses it, takes too long, or fails.
    pub fn compile(&self, bytes: &[u8], digest: &Digest) -> Result<Compiled, CompileError> {
        if let Some(component) = self
            .inner
            .cache
            .as_ref()
            .and_then(|cache| cache.get(&self.inner.wasmtime, digest))
        {
            return Ok(Compiled {
                component,
                from_cache: true,
            });
        }
        let artifact = self.inner.compiler.compile(self.wasmtime(), bytes)?;
        if let Some(cache) = &self.inner.cache
            && let Err(error) = cache.put(digest, &artifact)
        {
            // Only time is lost.
            tracing::warn!(%error, "a compiled plugin could not be kept");
        }
        let component = cache::load(self.wasmtime(), &artifact)
            .map_err(|error| CompileError::Refused(format!("{error:#}")))?;
        Ok(Compiled {
            component,
            from_cache: false,
        })
    }

    /// Where compiled components are kept.
    #[must_use]
    pub fn cache_folder(&self) -> Option<&Path> {
        self.inner.cache.as_ref().map(Cache::folder)
    }
}

/// A component as machine code.
pub struct Compiled {
    pub(crate) component: Component,
    /// Whether it was compiled before.
    pub from_cache: bool,
}

/// Reasons are beside each; `wasm-hosts.md`'s advisories are why so much is off.
fn config() -> Config {
    let mut config = Config::new();
    config.strategy(Strategy::Cranelift);
    // Exactly what `prescan` lets through: one list, two readers. Nothing that is not on it is compiled.
    let wanted = prescan::features();
    for (_, feature) in WasmFeatures::all().iter_names() {
        if !always_on(feature) {
            config.wasm_features(feature, wanted.contains(feature));
        }
    }
    config.epoch_interruption(true);
    config.max_wasm_stack(WASM_STACK);
    config.async_stack_size(FIBER);
    // What one call left on a stack is none of the next one's business.
    config.async_stack_zeroing(true);
    config.shared_memory(false);
    // The same picture on every machine: relaxed instructions have one meaning.
    config.relaxed_simd_deterministic(true);
    // The bits of a NaN are the same in each run on one kind of processor, and what plugins hand over has one form of it or
    // none (`pixels::convert`, `tensor`). To give each the same bits on all kinds makes vectors of floats 2.5 times slower.
    config.cranelift_nan_canonicalization(false);
    // A trap names the functions it went through, for authors.
    config.wasm_backtrace_max_frames(NonZeroUsize::new(32));
    config.wasm_backtrace_details(WasmBacktraceDetails::Disable);
    config
}

/// Parts of the first version, which the engine has no switch for.
fn always_on(feature: WasmFeatures) -> bool {
    [
        WasmFeatures::MUTABLE_GLOBAL,
        WasmFeatures::SATURATING_FLOAT_TO_INT,
        WasmFeatures::SIGN_EXTENSION,
        WasmFeatures::FLOATS,
        WasmFeatures::GC_TYPES,
    ]
    .contains(&feature)
}

/// How long a component may take to compile. An interpreter of 20 MB takes some 20 seconds of one core.
pub const COMPILE_TIME: Duration = Duration::from_secs(180);
