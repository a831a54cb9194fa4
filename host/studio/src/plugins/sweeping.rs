use std::sync::Arc;

use aquatint_diffusion::pipeline::Cancel;
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::plugin::{Axis, Done, Failed, Job, Plugin, Point};
use aquatint_sandbox::settings::Value;

use super::{Chosen, Host, PluginError, PluginSource};
use crate::sweep::{About, SweepPlugins};
use crate::{PluginUse, Request};

/// The plugins of a source, as sweeps ask for them.
pub struct Sweeping<'a> {
    source: &'a dyn PluginSource,
    models: Vec<String>,
}

impl<'a> Sweeping<'a> {
    /// `models` are those that plugins are told of.
    #[must_use]
    pub fn new(source: &'a dyn PluginSource, models: Vec<String>) -> Self {
        Self { source, models }
    }

    fn call<T>(
        &self,
        used: &PluginUse,
        request: Vec<(String, Value)>,
        run: impl FnOnce(&Plugin, &Job) -> Result<Done<T>, Failed>,
    ) -> Result<T, PluginError> {
        let chosen = Chosen::any(used, self.source)?;
        let host = Host {
            noise: Default::default(),
            models: self.models.clone(),
            onnx: None,
        };
        // The same answer each time, whatever is drawn.
        let job = chosen.job(0, 0, request, Arc::new(host), &Cancel::new());
        let result = run(chosen.plugin(), &job);
        chosen
            .plugin()
            .ended(result.as_ref().err().map(|failed| &failed.error));
        match result {
            Ok(done) => Ok(done.value),
            Err(failed) => Err(chosen.failed(Hook::Sweep, failed.error)),
        }
    }
}

impl SweepPlugins for Sweeping<'_> {
    fn about(&self, id: &PluginId) -> Result<About, PluginError> {
        let plugin = self.source.get(id)?;
        let manifest = plugin.manifest();
        Ok(About {
            settings: manifest.settings.clone(),
            hooks: manifest.hooks.iter().copied().collect(),
        })
    }

    fn axes(&self, used: &PluginUse) -> Result<Vec<Axis>, PluginError> {
        self.call(used, Vec::new(), Plugin::axes)
    }

    fn points(
        &self,
        used: &PluginUse,
        axis: &str,
        request: &Request,
    ) -> Result<Vec<Point>, PluginError> {
        self.call(used, request.to_params(), |plugin, job| {
            plugin.points(job, axis)
        })
    }

    fn ids(&self) -> Vec<String> {
        self.source.ids()
    }
}
