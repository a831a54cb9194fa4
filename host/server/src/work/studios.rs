//! What is drawn with.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aquatint_diffusion::pipeline::Cancel;
use aquatint_sandbox::manifest::PluginId;
use aquatint_studio::jobs::JobOptions;
use aquatint_studio::plugins::{Folders, Held, PluginError, PluginSource, Remembered};
use aquatint_studio::stages::{Budgets, Store};
use aquatint_studio::{DrawError, Studio};

use super::places::Places;
use super::plugin_log::PluginLog;
use super::plugins::Source;
use super::runtime;

/// Without anything being kept of what is computed.
const NO_CACHE: &str = "AQUATINT_NO_CACHE";

/// The studio of the server. One job at a time has it; what can be asked without it is beside it.
#[derive(Clone)]
pub(crate) struct Studios {
    shared: Arc<Shared>,
}

struct Shared {
    places: Places,
    source: Source,
    log: PluginLog,
    open: Mutex<Option<Open>>,
    loaded: Mutex<Option<String>>,
    /// Somebody wants the model out of memory as soon as no job needs it.
    unload: AtomicBool,
    reopen: AtomicBool,
}

/// Opened with the first job.
pub(super) struct Open {
    no_cache: bool,
    pub(super) studio: Studio,
    /// The providers whose runtimes are started.
    providers: Vec<String>,
}

impl Studios {
    pub(crate) fn new(places: Places, source: Source) -> Self {
        Self {
            shared: Arc::new(Shared {
                log: source.log().clone(),
                places,
                source,
                open: Mutex::default(),
                loaded: Mutex::default(),
                unload: AtomicBool::new(false),
                reopen: AtomicBool::new(false),
            }),
        }
    }

    /// What plugins wrote.
    pub(crate) fn plugin_log(&self) -> &PluginLog {
        &self.shared.log
    }

    /// The model that is in memory, as it was asked for.
    pub(crate) fn loaded(&self) -> Option<String> {
        lock(&self.shared.loaded).clone()
    }

    /// Takes the model out of memory: at once, or after the job that runs.
    pub(crate) fn unload(&self) {
        self.shared.unload.store(true, Ordering::SeqCst);
        if let Ok(mut open) = self.shared.open.try_lock() {
            self.settle(&mut open);
        }
    }

    /// Does what was asked for while a job ran.
    pub(super) fn settle(&self, open: &mut Option<Open>) {
        if self.shared.reopen.swap(false, Ordering::SeqCst) {
            *open = None;
            *lock(&self.shared.loaded) = None;
        }
        if self.shared.unload.swap(false, Ordering::SeqCst) {
            if let Some(open) = open {
                open.studio.unload();
            }
            *lock(&self.shared.loaded) = None;
        }
    }

    /// Opens everything anew for the next job: what it is opened with has changed.
    pub(crate) fn reopen(&self) {
        self.shared.reopen.store(true, Ordering::SeqCst);
        if let Ok(mut open) = self.shared.open.try_lock() {
            self.settle(&mut open);
        }
    }

    pub(super) fn set_loaded(&self, model: Option<&str>) {
        let name = model.unwrap_or(aquatint_studio::STARTER).to_owned();
        *lock(&self.shared.loaded) = Some(name);
    }

    /// Throws everything away: it may be half changed.
    pub(super) fn forget(&self) {
        *lock(&self.shared.open) = None;
        *lock(&self.shared.loaded) = None;
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        lock(&self.shared.open)
    }

    /// The studio, with the runtime and everything else that a job needs.
    pub(super) fn open<'a>(
        &self,
        slot: &'a mut Option<Open>,
        options: &JobOptions,
        provider: &str,
        cancel: &Cancel,
        tell: &mut dyn FnMut(String),
    ) -> Result<&'a mut Studio, DrawError> {
        let places = &self.shared.places;
        let data = &places.data;
        let no_cache = options.no_cache;
        // The old one goes first: two models do not fit where one does.
        let open = match slot.take().filter(|open| open.no_cache == no_cache) {
            Some(open) => open,
            None => {
                let source = Box::new(self.shared.source.clone());
                let mut studio = Studio::new(data, source, store(data, no_cache));
                studio.models = places.models();
                studio.embeddings.clone_from(&places.embeddings);
                Open {
                    no_cache,
                    studio,
                    providers: Vec::new(),
                }
            }
        };
        let open = slot.insert(open);
        if !open.providers.iter().any(|other| other == provider) {
            let choice = provider.parse()?;
            let runtime = runtime::start(&choice, data, cancel, tell)?;
            open.studio.use_runtime(choice, runtime);
            open.providers.push(provider.to_owned());
        }
        let studio = &mut open.studio;
        // What the command line queued may be drawn with files of its own.
        let styles = options.styles.as_ref().unwrap_or(&places.styles);
        studio.use_styles(styles.clone());
        studio.use_tiny(match options.tiny_vae {
            Some(_) => options.tiny(),
            None => places.tiny.clone(),
        });
        studio.use_plugins(self.source_of(options)?);
        Ok(studio)
    }

    /// The plugins of a job: those of the server, after those of a folder that it names.
    pub(super) fn source_of(
        &self,
        options: &JobOptions,
    ) -> Result<Box<dyn PluginSource + Send>, PluginError> {
        let source = self.shared.source.clone();
        Ok(match &options.plugins {
            Some(folder) => Box::new(With {
                named: source.folder(folder)?,
                source,
            }),
            None => Box::new(source),
        })
    }
}

/// The plugins of one folder before those of another source.
struct With {
    named: Remembered<Folders>,
    source: Source,
}

impl PluginSource for With {
    fn get(&self, id: &PluginId) -> Result<Held, PluginError> {
        match self.named.get(id) {
            Err(PluginError::NotFound { .. }) => self.source.get(id),
            other => other,
        }
    }

    fn ids(&self) -> Vec<String> {
        let mut ids = self.named.ids();
        ids.extend(self.source.ids());
        ids
    }
}

fn store(data: &Path, no_cache: bool) -> Store {
    let is_off = std::env::var_os(NO_CACHE).is_some_and(|it| !it.is_empty());
    if no_cache || is_off {
        return Store::off();
    }
    let cache = data.join("cache");
    let budgets = Budgets::read(&cache.join("stages.toml")).unwrap_or_else(|error| {
        tracing::warn!(%error, "the bounds of the cache");
        Budgets::default()
    });
    Store::new(&cache.join("stages"), budgets)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
