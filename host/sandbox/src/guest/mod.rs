//! What the host keeps for one call of one plugin: everything is made for it and thrown away after it.

#![allow(
    unreachable_pub,
    reason = "the generated bindings export what resources are made of"
)]

pub(crate) mod away;
mod budget;
mod clock;
mod convert;
mod entropy;
mod limiter;
mod output;
mod refused;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::contract::Hook;
use crate::logs::LogBudget;
use crate::manifest::Limits;
use crate::permissions::PermissionSet;
use crate::pixels::Picture;
use crate::plugin::{Job, LogLine, Phase};
use crate::problem::Problem;
use crate::services::{Data, Model};
use crate::shelf::Shelf;
use crate::stop::{Deadline, Stop};
use crate::tensor::Tensor;

pub(crate) use budget::Budget;
pub use budget::Held;
pub(crate) use clock::{Coarse, SystemClocks, VirtualClock, VirtualClocks, VirtualTime};
pub(crate) use convert::{from_params, request_params, to_params};
pub(crate) use entropy::{Entropy, SystemEntropy};
pub(crate) use limiter::{Limiter, OverMemory};
pub(crate) use output::Output;
pub(crate) use refused::{Refused, refuse};

pub(crate) type WitProblem = crate::bindings::interfaces::types::Problem;

/// The data of a store.
pub(crate) struct Guest {
    pub(crate) table: ResourceTable,
    pub(crate) wasi: WasiCtx,
    pub(crate) clock: VirtualClock,
    pub(crate) entropy: Entropy,
    pub(crate) system_entropy: SystemEntropy,
    pub(crate) limiter: Limiter,
    pub(crate) limits: Limits,
    pub(crate) budget: Budget,
    pub(crate) granted: Arc<PermissionSet>,
    pub(crate) assets: Arc<BTreeMap<String, Vec<u8>>>,
    /// Which hook is being called; `None` while the plugin describes itself.
    pub(crate) hook: Option<Hook>,
    pub(crate) job: Job,
    pub(crate) named: BTreeMap<String, HeldPicture>,
    pub(crate) log: SharedLog,
    pub(crate) deadline: Arc<Deadline>,
    pub(crate) asked_time: bool,
    pub(crate) host_calls: u64,
    pub(crate) shelf: Option<Shelf>,
    /// What is open of what the plugin asked to be drawn: each is held by its ticket and by the thread that draws.
    pub(crate) drawings: Vec<Weak<()>>,
    /// When progress was last told.
    pub(crate) told: Option<Instant>,
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl wasmtime_wasi_io::IoView for Guest {
    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }
}

impl Guest {
    /// Counts a call of a host function.
    pub(crate) fn count(&mut self) {
        self.host_calls += 1;
    }

    /// A handle for something that was made, which takes this many pixels of the budget.
    pub(crate) fn hold<T: Send + 'static>(
        &mut self,
        pixels: u64,
        value: T,
    ) -> Result<Resource<Held<T>>, Refused> {
        let charge = self.budget.take(pixels)?;
        Ok(self.table.push(Held::charged(value, charge))?)
    }

    /// Something that is about to be changed, with a charge of its own.
    pub(crate) fn changing<T: Send + 'static>(
        &mut self,
        handle: &Resource<Held<T>>,
        pixels: u64,
    ) -> Result<&mut T, Refused> {
        let held = self.table.get_mut(handle)?;
        held.own(&self.budget, pixels)?;
        Ok(&mut held.value)
    }

    /// Refuses to move more bytes than one call may.
    pub(crate) fn check_transfer(&self, bytes: u64) -> Result<(), Refused> {
        let most = &self.limits.transfer;
        if bytes > most.0 {
            return refuse(Problem::Exhausted(format!(
                "{bytes} bytes in one call, the limit is {most}: move windows instead"
            )));
        }
        Ok(())
    }
}

/// A picture that a plugin has a handle of.
pub type HeldPicture = Held<Picture>;

/// A tensor that a plugin has a handle of.
pub type HeldTensor = Held<Tensor>;

/// A tensor of a model.
pub type RawTensor = Held<Data>;

/// A moment in the drawing of a picture.
pub struct HeldMoment {
    pub(crate) phase: Phase,
    pub(crate) step: u32,
    pub(crate) steps: u32,
    pub(crate) sigma: f32,
    pub(crate) predicted: Option<Tensor>,
    /// What earlier moments of the same picture kept, and what this one keeps if it ends well.
    pub(crate) kept: BTreeMap<String, Tensor>,
}

/// Pictures that are being drawn for a script.
pub struct Ticket {
    pub(crate) drawing: Option<away::Answer<Vec<Picture>>>,
    /// Whether the drawing is over, whatever came of it.
    pub(crate) over: Arc<AtomicBool>,
    pub(crate) stop: Stop,
    pub(crate) cancelled: bool,
    pub(crate) open: Option<Arc<()>>,
}

impl Ticket {
    pub(crate) fn is_over(&self) -> bool {
        self.drawing.is_none() || self.over.load(Ordering::Acquire)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.stop.set();
    }
}

/// A model.
pub struct HeldGraph {
    pub(crate) model: Arc<dyn Model>,
}

/// The log of a call, which its output streams write to as well.
#[derive(Clone)]
pub(crate) struct SharedLog(Arc<Mutex<Log>>);

struct Log {
    budget: LogBudget,
    lines: Vec<LogLine>,
}

impl SharedLog {
    pub(crate) fn new(budget: LogBudget) -> Self {
        Self(Arc::new(Mutex::new(Log {
            budget,
            lines: Vec::new(),
        })))
    }

    pub(crate) fn write(
        &self,
        level: tracing::Level,
        message: &str,
        fields: Vec<(String, String)>,
    ) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = log.budget.take(message);
        for text in lines {
            log.lines.push(LogLine {
                level,
                text,
                fields: fields.clone(),
            });
        }
    }

    /// All lines, and how many were not kept.
    pub(crate) fn take(&self) -> Vec<LogLine> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = std::mem::take(&mut log.lines);
        if let Some(text) = log.budget.summary() {
            lines.push(LogLine {
                level: tracing::Level::WARN,
                text,
                fields: Vec::new(),
            });
        }
        lines
    }
}
