use wasmtime::{Trap, WasmBacktrace};

use super::Report;
use crate::guest::OverMemory;
use crate::logs::clean_line;
use crate::policy::Outcome;
use crate::problem::Problem;
use crate::units::{Bytes, Milliseconds};

/// Functions of a trap's way that are told.
const FRAMES: usize = 16;

/// Why a call gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The plugin says so itself.
    #[error("{0}")]
    Problem(Problem),
    /// It broke.
    #[error("it broke: {reason}")]
    Trap {
        /// How.
        reason: String,
        /// The functions that it was in, the innermost first.
        functions: Vec<String>,
    },
    /// Its time was up.
    #[error("it took more than {0}")]
    Time(Milliseconds),
    /// It wanted too much memory.
    #[error("it needs more than {0} of memory")]
    Memory(Bytes),
    /// It left by itself, as programs do.
    #[error("it exited with status {0}, expected a result")]
    Exited(i32),
    /// What it gave cannot be used.
    #[error("what it gave cannot be used: {0}")]
    BadResult(String),
    /// It has no such hook.
    #[error("it has no hook `{0}`")]
    NoHook(crate::contract::Hook),
    /// Somebody stopped it.
    #[error("cancelled")]
    Cancelled,
    /// The host could not do its part.
    #[error("the host failed: {0}")]
    Host(String),
}

impl CallError {
    /// What this says about the plugin.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Problem(Problem::Cancelled) | Self::Cancelled => Outcome::Cancelled,
            Self::Problem(_) | Self::NoHook(_) | Self::Host(_) => Outcome::Returned,
            Self::Trap { .. }
            | Self::Time(_)
            | Self::Memory(_)
            | Self::Exited(_)
            | Self::BadResult(_) => Outcome::Broke,
        }
    }

    /// What the engine's error means.
    pub(super) fn from_engine(error: &wasmtime::Error, time: Milliseconds) -> Self {
        if let Some(interrupted) = error.downcast_ref::<Interrupted>() {
            return interrupted.clone().into_error(time);
        }
        if let Some(OverMemory { most }) = error.downcast_ref() {
            return Self::Memory(Bytes(*most as u64));
        }
        if let Some(exit) = error.downcast_ref::<wasmtime_wasi::I32Exit>() {
            return Self::Exited(exit.0);
        }
        let reason = match error.downcast_ref::<Trap>() {
            Some(Trap::UnreachableCodeReached) => {
                "it gave up (`unreachable`); its log may say why".to_owned()
            }
            Some(trap) => trap.to_string(),
            None => error.root_cause().to_string(),
        };
        let functions = error
            .downcast_ref::<WasmBacktrace>()
            .map(|trace| {
                let names = trace.frames().iter().take(FRAMES).map(|frame| {
                    let name = frame.func_name().unwrap_or("?");
                    clean_line(name, 200)
                });
                names.collect()
            })
            .unwrap_or_default();
        Self::Trap {
            reason: clean_line(&reason.lines().collect::<Vec<_>>().join(" "), 1_000),
            functions,
        }
    }
}

/// A call that gave nothing, and how it went until then.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}")]
pub struct Failed {
    /// Why.
    #[source]
    pub error: CallError,
    /// How it went.
    pub report: Report,
}

/// Why a running call was ended from outside.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Interrupted {
    #[error("its time was up")]
    Time,
    #[error("cancelled")]
    Cancelled,
}

impl Interrupted {
    pub(super) fn into_error(self, time: Milliseconds) -> CallError {
        match self {
            Self::Time => CallError::Time(time),
            Self::Cancelled => CallError::Cancelled,
        }
    }
}
