use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use aquatint_diffusion::pipeline::Cancel;
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::plugin::{Axis, CallError, Done, Failed, Job, Plugin, Point};

use super::plugins::{About, SweepPlugins};
use crate::plugins::{Chosen, Host, Note, PluginError, PluginSource};
use crate::{PluginUse, Request};

/// The plugins of a source, asked themselves.
pub struct LoadedPlugins<'a> {
    source: &'a dyn PluginSource,
    models: Vec<String>,
    cancel: &'a Cancel,
    notes: &'a dyn Fn(Note<'_>),
    known: RefCell<HashMap<PluginId, About>>,
}

impl<'a> LoadedPlugins<'a> {
    /// Plugins are told of `models`; `notes` is told what they write and how calls went.
    #[must_use]
    pub fn new(
        source: &'a dyn PluginSource,
        models: Vec<String>,
        cancel: &'a Cancel,
        notes: &'a dyn Fn(Note<'_>),
    ) -> Self {
        Self {
            source,
            models,
            cancel,
            notes,
            known: RefCell::default(),
        }
    }

    fn ask<T>(
        &self,
        used: &PluginUse,
        request: &Request,
        ask: impl FnOnce(&Plugin, &Job) -> Result<Done<T>, Failed>,
    ) -> Result<T, PluginError> {
        let chosen = Chosen::any(used, self.source)?;
        let services = Arc::new(Host {
            noise: request.noise,
            models: self.models.clone(),
            onnx: None,
        });
        // The same for a request each time, so that a sweep can go on.
        let seed = request.seed.unwrap_or_default();
        let job = chosen.job(seed, 0, request.to_params(), services, self.cancel);
        let result = ask(chosen.plugin(), &job);
        let mut notes = |note: Note<'_>| (self.notes)(note);
        // A sweep has no cells without its axes, so here no plugin can be skipped.
        chosen
            .outcome(Hook::Sweep, result, &mut notes)?
            .map_err(|why| chosen.failed(Hook::Sweep, CallError::Host(why)))
    }
}

impl SweepPlugins for LoadedPlugins<'_> {
    fn about(&self, id: &PluginId) -> Result<About, PluginError> {
        if let Some(about) = self.known.borrow().get(id) {
            return Ok(about.clone());
        }
        let plugin = self.source.get(id)?;
        let manifest = plugin.manifest();
        let about = About {
            settings: manifest.settings.clone(),
            hooks: manifest.hooks.iter().copied().collect(),
        };
        self.known.borrow_mut().insert(id.clone(), about.clone());
        Ok(about)
    }

    fn axes(&self, used: &PluginUse) -> Result<Vec<Axis>, PluginError> {
        self.ask(used, &Request::default(), |plugin, job| plugin.axes(job))
    }

    fn points(
        &self,
        used: &PluginUse,
        axis: &str,
        request: &Request,
    ) -> Result<Vec<Point>, PluginError> {
        self.ask(used, request, |plugin, job| plugin.points(job, axis))
    }

    fn ids(&self) -> Vec<String> {
        self.source.ids()
    }
}
