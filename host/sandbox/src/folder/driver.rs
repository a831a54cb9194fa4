//! Drives the machine of one folder: events in, errands out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::errand::{Abandoned, Errand, Product, Runner, Task};
use super::file::{Built, File, Work};
use super::lease::{Lease, LeaseError};
use super::status::{Serving, Status};
use super::{Options, look};
use crate::digest::Digest;
use crate::grants::{Decision, Grants};
use crate::manifest::PluginId;
use crate::names::nearest;
use crate::permissions::Change;
use crate::plugin::Verified;
use crate::policy::{Consequence, Outcome, Record};
use crate::reload::{
    AttemptId, Effect, Event, Generation, Notice, Phase, Stamp, Unavailable, step,
};
use crate::stop::Stop;

/// How often the folder is looked at when nobody says that something changed: some file systems never tell.
const LOOK_ANYWAY: Duration = Duration::from_secs(2);

/// What the driver is told.
pub(super) enum Message {
    Scan,
    Retry(String),
    Product {
        file: String,
        attempt: AttemptId,
        product: Result<Product, String>,
    },
    Lease {
        id: String,
        reply: Sender<Result<Lease, LeaseError>>,
    },
    Ended {
        file: String,
        generation: Generation,
        outcome: Outcome,
    },
    Returned {
        file: String,
        generation: Generation,
    },
    List(Sender<Vec<Status>>),
    IsSettled(Sender<bool>),
    Stop,
}

pub(super) struct Driver {
    options: Options,
    started: Instant,
    sender: Sender<Message>,
    errands: Sender<Errand>,
    abandoned: Abandoned,
    files: BTreeMap<String, File>,
    timers: BTreeSet<(Duration, String, Timer)>,
    grants: Grants,
    grants_stamp: Option<Stamp>,
    scanned: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Look,
    Wake,
}

impl Driver {
    pub(super) fn start(
        options: Options,
        sender: Sender<Message>,
        receiver: Receiver<Message>,
    ) -> std::io::Result<JoinHandle<()>> {
        let abandoned = Abandoned::default();
        let errands = Runner {
            engine: options.engine.clone(),
            bounds: options.bounds,
            cap: options.cap,
            store: options.store.clone(),
            sender: sender.clone(),
            abandoned: abandoned.clone(),
        }
        .start()?;
        let mut driver = Self {
            grants: options.read_grants(),
            grants_stamp: options.grants.as_deref().and_then(look::stamp),
            options,
            started: Instant::now(),
            sender,
            errands,
            abandoned,
            files: BTreeMap::new(),
            timers: BTreeSet::new(),
            scanned: false,
        };
        std::thread::Builder::new()
            .name("aquatint-folder".to_owned())
            .spawn(move || driver.run(&receiver))
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn run(&mut self, receiver: &Receiver<Message>) {
        self.scan();
        let mut look_again = self.now() + LOOK_ANYWAY;
        loop {
            let now = self.now();
            let next = self.timers.first().map_or(look_again, |timer| timer.0);
            match receiver.recv_timeout(next.min(look_again).saturating_sub(now)) {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(message) => self.handle(message),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let now = self.now();
            while let Some((at, file, timer)) = self.timers.first().cloned() {
                if at > now {
                    break;
                }
                self.timers.pop_first();
                match timer {
                    Timer::Look => self.look(&file),
                    Timer::Wake => drop(self.event(&file, Event::Tick)),
                }
            }
            if self.now() >= look_again {
                self.scan();
                look_again = self.now() + LOOK_ANYWAY;
            }
        }
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Scan => self.scan(),
            Message::Retry(id) => {
                if let Some(name) = self.file_of(&id) {
                    self.event(&name, Event::Retry);
                }
            }
            Message::Product {
                file,
                attempt,
                product,
            } => self.product(&file, attempt, product),
            Message::Lease { id, reply } => {
                // Whoever asked may have gone; then the lease comes back by being dropped.
                reply.send(self.lease(&id)).ok();
            }
            Message::Ended {
                file,
                generation,
                outcome,
            } => self.ended(&file, generation, outcome),
            Message::Returned { file, generation } => {
                self.event(&file, Event::JobEnded { generation });
            }
            Message::List(reply) => {
                reply.send(self.list()).ok();
            }
            Message::IsSettled(reply) => {
                let settled = self.scanned
                    && self.files.values().all(|file| {
                        matches!(
                            file.state.phase(),
                            Phase::Ready
                                | Phase::Rejected { .. }
                                | Phase::NeedsConsent { .. }
                                | Phase::Removed
                                | Phase::Absent
                        )
                    });
                reply.send(settled).ok();
            }
            Message::Stop => {}
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.options.folder.join(file)
    }

    fn scan(&mut self) {
        self.scanned = true;
        let there = match look::wasm_files(&self.options.folder) {
            Ok(there) => there,
            Err(error) => {
                // A folder that cannot be read for a moment has not lost its plugins.
                tracing::warn!(%error, folder = %self.options.folder.display(), "plugins");
                return;
            }
        };
        let known: BTreeSet<String> = self.files.keys().cloned().collect();
        for file in there.union(&known) {
            self.look(file);
        }
        self.look_at_grants();
    }

    fn look(&mut self, file: &str) {
        let event = match look::stamp(&self.path(file)) {
            Some(stamp) => Event::Seen(stamp),
            None => Event::Gone,
        };
        self.event(file, event);
    }

    fn look_at_grants(&mut self) {
        let stamp = self.options.grants.as_deref().and_then(look::stamp);
        if stamp == self.grants_stamp {
            return;
        }
        self.grants_stamp = stamp;
        self.grants = self.options.read_grants();
        let names: Vec<String> = self.files.keys().cloned().collect();
        for name in names {
            let Some(file) = self.files.get(&name) else {
                continue;
            };
            let event = match (file.state.phase(), &file.attempt, file.serving()) {
                (Phase::NeedsConsent { attempt, .. }, Some(work), _) => {
                    let missing = work
                        .verified
                        .as_deref()
                        .and_then(|verified| self.missing(verified));
                    missing.is_none().then_some(Event::Granted(attempt.digest))
                }
                (_, _, Some(built)) => self.missing(&built.verified).map(Event::Revoked),
                _ => None,
            };
            if let Some(event) = event {
                self.event(&name, event);
            }
        }
    }

    fn missing(&self, verified: &Verified) -> Option<Change> {
        match self.grants.decide(&verified.manifest.id, &verified.needed) {
            Decision::Ask(change) => Some(change),
            Decision::NothingNeeded | Decision::Granted => None,
        }
    }

    /// Tells the machine, and does what it says. What a job gets, if one asked.
    fn event(&mut self, name: &str, event: Event) -> Option<Result<Generation, Unavailable>> {
        let now = self.now();
        let timing = self.options.timing;
        let file = self.files.entry(name.to_owned()).or_default();
        let state = std::mem::take(&mut file.state);
        let (state, effects) = step(state, now, event, &timing);
        file.state = state;
        let mut answer = None;
        for effect in effects {
            match effect {
                Effect::Serve { generation, .. } => answer = Some(Ok(generation)),
                Effect::Refuse { why, .. } => answer = Some(Err(why)),
                other => self.effect(name, other),
            }
        }
        answer
    }

    fn effect(&mut self, name: &str, effect: Effect) {
        match effect {
            Effect::Look { at } => {
                self.timers.insert((at, name.to_owned(), Timer::Look));
            }
            Effect::Wake { at } => {
                self.timers.insert((at, name.to_owned(), Timer::Wake));
            }
            Effect::Hash(attempt) => {
                let path = self.path(name);
                if let Some(file) = self.files.get_mut(name) {
                    file.attempt = Some(Work::new(attempt));
                }
                self.send(name, attempt, Task::Hash(path));
            }
            Effect::Verify { attempt, .. } => {
                let candidate = self.work(name, attempt).and_then(|it| it.candidate.clone());
                self.send_or_fail(name, attempt, candidate.map(Task::Verify));
            }
            Effect::Compile { attempt, digest } => {
                let verified = self.verified(name, attempt, &digest);
                self.send_or_fail(name, attempt, verified.map(Task::Compile));
            }
            Effect::Link(attempt) => {
                let task = self.work(name, attempt).and_then(|work| {
                    let verified = work.verified.clone()?;
                    Some(Task::Link {
                        granted: verified.needed.clone(),
                        verified,
                        compiled: work.compiled.clone()?,
                    })
                });
                self.send_or_fail(name, attempt, task);
            }
            Effect::Probe(attempt) => {
                let plugin = self
                    .work(name, attempt)
                    .and_then(|work| work.plugin.clone());
                self.send_or_fail(name, attempt, plugin.map(Task::Probe));
            }
            Effect::Abandon(attempt) => self.abandon(name, attempt),
            Effect::Publish {
                attempt,
                generation,
                ..
            } => {
                if let Some(file) = self.files.get_mut(name)
                    && let Some(work) = file.attempt.take_if(|work| work.id == attempt)
                    && let (Some(plugin), Some(verified)) = (work.plugin, work.verified)
                {
                    let built = Built {
                        plugin,
                        verified,
                        killed: Stop::new(),
                    };
                    file.generations.insert(generation, built);
                    // What an older version did is not this one's fault.
                    file.record = Record::default();
                }
            }
            Effect::Retire(generation) => {
                if let Some(file) = self.files.get_mut(name) {
                    file.generations.remove(&generation);
                }
            }
            Effect::Kill(generation) => {
                if let Some(built) = self
                    .files
                    .get(name)
                    .and_then(|file| file.generations.get(&generation))
                {
                    built.killed.set();
                }
            }
            // Answers, which `event` gives back.
            Effect::Serve { .. } | Effect::Refuse { .. } => {}
            Effect::Tell(notice) => self.tell(name, &notice),
        }
    }

    fn tell(&self, name: &str, notice: &Notice) {
        match notice {
            Notice::Rejected { why, serving, .. } => {
                tracing::warn!(
                    file = name,
                    serves_on = serving.is_some(),
                    "plugin rejected: {why}"
                );
            }
            other => tracing::info!(file = name, "plugin {other:?}"),
        }
        (self.options.told)(name, notice);
    }

    fn work(&self, name: &str, attempt: AttemptId) -> Option<&Work> {
        self.files
            .get(name)?
            .attempt
            .as_ref()
            .filter(|work| work.id == attempt)
    }

    /// What was verified for an attempt, or is served with other grants: after a revocation the same bytes are built
    /// again.
    fn verified(&mut self, name: &str, id: AttemptId, digest: &Digest) -> Option<Arc<Verified>> {
        let file = self.files.get_mut(name)?;
        if let Some(work) = file.attempt.as_ref().filter(|work| work.id == id)
            && let Some(verified) = &work.verified
        {
            return Some(verified.clone());
        }
        let verified = file
            .generations
            .values()
            .map(|built| &built.verified)
            .find(|verified| verified.digest() == *digest)?
            .clone();
        let mut work = Work::new(id);
        work.verified = Some(verified.clone());
        file.attempt = Some(work);
        Some(verified)
    }

    fn send_or_fail(&mut self, name: &str, attempt: AttemptId, task: Option<Task>) {
        match task {
            Some(task) => self.send(name, attempt, task),
            None => {
                let why = "its bytes are gone: save it again".to_owned();
                self.event(name, Event::Failed { attempt, why });
            }
        }
    }

    fn send(&self, name: &str, attempt: AttemptId, task: Task) {
        let errand = Errand {
            file: name.to_owned(),
            attempt,
            task,
        };
        if self.errands.send(errand).is_err() {
            tracing::error!("the thread that loads plugins is gone");
        }
    }

    fn abandon(&mut self, name: &str, attempt: AttemptId) {
        self.abandoned
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned(), attempt);
        if let Some(file) = self.files.get_mut(name) {
            file.attempt.take_if(|work| work.id <= attempt);
        }
    }

    fn product(&mut self, name: &str, id: AttemptId, product: Result<Product, String>) {
        let Some(file) = self.files.get_mut(name) else {
            return;
        };
        let Some(work) = file.attempt.as_mut().filter(|work| work.id == id) else {
            return;
        };
        let event = match product {
            Err(why) => Event::Failed { attempt: id, why },
            Ok(Product::Candidate(candidate)) => {
                let digest = candidate.digest();
                work.candidate = Some(candidate);
                Event::Hashed {
                    attempt: id,
                    digest,
                }
            }
            Ok(Product::Verified(verified)) => {
                work.verified = Some(verified.clone());
                work.candidate = None;
                match self.objection(name, &verified) {
                    Some(why) => Event::Failed { attempt: id, why },
                    None => Event::Verified {
                        attempt: id,
                        missing: self.missing(&verified),
                    },
                }
            }
            Ok(Product::Compiled(compiled)) => {
                work.compiled = Some(compiled);
                Event::Compiled(id)
            }
            Ok(Product::Linked(plugin)) => {
                work.plugin = Some(plugin);
                Event::Linked(id)
            }
            Ok(Product::Probed) => Event::Probed(id),
        };
        self.event(name, event);
    }

    /// Why a plugin that is well must not be here.
    fn objection(&self, name: &str, verified: &Verified) -> Option<String> {
        let id = &verified.manifest.id;
        if (self.options.disabled)(id) {
            return Some(format!(
                "it is disabled (`aquatint plugin enable {id}` lets it run)"
            ));
        }
        let other = self
            .files
            .iter()
            .find(|(other, file)| *other != name && file.id() == Some(id))?;
        Some(format!("`{}` is the plugin {id} already", other.0))
    }

    fn file_of(&self, id: &str) -> Option<String> {
        let named = |file: &File| file.id().is_some_and(|it| it.as_str() == id);
        self.files
            .iter()
            .find(|(_, file)| named(file))
            .map(|(name, _)| name.clone())
            // What was never read says nothing about itself.
            .or_else(|| {
                let name = format!("{id}.wasm");
                self.files.contains_key(&name).then_some(name)
            })
    }

    fn lease(&mut self, id: &str) -> Result<Lease, LeaseError> {
        let Some(name) = self.file_of(id) else {
            let ids = self
                .files
                .values()
                .filter_map(File::id)
                .map(PluginId::as_str);
            return Err(LeaseError::Unknown {
                id: crate::names::shown(id),
                nearest: nearest(id, ids),
            });
        };
        let file = self.files.entry(name.clone()).or_default();
        file.next_job += 1;
        let job = file.next_job;
        let served = self
            .event(&name, Event::JobStarted { job })
            .unwrap_or(Err(Unavailable::NotReady));
        let built = served.and_then(|generation| {
            let file = self.files.get(&name);
            let built = file.and_then(|file| file.generations.get(&generation));
            Ok((generation, built.ok_or(Unavailable::NotReady)?.clone()))
        });
        let (generation, built) = built.map_err(|why| LeaseError::Unavailable {
            id: id.to_owned(),
            why,
        })?;
        Ok(Lease {
            plugin: built.plugin,
            file: name,
            generation,
            killed: built.killed,
            sender: self.sender.clone(),
        })
    }

    fn ended(&mut self, name: &str, generation: Generation, outcome: Outcome) {
        let now = self.now();
        let policy = self.options.policy;
        let Some(file) = self.files.get_mut(name) else {
            return;
        };
        let serves = file
            .state
            .serving()
            .is_some_and(|serving| serving.generation == generation);
        if !serves {
            return;
        }
        if let Consequence::Quarantine { until, .. } = file.record.add(outcome, now, &policy) {
            self.event(name, Event::Struck { generation, until });
        }
    }

    fn list(&self) -> Vec<Status> {
        let rows = self.files.iter().filter_map(|(name, file)| {
            if matches!(file.state.phase(), Phase::Absent | Phase::Removed) {
                return None;
            }
            let serving = file.state.serving().and_then(|serving| {
                let built = file.generations.get(&serving.generation)?;
                Some(Serving {
                    manifest: built.plugin.manifest().clone(),
                    digest: serving.digest,
                    generation: serving.generation.0,
                    metrics: built.plugin.metrics(),
                    in_flight: serving.in_flight,
                })
            });
            let (why, missing) = match file.state.phase() {
                Phase::Rejected { why, .. } => (Some(why.clone()), Vec::new()),
                Phase::NeedsConsent { missing, .. } => (None, missing.added.clone()),
                _ => (None, Vec::new()),
            };
            Some(Status {
                file: name.clone(),
                state: file.state.name(),
                serving,
                why,
                missing,
            })
        });
        rows.collect()
    }
}
