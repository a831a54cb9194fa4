//! Drawing a request with everything that takes part in it.

mod batch;
mod keys;
mod passes;
mod starts;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use aquatint_diffusion::checkpoint::{Checkpoint, Fingerprints};
use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::pipeline::{Cancel, Event, Generation, Pipeline, Timings, Wording};
use aquatint_diffusion::prompt::schedule::Span;
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::settings::Value as Setting;

use crate::draw::{model_of, recipe_of};
use crate::embeddings;
use crate::plugins::{self, Chosen, Host, Note, OnnxModels, PluginError, PluginSource};
use crate::request::Changeable;
use crate::stages::{Stage, Store, Value};
use crate::vaes::{Vaes, is_own_vae, open_vae};
use crate::{Asked, DrawError, Inputs, InvalidRequest, Model, Picture, Recipe, Request, recipe};
pub(crate) use batch::with_seed;
use batch::{Batch, Skipped};
use keys::{Told, plugin_key};
pub(crate) use passes::Plan;

/// What requests are drawn with.
pub struct Session<'a> {
    /// The model.
    pub model: &'a mut Model,
    /// What was computed before.
    pub stages: &'a Store,
    /// The pictures that drawings begin from.
    pub inputs: &'a Inputs,
    /// Stops it.
    pub cancel: &'a Cancel,
    /// Told how drawing goes.
    pub events: &'a mut dyn FnMut(Event<'_>),
    /// Told about plugins.
    pub notes: &'a mut dyn FnMut(Note<'_>),
    /// The models that plugins are told of.
    pub models: Vec<String>,
    /// The folder of embeddings.
    pub embeddings: &'a Path,
    /// The refiner that was asked for, and what it was asked for by.
    pub refiner: Option<(String, &'a mut Model)>,
    /// The VAEs that there are.
    pub vaes: &'a Vaes,
    /// The VAE that was asked for, which may be a path; plugins may name others, and no paths.
    pub vae: Option<String>,
    /// What is known of files.
    pub fingerprints: &'a mut Fingerprints,
    /// The models that plugins run.
    pub onnx: Arc<OnnxModels>,
}

/// The plugins of a request, ready to be used.
///
/// # Errors
/// One is not there, cannot be loaded, or has wrong settings.
pub fn choose(request: &Request, source: &dyn PluginSource) -> Result<Vec<Chosen>, PluginError> {
    plugins::choose(request, source)
}

/// What each drawing of a request comes down to on a checkpoint, and on that of a refiner, without a runtime: what is wrong
/// with it is found here.
///
/// # Errors
/// For what no model, or not this one, can do, and for pictures that are not here.
pub fn plan(
    request: &Request,
    checkpoint: &Checkpoint,
    refiner: Option<&Checkpoint>,
    inputs: &Inputs,
    seed: u64,
) -> Result<Vec<Generation>, DrawError> {
    let plan = Plan::new(request, checkpoint, refiner, inputs, seed)?;
    Ok(plan.passes.into_iter().map(|it| it.generation).collect())
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
        let (mut pictures, timings) = match chosen.iter().find(|it| it.has(Hook::Script)) {
            Some(script) => plugins::run_script(self, request, seed, chosen, script)?,
            None => self.draw_plain(request, seed, 0, chosen)?,
        };
        if !chosen.is_empty() {
            for (index, picture) in (0..).zip(&mut pictures) {
                picture.recipe.asked = Some(Box::new(self.asked(request, seed, index)));
            }
        }
        Ok((pictures, timings))
    }

    /// Draws one picture of those that a request gives, as it was among them. `seed` is that of the first.
    ///
    /// # Errors
    /// As [`Session::draw`]; a script gave fewer pictures.
    pub fn draw_one(
        &mut self,
        request: &Request,
        seed: u64,
        index: u32,
        chosen: &[Chosen],
    ) -> Result<(Picture, Timings), DrawError> {
        let (pictures, timings, at) = match chosen.iter().find(|it| it.has(Hook::Script)) {
            Some(script) => {
                let (pictures, timings) = plugins::run_script(self, request, seed, chosen, script)?;
                (pictures, timings, index)
            }
            None => {
                let single = request.single(seed, index);
                let own = single.seed.unwrap_or(seed);
                let (pictures, timings) = self.draw_plain(&single, own, index, chosen)?;
                (pictures, timings, 0)
            }
        };
        let count = pictures.len();
        let mut picture = pictures
            .into_iter()
            .nth(at as usize)
            .ok_or(DrawError::TooFew { index, count })?;
        if !chosen.is_empty() {
            picture.recipe.asked = Some(Box::new(self.asked(request, seed, index)));
        }
        Ok((picture, timings))
    }

    fn asked(&self, request: &Request, seed: u64, index: u32) -> Asked {
        Asked {
            request: Request {
                seed: Some(seed),
                // Not the paths that they may have been asked for by, which are nobody's business.
                model: Some(self.model.pipeline.checkpoint().name.clone()),
                refiner: match (&request.refiner, &self.refiner) {
                    (Some(_), Some((_, refiner))) => {
                        Some(refiner.pipeline.checkpoint().name.clone())
                    }
                    (asked, _) => asked.clone(),
                },
                vae: match self.vaes.find(request.vae.as_deref()) {
                    Ok(found) => found.map(|found| found.name),
                    Err(_) => request.vae.clone(),
                },
                ..request.clone()
            },
            index,
        }
    }

    pub(crate) fn host(&self, noise: NoiseKind) -> Host {
        Host {
            noise,
            models: self.models.clone(),
            onnx: Some(self.onnx.clone()),
        }
    }

    /// Without scripts. `first` is which picture of the user's the first one is.
    pub(crate) fn draw_plain(
        &mut self,
        request: &Request,
        seed: u64,
        first: u32,
        chosen: &[Chosen],
    ) -> Result<(Vec<Picture>, Timings), DrawError> {
        let own = Request {
            seed: Some(seed),
            ..request.clone()
        };
        if !chosen.iter().any(|it| it.has(Hook::PreProcess)) {
            return self.draw_batch(&own, seed, first, chosen, BTreeMap::new());
        }
        // Each picture has a request of its own.
        let mut pictures = Vec::new();
        let mut timings = Timings::default();
        for index in 0..own.batch {
            let mut single = own.single(seed, index);
            let seed = single.seed.unwrap_or(seed);
            let index = first + index;
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
        self.use_vae(request)?;
        Batch::new(self, request, seed, first, chosen, skipped)?.draw(self)
    }

    /// Puts the VAE that a request names in its place.
    fn use_vae(&mut self, request: &Request) -> Result<(), DrawError> {
        let name = request.vae.as_deref().filter(|name| !is_own_vae(name));
        let found = match name {
            Some(name) if self.vae.as_deref() == Some(name) => self.vaes.find(Some(name))?,
            Some(name) => Some(self.vaes.named(name)?),
            None => None,
        };
        if self.model.vae.as_ref().map(|vae| &vae.found) == found.as_ref() {
            return Ok(());
        }
        let checkpoint = self.model.pipeline.checkpoint();
        let opened = found.map(|found| open_vae(found, checkpoint)).transpose()?;
        Ok(self.model.use_vae(opened, self.fingerprints)?)
    }

    /// The drawings of a request with everything decided, the embeddings that their texts name among it, and what each of
    /// them says, to the model and to the refiner.
    fn plan(&mut self, request: &Request, seed: u64) -> Result<(Plan, Vec<Said>), DrawError> {
        let refiner = match (&self.refiner, &request.refiner) {
            (_, None) => None,
            (Some((asked, model)), Some(name)) if asked == name => Some(&model.pipeline),
            (_, Some(_)) => {
                return Err(InvalidRequest::Missing {
                    field: "refiner",
                    expected: "the one that was asked for, or none: a plugin loads no models",
                }
                .into());
            }
        };
        let pipeline = &self.model.pipeline;
        let checkpoint = pipeline.checkpoint();
        let refiners = refiner.map(Pipeline::checkpoint);
        let mut plan = Plan::new(request, checkpoint, refiners, self.inputs, seed)?;
        let events = &mut *self.events;
        let mut said = Vec::new();
        let mut before = None;
        for pass in &mut plan.passes {
            let calls = pass.generation.calls(checkpoint)?;
            let span = match before.replace(calls) {
                Some(before) => Span::second(before, calls),
                None => Span::first(calls),
            };
            let mut say = |generation: &mut Generation, pipeline: &Pipeline| {
                say(generation, span, pipeline, self.embeddings, events)
            };
            said.push(Said {
                model: say(&mut pass.generation, pipeline)?,
                refiner: match (&mut pass.refining, refiner) {
                    (Some(generation), Some(refiner)) => Some(say(generation, refiner)?),
                    _ => None,
                },
            });
        }
        Ok((plan, said))
    }

    /// The recipe of a picture that no drawing of ours gave, but a script.
    pub(crate) fn recipe(
        &mut self,
        request: &Request,
        seed: u64,
        chosen: &[Chosen],
    ) -> Result<Recipe, DrawError> {
        self.use_vae(request)?;
        let (plan, _) = self.plan(request, seed)?;
        let mut recipe = self.recipe_of(&plan);
        recipe.plugins = chosen.iter().map(Chosen::recipe).collect();
        Ok(recipe)
    }

    /// The recipe of a request's first picture, without its plugins.
    fn recipe_of(&self, plan: &Plan) -> Recipe {
        let mut recipe = recipe_of(self.model, plan.first(), &plan.request);
        if let (Some(_), Some((_, refiner))) = (&plan.request.refiner, &self.refiner) {
            recipe.refiner = Some(recipe::Refiner {
                model: model_of(refiner.pipeline.checkpoint(), &refiner.parts),
                switch_at: plan.request.refiner_switch,
                ..recipe::Refiner::default()
            });
        }
        recipe
    }
}

/// What the texts of a drawing say, and when.
struct Said {
    /// To the model.
    model: Wording,
    /// To the refiner.
    refiner: Option<Wording>,
}

/// What a drawing says to a model in some of its calls. The embeddings that its texts name are put into its settings.
fn say(
    generation: &mut Generation,
    span: Span,
    pipeline: &Pipeline,
    folder: &Path,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<Wording, DrawError> {
    let checkpoint = pipeline.checkpoint();
    let wording = Wording::within(span, generation, checkpoint);
    let texts = wording.texts();
    let mut skipped = |name: &str, reason: &str| events(Event::EmbeddingSkipped { name, reason });
    generation.text.embeddings = embeddings::named(folder, &texts, checkpoint, &mut skipped)?;
    // Without any there is no need to open a tokenizer.
    if !generation.text.embeddings.is_empty() {
        let used = pipeline.embeddings_in(&texts, &generation.text)?;
        let all = std::mem::take(&mut generation.text.embeddings);
        generation.text.embeddings = used
            .into_iter()
            .filter_map(|index| all.get(index).cloned())
            .collect();
    }
    Ok(wording)
}
