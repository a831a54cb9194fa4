//! The plugins of a folder, kept as the folder is: what is put there is loaded, what changes is swapped, what is
//! taken away goes, while jobs run.
//!
//! [`Plugins`] drives the machine of [`reload`](crate::reload): it looks at files, does the machine's errands on a
//! worker's thread, and hands out [`Lease`]s. A job leases a plugin once and uses that version to its end.

mod driver;
mod errand;
mod file;
mod lease;
mod look;
mod status;

use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::grants::{Grants, GrantsFile};
use crate::manifest::{Limits, PluginId};
use crate::policy::Policy;
use crate::prescan::Bounds;
use crate::reload::{Notice, Timing};

use driver::{Driver, Message};

pub use lease::{Lease, LeaseError};
pub use look::{Found, find, wasm_files};
pub use status::Status;

/// Told what becomes of a file.
pub type Told = Box<dyn Fn(&str, &Notice) + Send + Sync>;

/// How a folder's plugins are kept.
pub struct Options {
    /// Where they are: every `*.wasm` in it, folders in it not.
    pub folder: PathBuf,
    /// What they run on.
    pub engine: Engine,
    /// The file with the user's grants; looked at again when it changes. `None` grants nothing.
    pub grants: Option<PathBuf>,
    /// The folder with what plugins keep; `None` lets them keep nothing.
    pub store: Option<PathBuf>,
    /// Which plugins are left alone, by what the user said.
    pub disabled: Box<dyn Fn(&PluginId) -> bool + Send + Sync>,
    /// The most that any plugin gets.
    pub cap: Limits,
    /// What components may be like.
    pub bounds: Bounds,
    /// How long to wait for what.
    pub timing: Timing,
    /// When a plugin that breaks is left alone.
    pub policy: Policy,
    /// Told what happens: the file's name, and what.
    pub told: Told,
}

impl Options {
    /// The plugins of `folder` on `engine`, with nothing granted and nobody told.
    #[must_use]
    pub fn new(folder: PathBuf, engine: Engine) -> Self {
        Self {
            folder,
            engine,
            grants: None,
            store: None,
            disabled: Box::new(|_| false),
            cap: Limits::cap(),
            bounds: Bounds::default(),
            timing: Timing::default(),
            policy: Policy::default(),
            told: Box::new(|_, _| {}),
        }
    }

    fn read_grants(&self) -> Grants {
        let Some(path) = &self.grants else {
            return Grants::default();
        };
        GrantsFile::at(path).read().unwrap_or_else(|error| {
            // Nothing is granted by a file that cannot be read.
            tracing::warn!(%error, "grants");
            Grants::default()
        })
    }
}

/// The plugins of a folder. Dropping it stops looking at the folder; leases stay good.
pub struct Plugins {
    sender: mpsc::Sender<Message>,
    driver: Option<JoinHandle<()>>,
    _watcher: Option<notify::RecommendedWatcher>,
}

impl Plugins {
    /// Begins to look at the folder, which need not exist yet.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub fn watch(options: Options) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        let watcher = look::watcher(&options.folder, &sender);
        let driver = Driver::start(options, sender.clone(), receiver)?;
        Ok(Self {
            sender,
            driver: Some(driver),
            _watcher: watcher,
        })
    }

    fn ask<T>(&self, message: impl FnOnce(mpsc::Sender<T>) -> Message) -> Option<T> {
        let (reply, answer) = mpsc::channel();
        self.sender.send(message(reply)).ok()?;
        answer.recv().ok()
    }

    /// All plugins, by file name.
    #[must_use]
    pub fn list(&self) -> Vec<Status> {
        self.ask(Message::List).unwrap_or_default()
    }

    /// What a job uses to its end: the version that serves now.
    ///
    /// # Errors
    /// There is none, or it must not be used now.
    pub fn lease(&self, id: &str) -> Result<Lease, LeaseError> {
        let id = id.to_owned();
        self.ask(|reply| Message::Lease { id, reply })
            .unwrap_or(Err(LeaseError::Stopped))
    }

    /// Looks at the folder now, and not when something is noticed.
    pub fn look(&self) {
        self.sender.send(Message::Scan).ok();
    }

    /// Tries again what failed.
    pub fn retry(&self, id: &str) {
        self.sender.send(Message::Retry(id.to_owned())).ok();
    }

    /// Waits until every file that is there has been dealt with, `most` at most. Whether it was.
    #[must_use]
    pub fn settle(&self, most: Duration) -> bool {
        let until = Instant::now() + most;
        loop {
            if self.ask(Message::IsSettled).unwrap_or(true) {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Plugins {
    fn drop(&mut self) {
        self.sender.send(Message::Stop).ok();
        if let Some(driver) = self.driver.take() {
            driver.join().ok();
        }
    }
}
