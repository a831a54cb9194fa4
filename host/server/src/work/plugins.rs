//! The plugins as they are now: folders that are watched, so that a new version is used from the next job on.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aquatint_sandbox::engine::{Compiler, Engine, Options as EngineOptions};
use aquatint_sandbox::folder::{self, LeaseError, Status};
use aquatint_sandbox::grants::GrantsFile;
use aquatint_sandbox::install::Installer;
use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::names::nearest;
use aquatint_sandbox::reload::{Notice, Unavailable};
use aquatint_studio::plugins::{Folders, Held, PluginError, PluginSource, Remembered};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast;
use utoipa::ToSchema;

use super::plugin_log::PluginLog;

/// The hidden command that compiles plugins in a process of its own.
const COMPILER: &str = "plugin-compiler";
/// How long a job waits for a plugin that is being loaded.
const LOADING: Duration = Duration::from_secs(60);
/// How many notices are kept for listeners that are slow.
const KEPT: usize = 256;

/// The plugins of the data folder, and of another one if it was named.
pub(crate) struct Plugins {
    source: Source,
    installer: Installer,
    told: broadcast::Sender<Told>,
}

/// Something that happened to a plugin's file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Told {
    /// Grows with every notice of this process.
    pub(crate) id: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    /// The file.
    pub(crate) file: String,
    /// What: `loaded`, `reloaded`, `rejected`, `needs_consent`, `quarantined`, `released` or `removed`.
    pub(crate) what: &'static str,
    /// Which version serves now, counted since the server started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) generation: Option<u64>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
}

impl Plugins {
    pub(crate) fn open(data: &Path, named: Option<&Path>) -> Result<Self, String> {
        let compiler = match std::env::current_exe() {
            Ok(program) if is_ours(&program) => Compiler::Child {
                program,
                arguments: vec![COMPILER.into()],
            },
            _ => Compiler::Thread,
        };
        let engine = Engine::new(EngineOptions {
            cache: Some(data.join("cache").join("components")),
            compiler,
        })
        .map_err(|error| error.to_string())?;
        let (told, _) = broadcast::channel(KEPT);
        let counter = Arc::new(AtomicU64::new(1));
        let log = PluginLog::default();
        let mut paths: Vec<PathBuf> = named.map(Path::to_owned).into_iter().collect();
        paths.push(data.join("plugins"));
        let (grants, store) = (data.join("grants.toml"), data.join("store"));
        let mut folders = Vec::new();
        for path in &paths {
            let (sender, counter, log) = (told.clone(), counter.clone(), log.clone());
            let options = folder::Options {
                grants: Some(grants.clone()),
                store: Some(store.clone()),
                told: Box::new(move |file, notice| {
                    let id = counter.fetch_add(1, Ordering::Relaxed);
                    let told = tell(id, file, notice);
                    let name = file.strip_suffix(".wasm").unwrap_or(file);
                    log.told(name, told.what, told.why.as_deref());
                    // Nobody listens: then there is nothing to tell.
                    let _ = sender.send(told);
                }),
                ..folder::Options::new(path.clone(), engine.clone())
            };
            folders.push(folder::Plugins::watch(options).map_err(|error| error.to_string())?);
        }
        Ok(Self {
            source: Source(Arc::new(Inner {
                folders,
                paths,
                engine,
                grants,
                store,
                log,
            })),
            installer: Installer::new(data).map_err(|error| error.to_string())?,
            told,
        })
    }

    /// What draws with them.
    pub(crate) fn source(&self) -> Source {
        self.source.clone()
    }

    /// What installs them.
    pub(crate) fn installer(&self) -> &Installer {
        &self.installer
    }

    /// What becomes of them from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Told> {
        self.told.subscribe()
    }

    /// All of them, as the folders that are watched have them.
    pub(crate) fn statuses(&self) -> Vec<Status> {
        let folders = self.source.0.folders.iter();
        folders.flat_map(folder::Plugins::list).collect()
    }

    /// Looks at the folders now: something was changed.
    pub(crate) fn look(&self) {
        for folder in &self.source.0.folders {
            folder.look();
        }
    }

    /// Tries a plugin again that failed.
    pub(crate) fn retry(&self, id: &str) {
        for folder in &self.source.0.folders {
            folder.retry(id);
        }
    }
}

/// Whether a program has the command that compiles: a test's own program has not.
fn is_ours(program: &Path) -> bool {
    program
        .file_stem()
        .is_some_and(|name| name.eq_ignore_ascii_case("aquatint"))
}

fn tell(id: u64, file: &str, notice: &Notice) -> Told {
    let (what, generation, why) = match notice {
        Notice::Loaded(generation) => ("loaded", Some(generation.0), None),
        Notice::Reloaded { generation, .. } => ("reloaded", Some(generation.0), None),
        Notice::Rejected { why, serving, .. } => {
            ("rejected", serving.map(|it| it.0), Some(why.clone()))
        }
        Notice::NeedsConsent { missing, .. } => {
            let asks: Vec<_> = missing.added.iter().map(ToString::to_string).collect();
            ("needs_consent", None, Some(asks.join(", ")))
        }
        Notice::Quarantined { .. } => ("quarantined", None, None),
        Notice::Released => ("released", None, None),
        Notice::Removed => ("removed", None, None),
    };
    Told {
        id,
        at: Timestamp::now(),
        file: file.to_owned(),
        what,
        generation,
        why: why.map(|why| aquatint_studio::harmless(&why)),
    }
}

/// The plugins, for whatever draws. Clones are one.
#[derive(Clone)]
pub(crate) struct Source(Arc<Inner>);

struct Inner {
    folders: Vec<folder::Plugins>,
    paths: Vec<PathBuf>,
    engine: Engine,
    grants: PathBuf,
    store: PathBuf,
    log: PluginLog,
}

impl Source {
    /// What plugins wrote, and what became of them.
    pub(super) fn log(&self) -> &PluginLog {
        &self.0.log
    }

    /// The plugins of a folder that one job names, as they are now.
    pub(super) fn folder(&self, path: &Path) -> Result<Remembered<Folders>, PluginError> {
        let grants = GrantsFile::at(&self.0.grants).read();
        Ok(Remembered::new(Folders {
            folders: vec![path.to_owned()],
            engine: self.0.engine.clone(),
            grants: grants.map_err(|error| PluginError::Host(error.to_string()))?,
            store: Some(self.0.store.clone()),
        }))
    }
}

impl PluginSource for Source {
    fn get(&self, id: &PluginId) -> Result<Held, PluginError> {
        for folder in &self.0.folders {
            let mut lease = folder.lease(id.as_str());
            let is_early = matches!(
                &lease,
                Err(LeaseError::Unknown { .. }
                    | LeaseError::Unavailable {
                        why: Unavailable::NotReady,
                        ..
                    })
            );
            // A folder that was never looked at to the end knows nothing yet.
            if is_early && folder.settle(LOADING) {
                lease = folder.lease(id.as_str());
            }
            match lease {
                Ok(lease) => return Ok(Held::Leased(lease)),
                Err(LeaseError::Unknown { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(PluginError::NotFound {
            id: id.to_string(),
            nearest: nearest(id.as_str(), self.ids().iter().map(String::as_str)),
        })
    }

    fn ids(&self) -> Vec<String> {
        Folders::ids_in(&self.0.paths)
    }
}
