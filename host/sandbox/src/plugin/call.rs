//! One call: a fresh instance, its bounds, and what is left when it is over.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use wasmtime::component::{Instance, ResourceTable};
use wasmtime::{Store, UpdateDeadline};
use wasmtime_wasi::WasiCtx;

use super::error::Interrupted;
use super::{CallError, Done, Failed, Job, Plugin, Report};
use crate::contract::Hook;
use crate::engine::TICK;
use crate::guest::{
    Budget, Coarse, Entropy, Guest, Limiter, Output, SharedLog, SystemEntropy, VirtualClock,
};
use crate::logs::{LogBudget, LogLimits};
use crate::manifest::Limits;
use crate::permissions::Permission;
use crate::problem::Problem;
use crate::shelf::Shelf;
use crate::stop::{Deadline, Stop};

/// Bytes beside pixels that one exchange with a plugin may take: texts, lists.
const SLACK: u64 = 1 << 20;
/// The stack of the thread that a call runs on. The plugin's own is elsewhere.
const THREAD_STACK: usize = 4 << 20;

/// A call under way.
pub(super) struct Call<'a> {
    pub(super) store: &'a mut Store<Guest>,
    pub(super) instance: Instance,
}

/// What a call is done with: what the plugin's export said, or the engine's error.
pub(super) type Answer<T> = wasmtime::Result<Result<T, CallError>>;

impl Plugin {
    /// Calls the plugin within `limits`. `body` gets a fresh instance; what it gives counts if it gives it in time.
    pub(super) fn run<T, F>(
        &self,
        hook: Option<Hook>,
        job: &Job,
        limits: Limits,
        body: F,
    ) -> Result<Done<T>, Failed>
    where
        T: Send,
        F: AsyncFnOnce(&mut Call<'_>) -> Answer<T> + Send,
    {
        let call = || self.run_here(hook, job, limits, body);
        let result = if tokio::runtime::Handle::try_current().is_ok() {
            on_a_thread(call)
        } else {
            catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err(panicked()))
        };
        let (report, failed) = match &result {
            Ok(done) => (&done.report, false),
            Err(failed) => (&failed.report, true),
        };
        if hook.is_some() {
            self.metrics.add(report, failed);
        }
        result
    }

    fn run_here<T, F>(
        &self,
        hook: Option<Hook>,
        job: &Job,
        limits: Limits,
        body: F,
    ) -> Result<Done<T>, Failed>
    where
        F: AsyncFnOnce(&mut Call<'_>) -> Answer<T>,
    {
        let started = Instant::now();
        let deadline = Arc::new(Deadline::after(limits.time.duration()));
        let log = SharedLog::new(LogBudget::new(LogLimits::of_bytes(
            usize::try_from(limits.log.0).unwrap_or(usize::MAX),
        )));
        let outputs = [tracing::Level::INFO, tracing::Level::WARN]
            .map(|level| Output::new(level, log.clone()));
        let guest = self.guest(hook, job, limits, &deadline, &log, &outputs);
        let mut store = self.store(guest);

        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let mut result = match runtime {
            Ok(runtime) => runtime
                .block_on(watched(&deadline, &job.stop, async {
                    let instance = self.instance.instantiate_async(&mut store).await?;
                    let mut call = Call {
                        store: &mut store,
                        instance,
                    };
                    body(&mut call).await
                }))
                .unwrap_or_else(|error| Ok(Err(error.into_error(limits.time))))
                .unwrap_or_else(|error| Err(CallError::from_engine(&error, limits.time))),
            Err(error) => Err(CallError::Host(error.to_string())),
        };
        // Whether the host or the plugin saw it first is chance.
        if job.stop.is_set() && matches!(result, Err(CallError::Problem(Problem::Cancelled))) {
            result = Err(CallError::Cancelled);
        }
        // All or nothing: what the plugin keeps is kept only now.
        let guest = store.data_mut();
        if result.is_ok()
            && let Some(shelf) = guest.shelf.take()
            && let Err(problem) = shelf.commit()
        {
            result = Err(match problem {
                Problem::Exhausted(_) => CallError::Problem(problem),
                problem => CallError::Host(problem.to_string()),
            });
        }
        for output in &outputs {
            output.finish();
        }
        let report = Report {
            time: started.elapsed(),
            peak_memory: guest.limiter.peak(),
            host_calls: guest.host_calls,
            log: log.take(),
            asked_time: guest.asked_time,
        };
        match result {
            Ok(value) => Ok(Done { value, report }),
            Err(error) => Err(Failed { error, report }),
        }
    }

    fn guest(
        &self,
        hook: Option<Hook>,
        job: &Job,
        limits: Limits,
        deadline: &Arc<Deadline>,
        log: &SharedLog,
        [stdout, stderr]: &[Output; 2],
    ) -> Guest {
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles as usize);
        let mut wasi = WasiCtx::builder();
        wasi.stdout(stdout.clone()).stderr(stderr.clone());
        // For who has the permission; the others have no way to them.
        let clocks = Coarse::begin();
        wasi.wall_clock(clocks).monotonic_clock(clocks);
        let quota = self.granted.iter().find_map(|permission| match permission {
            Permission::Store(quota) => Some(quota.0),
            _ => None,
        });
        let shelf = match (quota, &self.store) {
            (Some(quota), Some(folder)) => {
                let name = format!("{}.store", self.manifest().id);
                Some(Shelf::at(folder.join(name), quota))
            }
            _ => None,
        };
        Guest {
            table,
            wasi: wasi.build(),
            clock: VirtualClock::default(),
            entropy: Entropy::of_job(job.seed),
            system_entropy: SystemEntropy,
            limiter: Limiter::new(limits.memory.0),
            limits,
            budget: Budget::new(limits.pixels),
            granted: self.granted.clone(),
            assets: self.assets.clone(),
            hook,
            job: job.clone(),
            named: BTreeMap::new(),
            log: log.clone(),
            deadline: deadline.clone(),
            asked_time: false,
            host_calls: 0,
            shelf,
            drawings: Vec::new(),
            told: None,
        }
    }

    fn store(&self, guest: Guest) -> Store<Guest> {
        let transfer = guest.limits.transfer.0.saturating_add(SLACK);
        let (deadline, stop) = (guest.deadline.clone(), guest.job.stop.clone());
        let mut store = Store::new(self.engine.wasmtime(), guest);
        store.limiter(|guest| &mut guest.limiter);
        store.set_hostcall_fuel(usize::try_from(transfer).unwrap_or(usize::MAX));
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| match interrupted(&deadline, &stop) {
            Some(why) => Err(wasmtime::Error::new(why)),
            None => Ok(UpdateDeadline::Continue(1)),
        });
        store
    }
}

/// A thread of its own, for a caller whose thread is some runtime's: that one must not be blocked, nor run another.
/// Everybody else's calls run where they are made, because a new thread costs as much as an instance does, and on a busy
/// machine has to wait for its turn besides.
fn on_a_thread<T: Send>(
    call: impl FnOnce() -> Result<Done<T>, Failed> + Send,
) -> Result<Done<T>, Failed> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("aquatint-plugin".to_owned())
            .stack_size(THREAD_STACK)
            .spawn_scoped(scope, call);
        match thread {
            Ok(thread) => thread.join().unwrap_or_else(|_| Err(panicked())),
            Err(error) => Err(host(format!("no thread: {error}"))),
        }
    })
}

fn panicked() -> Failed {
    host("a host function panicked".to_owned())
}

fn host(reason: String) -> Failed {
    Failed {
        error: CallError::Host(reason),
        report: Report::default(),
    }
}

fn interrupted(deadline: &Deadline, stop: &Stop) -> Option<Interrupted> {
    if stop.is_set() {
        return Some(Interrupted::Cancelled);
    }
    deadline.passed().then_some(Interrupted::Time)
}

/// Waits for `call`, but not when its time is up or it was stopped: the engine's own clock does not see what happens
/// while a plugin waits for the host.
async fn watched<T>(
    deadline: &Deadline,
    stop: &Stop,
    call: impl Future<Output = T>,
) -> Result<T, Interrupted> {
    let mut call = pin!(call);
    let mut tick = tokio::time::interval(TICK);
    poll_fn(|context| {
        if let Poll::Ready(value) = call.as_mut().poll(context) {
            return Poll::Ready(Ok(value));
        }
        while tick.poll_tick(context).is_ready() {
            if let Some(why) = interrupted(deadline, stop) {
                return Poll::Ready(Err(why));
            }
        }
        Poll::Pending
    })
    .await
}
