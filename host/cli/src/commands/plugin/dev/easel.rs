//! The plugin in the way of a picture that is drawn for it. The model stays loaded from one picture to the next, and so
//! does what was computed before the plugin.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context as _;
use aquatint_diffusion::pipeline::Cancel;
use aquatint_sandbox::engine::Engine;
use aquatint_sandbox::manifest::{Limits, PluginId};
use aquatint_sandbox::permissions::PermissionSet;
use aquatint_sandbox::plugin::{CallError, Candidate, Plugin};
use aquatint_sandbox::prescan::Bounds;
use aquatint_sandbox::units::Bytes;
use aquatint_studio::plugins::{Held, Note, PluginError, PluginSource};
use aquatint_studio::stages::{Budgets, Store};
use aquatint_studio::{Request, Studio, Watcher};
use aquatint_workshop::build::Built;
use aquatint_workshop::dev::Called;

use super::canvas::{Drawn, Pictures};
use super::{DevArgs, argument};
use crate::{output, plugins};

pub(super) struct Easel<'a> {
    args: &'a DevArgs,
    data: &'a Path,
    cancel: &'a Cancel,
    engine: Engine,
    /// What the plugin keeps, for as long as it is worked on.
    store: tempfile::TempDir,
    /// What it may do, as it was told last.
    granted: RefCell<PermissionSet>,
    studio: RefCell<Studio>,
    /// Whether the studio has its runtime.
    started: Cell<bool>,
    plugin: Newest,
}

/// The one plugin that there is, as it was built last.
#[derive(Clone, Default)]
struct Newest(Arc<Mutex<Option<Arc<Plugin>>>>);

impl Newest {
    fn set(&self, plugin: Arc<Plugin>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(plugin);
    }
}

impl PluginSource for Newest {
    fn get(&self, id: &PluginId) -> Result<Held, PluginError> {
        let newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let plugin = newest.as_ref().filter(|it| it.manifest().id == *id);
        let plugin = plugin.ok_or_else(|| PluginError::NotFound {
            id: id.to_string(),
            nearest: None,
        })?;
        Ok(Held::Own(plugin.clone()))
    }
}

/// What the plugin's calls took, and how the last that failed did.
#[derive(Default)]
struct Calls {
    called: Option<Called>,
    broke: Option<String>,
}

impl<'a> Easel<'a> {
    pub(super) fn new(
        args: &'a DevArgs,
        data: &'a Path,
        cancel: &'a Cancel,
    ) -> anyhow::Result<Self> {
        // In memory alone: what a plugin gave that is thrown away in a minute is nothing to keep.
        let budgets = Budgets {
            disk: Bytes(0),
            ..Budgets::default()
        };
        let plugin = Newest::default();
        let stages = Store::new(Path::new(""), budgets);
        Ok(Self {
            args,
            data,
            cancel,
            engine: plugins::engine(data)?,
            store: tempfile::tempdir()?,
            granted: RefCell::default(),
            studio: RefCell::new(Studio::new(data, Box::new(plugin.clone()), stages)),
            started: Cell::new(false),
            plugin,
        })
    }

    pub(super) fn draw(&self, built: &Built) -> anyhow::Result<Drawn> {
        let start = Instant::now();
        let plugin = Arc::new(self.load(built)?);
        let loading = start.elapsed();
        let request = self.request(&plugin)?;
        self.plugin.set(plugin);
        let mut studio = self.studio.borrow_mut();
        if !self.started.get() {
            let provider = &self.args.provider;
            crate::studio::start(&mut studio, provider, self.data, false, self.cancel)?;
            self.started.set(true);
        }
        let start = Instant::now();
        let mut calls = Calls::default();
        let watcher = Watcher {
            cancel: self.cancel,
            events: &mut |_| {},
            notes: &mut |note| calls.note(note),
        };
        let drawn = studio.draw(&request, self.args.seed, watcher);
        let drawing = start.elapsed();
        if let Some(broke) = calls.broke {
            anyhow::bail!(broke);
        }
        Ok(Drawn {
            pictures: Pictures::Drawn(drawn?.pictures),
            loading,
            drawing,
            called: calls.called,
        })
    }

    /// Loads what was built, with all that it asks for: it is its author who works on it.
    fn load(&self, built: &Built) -> anyhow::Result<Plugin> {
        let bytes = fs::read(&built.path).with_context(|| built.path.display().to_string())?;
        let verified = Candidate::new(bytes).verify(&Bounds::default())?;
        let needed = &verified.needed;
        if *self.granted.borrow() != *needed {
            output::tell(format_args!(
                "while you work on it, {} is granted: {needed}",
                verified.manifest.id
            ));
            self.granted.replace(needed.clone());
        }
        let compiled = verified.compile(&self.engine)?;
        let store = Some(self.store.path().to_owned());
        let plugin = verified.link(&self.engine, &compiled, needed, &Limits::cap(), store)?;
        plugin.probe()?;
        Ok(plugin)
    }

    fn request(&self, plugin: &Plugin) -> anyhow::Result<Request> {
        let args = self.args;
        Ok(Request {
            prompt: args.prompt.clone(),
            model: args.model.clone(),
            seed: Some(args.seed),
            steps: args.steps,
            width: args.size.map(|(width, _)| width),
            height: args.size.map(|(_, height)| height),
            provider: args.provider.clone(),
            plugins: vec![argument(args, plugin.manifest())?.into()],
            ..Request::default()
        })
    }
}

impl Calls {
    fn note(&mut self, note: Note<'_>) {
        match note {
            Note::Log { line, .. } => {
                let level = line.level.as_str().to_lowercase();
                output::tell(format_args!("{level}: {}", line.text));
            }
            Note::Called {
                hook,
                report,
                error,
                ..
            } => {
                let called = self.called.get_or_insert_default();
                called.time += report.time;
                called.memory = called.memory.max(report.peak_memory as u64);
                if let Some(error) = error {
                    self.broke = Some(format!("hook `{hook}`: {}", words(error)));
                }
            }
            _ => {}
        }
    }
}

/// An error, and where in the plugin it was.
fn words(error: &CallError) -> String {
    match error {
        CallError::Trap { functions, .. } if !functions.is_empty() => {
            format!("{error}\n  in {}", functions.join("\n  in "))
        }
        error => error.to_string(),
    }
}
