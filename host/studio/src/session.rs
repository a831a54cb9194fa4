//! Drawing a request with everything that takes part in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use aquatint_diffusion::checkpoint::Fingerprints;
use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::pipeline::{Cancel, Control, Event, Pipeline, Timings};
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::pixels::{Picture as Pixels, PixelFormat, Size};

use crate::draw::{draw, recipe_of, resolve};
use crate::plugins::{self, Chosen, Denoisers, Host, Note, PluginError, PluginSource};
use crate::request::Changeable;
use crate::{DrawError, Infotext, Picture, Recipe, Request};

/// What requests are drawn with.
pub struct Session<'a> {
    /// The model.
    pub pipeline: &'a mut Pipeline,
    /// What its parts are called in recipes.
    pub fingerprints: &'a mut Fingerprints,
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
                let services = Arc::new(self.host(single.noise));
                let job = plugin.job(seed, index, single.to_params(), services, self.cancel);
                let result = plugin.plugin().pre_process(&job);
                match plugin.outcome(Hook::PreProcess, result, self.notes)? {
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

    fn draw_batch(
        &mut self,
        request: &Request,
        seed: u64,
        first: u32,
        chosen: &[Chosen],
        skipped: BTreeMap<(usize, usize), String>,
    ) -> Result<(Vec<Picture>, Timings), DrawError> {
        let generation = resolve(request, self.pipeline.checkpoint(), seed)?;
        let services = Arc::new(self.host(request.noise));
        let mut hook = Denoisers {
            chosen,
            request: request.to_params(),
            services: services.clone(),
            cancel: self.cancel,
            notes: self.notes,
            first,
            kept: BTreeMap::new(),
            skipped,
        };
        let control = Control::new(self.cancel, self.events);
        let mut control = if Denoisers::any(chosen) {
            control.with_hook(&mut hook)
        } else {
            control
        };
        let (mut pictures, mut timings) =
            draw(self.pipeline, &generation, self.fingerprints, &mut control)?;
        let mut skipped = hook.skipped;
        for (index, picture) in pictures.iter_mut().enumerate() {
            let start = std::time::Instant::now();
            for (at, plugin) in chosen.iter().enumerate() {
                if !plugin.has(Hook::PostProcess) || skipped.contains_key(&(index, at)) {
                    continue;
                }
                let job = plugin.job(
                    picture.recipe.seed,
                    first + index as u32,
                    request.to_params(),
                    services.clone(),
                    self.cancel,
                );
                let given = pixels_of(picture)?;
                let result = plugin.plugin().post_process(&job, &given);
                match plugin.outcome(Hook::PostProcess, result, self.notes)? {
                    Ok(changed) => replace(picture, &changed),
                    Err(why) => drop(skipped.insert((index, at), why)),
                }
            }
            if chosen.iter().any(|it| it.has(Hook::PostProcess)) {
                timings.add("plugins", start.elapsed());
            }
            for (at, plugin) in chosen.iter().enumerate() {
                let mut used = plugin.recipe();
                used.skipped = skipped.remove(&(index, at));
                picture.recipe.plugins.push(used);
            }
        }
        Ok((pictures, timings))
    }

    /// The recipe of a picture that no drawing of ours gave, but a script.
    pub(crate) fn recipe(
        &mut self,
        request: &Request,
        seed: u64,
        chosen: &[Chosen],
    ) -> Result<Recipe, DrawError> {
        let generation = resolve(request, self.pipeline.checkpoint(), seed)?;
        let parts = self.fingerprints.of(self.pipeline.checkpoint())?;
        let mut recipe = recipe_of(self.pipeline, &generation, &parts);
        recipe.plugins = chosen.iter().map(Chosen::recipe).collect();
        Ok(recipe)
    }
}

fn pixels_of(picture: &Picture) -> Result<Pixels, DrawError> {
    let size = Size {
        width: picture.width,
        height: picture.height,
    };
    let parameters = Infotext::from(&picture.recipe).to_string();
    let mut texts = vec![("parameters".to_owned(), parameters)];
    texts.extend(picture.texts.iter().cloned());
    let pixels = Pixels::from_pixels(size, PixelFormat::Rgb8, picture.pixels.clone())?;
    Ok(pixels.with_metadata(texts))
}

fn replace(picture: &mut Picture, changed: &Pixels) {
    let of = plugins::of_pixels(changed, &picture.recipe);
    (picture.width, picture.height) = (of.width, of.height);
    (picture.pixels, picture.texts) = (of.pixels, of.texts);
}
