//! Drawing a request with everything that takes part in it.

mod batch;
mod keys;

use std::collections::BTreeMap;
use std::sync::Arc;

use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::pipeline::{Cancel, Event, Timings};
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::settings::Value as Setting;

use crate::draw::{recipe_of, resolve};
use crate::plugins::{self, Chosen, Host, Note, PluginError, PluginSource};
use crate::request::Changeable;
use crate::stages::{Stage, Store, Value};
use crate::{DrawError, Model, Picture, Recipe, Request};
use batch::{Batch, Skipped};
use keys::{Told, plugin_key};

/// What requests are drawn with.
pub struct Session<'a> {
    /// The model.
    pub model: &'a mut Model,
    /// What was computed before.
    pub stages: &'a Store,
    /// Stops it.
    pub cancel: &'a Cancel,
    /// Told how drawing goes.
    pub events: &'a mut dyn FnMut(Event<'_>),
    /// Told about plugins.
    pub notes: &'a mut dyn FnMut(Note<'_>),
    /// The models that plugins are told of.
    pub models: Vec<String>,
}

/// The plugins of a request, ready to be used.
///
/// # Errors
/// One is not there, cannot be loaded, or has wrong settings.
pub fn choose(request: &Request, source: &dyn PluginSource) -> Result<Vec<Chosen>, PluginError> {
    plugins::choose(request, source)
}

impl Session<'_> {
    /// Draws a request, plugins and all. `seed` is that of its first picture.
    ///
    /// # Errors
    /// When the request, the model, the runtime or a plugin fails, or it was cancelled.
    pub fn draw(
        &mut self,
        request: &Request,
        seed: u64,
        chosen: &[Chosen],
    ) -> Result<(Vec<Picture>, Timings), DrawError> {
        match chosen.iter().find(|it| it.has(Hook::Script)) {
            Some(script) => plugins::run_script(self, request, seed, chosen, script),
            None => self.draw_plain(request, seed, chosen),
        }
    }

    pub(crate) fn host(&self, noise: NoiseKind) -> Host {
        Host {
            noise,
            models: self.models.clone(),
        }
    }

    /// Without scripts.
    pub(crate) fn draw_plain(
        &mut self,
        request: &Request,
        seed: u64,
        chosen: &[Chosen],
    ) -> Result<(Vec<Picture>, Timings), DrawError> {
        let own = Request {
            seed: Some(seed),
            ..request.clone()
        };
        if !chosen.iter().any(|it| it.has(Hook::PreProcess)) {
            return self.draw_batch(&own, seed, 0, chosen, BTreeMap::new());
        }
        // Each picture has a request of its own.
        let mut pictures = Vec::new();
        let mut timings = Timings::default();
        for index in 0..own.batch {
            let seed = seed.wrapping_add(index.into());
            let mut single = Request {
                batch: 1,
                seed: Some(seed),
                ..own.clone()
            };
            let mut skipped = BTreeMap::new();
            for (at, plugin) in chosen.iter().enumerate() {
                if !plugin.has(Hook::PreProcess) {
                    continue;
                }
                match self.pre_process(plugin, &single, seed, index)? {
                    Ok(changes) => {
                        single = single
                            .apply_params(&changes, Changeable::AllButSeedAndBatch)
                            .map_err(|source| PluginError::Request {
                                id: plugin.id().to_owned(),
                                source,
                            })?;
                    }
                    Err(why) => drop(skipped.insert((0, at), why)),
                }
            }
            let (drawn, spent) = self.draw_batch(&single, seed, index, chosen, skipped)?;
            pictures.extend(drawn);
            timings.add_all(&spent);
        }
        Ok((pictures, timings))
    }

    /// What a plugin changes in the request of one picture, or why it takes no part.
    fn pre_process(
        &mut self,
        plugin: &Chosen,
        request: &Request,
        seed: u64,
        index: u32,
    ) -> Result<Result<Vec<(String, Setting)>, String>, DrawError> {
        let params = request.to_params();
        let told = Told {
            params: &params,
            seed,
            index,
            models: &self.models,
        };
        let key = plugin_key(Stage::PreProcess, plugin, told).finish();
        if let Some(Value::Changes(changes)) = self.stages.get(Stage::PreProcess, key).as_deref() {
            return Ok(Ok(changes.clone()));
        }
        let services = Arc::new(self.host(request.noise));
        let job = plugin.job(seed, index, params, services, self.cancel);
        let result = plugin.plugin().pre_process(&job);
        let outcome = plugin.outcome(Hook::PreProcess, result, self.notes)?;
        if let Ok(changes) = &outcome {
            self.stages
                .put(Stage::PreProcess, key, Value::Changes(changes.clone()));
        }
        Ok(outcome)
    }

    fn draw_batch(
        &mut self,
        request: &Request,
        seed: u64,
        first: u32,
        chosen: &[Chosen],
        skipped: Skipped,
    ) -> Result<(Vec<Picture>, Timings), DrawError> {
        Batch::new(self, request, seed, first, chosen, skipped)?.draw(self)
    }

    /// The recipe of a picture that no drawing of ours gave, but a script.
    pub(crate) fn recipe(
        &mut self,
        request: &Request,
        seed: u64,
        chosen: &[Chosen],
    ) -> Result<Recipe, DrawError> {
        let pipeline = &self.model.pipeline;
        let generation = resolve(request, pipeline.checkpoint(), seed)?;
        let mut recipe = recipe_of(pipeline, &generation, &self.model.parts);
        recipe.plugins = chosen.iter().map(Chosen::recipe).collect();
        Ok(recipe)
    }
}
