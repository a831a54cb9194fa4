//! What takes time, on a thread of its own: one errand after the other, so that a storm of changes takes one core.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use super::driver::Message;
use super::look;
use crate::engine::{Compiled, Engine};
use crate::manifest::Limits;
use crate::permissions::PermissionSet;
use crate::plugin::{Candidate, Plugin, Verified};
use crate::prescan::Bounds;
use crate::reload::AttemptId;

/// One errand, for one attempt of one file.
pub(super) struct Errand {
    pub(super) file: String,
    pub(super) attempt: AttemptId,
    pub(super) task: Task,
}

pub(super) enum Task {
    Hash(PathBuf),
    Verify(Candidate),
    Compile(Arc<Verified>),
    Link {
        verified: Arc<Verified>,
        compiled: Arc<Compiled>,
        granted: PermissionSet,
    },
    Probe(Arc<Plugin>),
}

/// What came of it.
pub(super) enum Product {
    Candidate(Candidate),
    Verified(Arc<Verified>),
    Compiled(Arc<Compiled>),
    Linked(Arc<Plugin>),
    Probed,
}

/// Who runs errands.
pub(super) struct Runner {
    pub(super) engine: Engine,
    pub(super) bounds: Bounds,
    pub(super) cap: Limits,
    pub(super) store: Option<PathBuf>,
    pub(super) sender: Sender<Message>,
    /// Attempts that nobody waits for any more.
    pub(super) abandoned: Abandoned,
}

/// Which attempts were given up, by file: what is queued for them is not begun.
pub(super) type Abandoned = Arc<Mutex<BTreeMap<String, AttemptId>>>;

impl Runner {
    pub(super) fn start(self) -> std::io::Result<Sender<Errand>> {
        let (sender, errands): (_, Receiver<Errand>) = mpsc::channel();
        std::thread::Builder::new()
            .name("aquatint-plugins".to_owned())
            .spawn(move || {
                for errand in errands {
                    self.run(errand);
                }
            })?;
        Ok(sender)
    }

    fn run(
        &self,
        Errand {
            file,
            attempt,
            task,
        }: Errand,
    ) {
        let given_up = self
            .abandoned
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&file)
            .is_some_and(|last| attempt <= *last);
        if given_up {
            return;
        }
        // What comes from elsewhere may find a fault in what reads it. It must not take the others with it.
        let product = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.product(task)))
            .unwrap_or_else(|_| Err("it broke the host's reader".to_owned()));
        self.sender
            .send(Message::Product {
                file,
                attempt,
                product,
            })
            .ok();
    }

    fn product(&self, task: Task) -> Result<Product, String> {
        Ok(match task {
            Task::Hash(path) => {
                let bytes = look::read(&path, self.bounds.bytes)?;
                Product::Candidate(Candidate::new(bytes))
            }
            Task::Verify(candidate) => {
                let verified = candidate.verify(&self.bounds).map_err(text)?;
                Product::Verified(Arc::new(verified))
            }
            Task::Compile(verified) => {
                Product::Compiled(Arc::new(verified.compile(&self.engine).map_err(text)?))
            }
            Task::Link {
                verified,
                compiled,
                granted,
            } => {
                let store = self.store.clone();
                let plugin = verified
                    .link(&self.engine, &compiled, &granted, &self.cap, store)
                    .map_err(text)?;
                Product::Linked(Arc::new(plugin))
            }
            Task::Probe(plugin) => {
                plugin.probe().map_err(text)?;
                Product::Probed
            }
        })
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
