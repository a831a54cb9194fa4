//! The pictures of one request, stage by stage, each from the last stage that there is a result of.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use aquatint_diffusion::pipeline::{
    self, Conditioning, Control, Denoised, Event, Generation, Refiner, Texts, Timings, Wording,
};
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::pixels::{Picture as Pixels, PixelFormat, Size};
use aquatint_sandbox::settings;

use super::keys::{Keys, Refining, Told, plugin_key};
use super::passes::{From, Pass, Plan};
use super::starts::starts;
use super::{Said, Session};
use crate::plugins::{self, Chosen, Denoisers};
use crate::recipe::Sampling;
use crate::stages::{Frame, Key, Stage, Store, Value};
use crate::{DrawError, Infotext, Model, Picture, Recipe, Request};

/// Why plugins take no part in pictures: by the picture, then by the plugin.
pub(super) type Skipped = BTreeMap<(usize, usize), String>;

/// A request whose pictures are drawn.
pub(super) struct Batch<'a> {
    request: &'a Request,
    plan: Plan,
    /// What the texts of each drawing say.
    said: Vec<Said>,
    /// Which picture of the user's batch the first one is.
    first: u32,
    chosen: &'a [Chosen],
    /// What plugins are told of the first picture's request. Each picture's is one of its own.
    params: Vec<(String, settings::Value)>,
    recipe: Recipe,
    skipped: Skipped,
    timings: Timings,
    /// Steps that are done, and that have to be.
    steps: (usize, usize),
}

/// The keys of one picture's stages, and the results that there are.
struct Way {
    index: usize,
    /// After each drawing.
    denoise: Vec<Option<Key>>,
    decode: Option<Key>,
    /// After each of the plugins, in order.
    plugins: Vec<(usize, Option<Key>)>,
    have: Have,
}

/// The latest result that there is.
enum Have {
    Nothing,
    /// Latents, and after how many of the drawings.
    Latents(Vec<f32>, usize),
    /// Pixels, and how many of the plugins were through with them.
    Frame(Frame, usize),
}

impl<'a> Batch<'a> {
    pub(super) fn new(
        session: &mut Session<'_>,
        request: &'a Request,
        seed: u64,
        first: u32,
        chosen: &'a [Chosen],
        skipped: Skipped,
    ) -> Result<Self, DrawError> {
        let (plan, said) = session.plan(request, seed)?;
        if plan.first().tiny && session.model.pipeline.tiny().is_none() {
            return Err(pipeline::Error::NoTinyVae.into());
        }
        let recipe = session.recipe_of(&plan);
        Ok(Self {
            request,
            params: Request {
                batch: 1,
                ..request.clone()
            }
            .to_params(),
            plan,
            said,
            first,
            chosen,
            recipe,
            skipped,
            timings: Timings::default(),
            steps: (0, 0),
        })
    }

    pub(super) fn draw(
        mut self,
        session: &mut Session<'_>,
    ) -> Result<(Vec<Picture>, Timings), DrawError> {
        let mut ways: Vec<Way> = {
            let keys = Keys::new(session.model);
            (0..self.plan.first().batch)
                .map(|index| self.way(session, &keys, index))
                .collect()
        };
        let together = session.model.pipeline.draws_together();
        let last = self.plan.passes.len();
        let lacks = |way: &Way| !way.has_done(last - 1);
        if together && ways.iter().any(lacks) {
            // What is denoised together is so from the beginning.
            for way in &mut ways {
                way.have = Have::Nothing;
            }
        }
        self.steps.1 = ways.iter().map(|way| self.steps_of(way)).sum();
        if ways.iter().any(lacks) {
            let texts = (0..last)
                .map(|pass| self.texts(session, pass))
                .collect::<Result<Vec<_>, _>>()?;
            // A refiner takes the place of the model, once rather than for each picture.
            let is_refined = self.plan.passes.iter().any(|pass| pass.refining.is_some())
                && ways.iter().all(|way| matches!(way.have, Have::Nothing));
            let group = if together || is_refined {
                ways.len()
            } else {
                1
            };
            for group in ways.chunks_mut(group) {
                for (pass, texts) in texts.iter().enumerate() {
                    // Those that are denoised together have all the same.
                    if group.iter().all(|way| way.has_done(pass)) {
                        continue;
                    }
                    self.denoise(session, pass, texts, group)?;
                }
                // As soon as there is one: whoever stops later keeps it.
                for way in group {
                    self.decode(session, way)?;
                }
            }
        }
        let mut pictures = Vec::new();
        for way in ways {
            pictures.push(self.finish(session, way)?);
        }
        Ok((pictures, self.timings))
    }

    /// The keys of a picture, and the latest result that there is.
    fn way(&self, session: &Session<'_>, keys: &Keys<'_>, index: usize) -> Way {
        let params = with_seed(&self.params, self.plan.first().seed_of(index), index);
        let told = Told {
            params: &params,
            seed: self.plan.first().seed_of(index),
            index: self.first + index as u32,
            models: &session.models,
        };
        // A plugin that takes no part all the way is in no key.
        let is_whole = !self.skipped.keys().any(|(picture, _)| *picture == index);
        let mut latents = None;
        let denoise: Vec<Option<Key>> = self
            .plan
            .passes
            .iter()
            .zip(&self.said)
            .map(|(pass, said)| {
                let refining = self.refining(session, pass, said);
                latents = keys
                    .denoise(
                        pass,
                        &said.model,
                        refining.as_ref(),
                        index,
                        self.chosen,
                        told,
                        latents,
                    )
                    .filter(|_| is_whole);
                latents
            })
            .collect();
        let decode = keys.decode(self.first_pass(), self.last_pass(), latents);
        let mut last = decode;
        let recipe = self.recipe_of(index);
        let infotext = Infotext::from(&recipe).to_string();
        let takes_part = |at: &usize| {
            self.chosen[*at].has(Hook::PostProcess) && !self.skipped.contains_key(&(index, *at))
        };
        let plugins: Vec<_> = (0..self.chosen.len())
            .filter(takes_part)
            .map(|at| {
                last = plugin_key(Stage::PostProcess, &self.chosen[at], told)
                    .text("parameters", &infotext)
                    .key("pixels", last)
                    .finish();
                (at, last)
            })
            .collect();
        let stages = session.stages;
        let frame = |stage, key| match stages.get(stage, key).as_deref() {
            Some(Value::Pixels(frame)) => Some(frame.clone()),
            _ => None,
        };
        let done = (0..plugins.len()).rev().find_map(|at| {
            let frame = frame(Stage::PostProcess, plugins[at].1)?;
            Some(Have::Frame(frame, at + 1))
        });
        let have = done
            .or_else(|| Some(Have::Frame(frame(Stage::Decode, decode)?, 0)))
            .or_else(|| {
                let passes = (0..denoise.len()).rev();
                passes.into_iter().find_map(|pass| {
                    match stages.get(Stage::Denoise, denoise[pass]).as_deref() {
                        Some(Value::Latents(latents)) => {
                            Some(Have::Latents(latents.clone(), pass + 1))
                        }
                        _ => None,
                    }
                })
            });
        Way {
            index,
            denoise,
            decode,
            plugins,
            have: have.unwrap_or(Have::Nothing),
        }
    }

    /// Steps that a picture still needs.
    fn steps_of(&self, way: &Way) -> usize {
        let passes = self.plan.passes.iter().enumerate();
        passes
            .filter(|(index, _)| !way.has_done(*index))
            .map(|(_, pass)| pass.generation.taken_steps())
            .sum()
    }

    fn first_pass(&self) -> &Pass {
        &self.plan.passes[0]
    }

    fn last_pass(&self) -> &Pass {
        &self.plan.passes[self.plan.passes.len() - 1]
    }

    /// What the key of a drawing has of its refiner.
    fn refining<'s>(
        &self,
        session: &'s Session<'_>,
        pass: &'s Pass,
        said: &'s Said,
    ) -> Option<Refining<'s>> {
        let (_, refiner) = session.refiner.as_ref()?;
        Some(Refining {
            keys: Keys::new(refiner),
            generation: pass.refining.as_ref()?,
            wording: said.refiner.as_ref()?,
            switch_at: self.plan.request.refiner_switch,
        })
    }

    /// The texts of a drawing, encoded for the model and for the refiner.
    fn texts(&mut self, session: &mut Session<'_>, pass: usize) -> Result<Encoded, DrawError> {
        let Pass {
            generation,
            refining,
            ..
        } = &self.plan.passes[pass];
        let said = &self.said[pass];
        let mut control = Control::new(session.cancel, session.events);
        let mut encode = |model: &Model, generation: &Generation, wording: &Wording| {
            let timings = &mut self.timings;
            encoded(
                model,
                session.stages,
                generation,
                wording,
                &mut control,
                timings,
            )
        };
        Ok(Encoded {
            model: encode(session.model, generation, &said.model)?,
            refiner: match (refining, &said.refiner, &session.refiner) {
                (Some(generation), Some(wording), Some((_, refiner))) => {
                    Some(encode(refiner, generation, wording)?)
                }
                _ => None,
            },
        })
    }

    /// One drawing of some pictures, all that are denoised together.
    fn denoise(
        &mut self,
        session: &mut Session<'_>,
        pass: usize,
        texts: &Encoded,
        ways: &mut [Way],
    ) -> Result<(), DrawError> {
        let Some(offset) = ways.first().map(|way| way.index) else {
            return Ok(());
        };
        let own = self.plan.passes[pass].generation.part(offset, ways.len());
        let before: Vec<Vec<f32>> = ways.iter().map(Way::latents).collect();
        let starts = starts(
            session,
            &self.plan.passes[pass],
            &own,
            &before,
            self.plan.first(),
            &mut self.timings,
        )?;
        let services = Arc::new(session.host(self.request.noise));
        let mut hook = Denoisers {
            chosen: self.chosen,
            request: with_seed(&self.params, own.seed, offset),
            services,
            cancel: session.cancel,
            notes: session.notes,
            first: self.first + offset as u32,
            kept: BTreeMap::new(),
            skipped: self
                .skipped
                .iter()
                .filter_map(|((picture, plugin), why)| {
                    let picture = picture.checked_sub(offset)?;
                    (picture < ways.len()).then(|| ((picture, *plugin), why.clone()))
                })
                .collect(),
        };
        let before = hook.skipped.clone();
        let (done, total) = self.steps;
        let first = self.first as usize + offset;
        let events = &mut *session.events;
        let mut forward = |event: Event<'_>| match event {
            Event::Ready { .. } if done > 0 => {}
            Event::Ready { .. } => events(Event::Ready { total }),
            Event::Step {
                done: more,
                denoised,
                ..
            } => events(Event::Step {
                done: done + more,
                total,
                denoised: denoised.map(|denoised| Denoised {
                    first: first + denoised.first,
                    ..denoised
                }),
            }),
            event => events(event),
        };
        let control = Control::new(session.cancel, &mut forward);
        let mut control = if Denoisers::any(self.chosen) {
            control.with_hook(&mut hook)
        } else {
            control
        };
        let refining = self.plan.passes[pass].refining.as_ref();
        let refining = refining.map(|it| it.part(offset, ways.len()));
        let refiner = match (&mut session.refiner, &refining, &texts.refiner) {
            (Some((_, refiner)), Some(generation), Some(texts)) => Some(Refiner {
                pipeline: &mut refiner.pipeline,
                generation,
                texts,
                switch_at: self.plan.request.refiner_switch,
            }),
            _ => None,
        };
        let latents = session.model.pipeline.denoise(
            &own,
            &starts,
            &texts.model,
            refiner,
            &mut control,
            &mut self.timings,
        )?;
        self.steps.0 += own.taken_steps() * own.batch;
        for (index, (way, latents)) in ways.iter_mut().zip(latents).enumerate() {
            let of_this = |((picture, _), _): &((usize, usize), &String)| *picture == index;
            let skips = |skipped: &Skipped| {
                skipped
                    .iter()
                    .map(|(place, why)| (*place, why))
                    .filter(of_this)
                    .count()
            };
            // What failed this time may not fail the next.
            if skips(&hook.skipped) > skips(&before) {
                way.forget();
            }
            session.stages.put(
                Stage::Denoise,
                way.denoise[pass],
                Value::Latents(latents.clone()),
            );
            way.have = Have::Latents(latents, pass + 1);
        }
        let found = hook.skipped.into_iter();
        self.skipped
            .extend(found.map(|((picture, plugin), why)| ((picture + offset, plugin), why)));
        Ok(())
    }

    fn decode(&mut self, session: &mut Session<'_>, way: &mut Way) -> Result<(), DrawError> {
        let Have::Latents(latents, _) = &way.have else {
            return Ok(());
        };
        (session.events)(Event::Stage(pipeline::Stage::Decode));
        let latents = latents.clone();
        let mut timings = Timings::default();
        let generation = &self.last_pass().generation;
        let pixels =
            session
                .model
                .pipeline
                .decode(generation, latents, session.cancel, &mut timings)?;
        let mut frame = Frame {
            width: generation.width as u32,
            height: generation.height as u32,
            pixels,
            texts: Vec::new(),
        };
        if let From::Picture(origin) = &self.first_pass().from
            && !origin.finish.is_nothing()
            && self.plan.passes.len() == 1
        {
            let size = Size {
                width: frame.width,
                height: frame.height,
            };
            let finished = origin.finish.apply(size, frame.pixels)?;
            frame = Frame {
                width: finished.size().width,
                height: finished.size().height,
                pixels: finished.into_pixels(),
                texts: Vec::new(),
            };
        }
        self.timings.add_all(&timings);
        session
            .stages
            .put(Stage::Decode, way.decode, Value::Pixels(frame.clone()));
        way.have = Have::Frame(frame, 0);
        Ok(())
    }

    /// From the latest result to the picture.
    fn finish(&mut self, session: &mut Session<'_>, mut way: Way) -> Result<Picture, DrawError> {
        self.decode(session, &mut way)?;
        let Way {
            index,
            plugins,
            have,
            ..
        } = way;
        let Have::Frame(frame, done) = have else {
            unreachable!("what is denoised is decoded");
        };
        let mut picture = Picture {
            width: frame.width,
            height: frame.height,
            pixels: frame.pixels,
            texts: frame.texts,
            recipe: self.recipe_of(index),
            timings: Vec::new(),
        };
        let start = Instant::now();
        let services = Arc::new(session.host(self.request.noise));
        let mut is_pure = true;
        for (at, key) in plugins.into_iter().skip(done) {
            let plugin = &self.chosen[at];
            if self.skipped.contains_key(&(index, at)) {
                continue;
            }
            let job = plugin.job(
                picture.recipe.seed,
                self.first + index as u32,
                with_seed(&self.params, picture.recipe.seed, index),
                services.clone(),
                session.cancel,
            );
            let given = pixels_of(&picture)?;
            let result = plugin.plugin().post_process(&job, &given);
            match plugin.outcome(Hook::PostProcess, result, session.notes)? {
                Ok(changed) => {
                    let of = plugins::of_pixels(&changed, &picture.recipe);
                    let frame = Frame {
                        width: of.width,
                        height: of.height,
                        pixels: of.pixels,
                        texts: of.texts,
                    };
                    let key = key.filter(|_| is_pure);
                    session
                        .stages
                        .put(Stage::PostProcess, key, Value::Pixels(frame.clone()));
                    (picture.width, picture.height) = (frame.width, frame.height);
                    (picture.pixels, picture.texts) = (frame.pixels, frame.texts);
                }
                Err(why) => {
                    // Later keys say that it took part.
                    is_pure = false;
                    self.skipped.insert((index, at), why);
                }
            }
        }
        if self.chosen.iter().any(|it| it.has(Hook::PostProcess)) {
            self.timings.add("plugins", start.elapsed());
        }
        for (at, plugin) in self.chosen.iter().enumerate() {
            let mut used = plugin.recipe();
            used.skipped = self.skipped.remove(&(index, at));
            picture.recipe.plugins.push(used);
        }
        let stages = self.timings.stages.iter();
        picture.timings = stages
            .map(|(stage, time)| ((*stage).to_owned(), time.as_secs_f64()))
            .collect();
        Ok(picture)
    }

    fn recipe_of(&self, index: usize) -> Recipe {
        Recipe {
            seed: self.plan.first().seed_of(index),
            sampling: Sampling::of_generation(&self.plan.first().part(index, 1)),
            ..self.recipe.clone()
        }
    }
}

impl Way {
    /// Whether this drawing is done.
    fn has_done(&self, pass: usize) -> bool {
        match self.have {
            Have::Nothing => false,
            Have::Latents(_, done) => pass < done,
            Have::Frame(..) => true,
        }
    }

    /// The latents of the last drawing that is done; none before the first.
    fn latents(&self) -> Vec<f32> {
        match &self.have {
            Have::Latents(latents, _) => latents.clone(),
            _ => Vec::new(),
        }
    }

    /// Keeps nothing of what comes.
    fn forget(&mut self) {
        self.denoise.fill(None);
        self.decode = None;
        for (_, key) in &mut self.plugins {
            *key = None;
        }
    }
}

/// The texts of a drawing.
struct Encoded {
    /// For the model.
    model: Texts,
    /// For the refiner.
    refiner: Option<Texts>,
}

/// What a model's text encoders make of texts; what was encoded before is not encoded again.
fn encoded(
    model: &Model,
    stages: &Store,
    generation: &Generation,
    wording: &Wording,
    control: &mut Control<'_>,
    timings: &mut Timings,
) -> Result<Texts, DrawError> {
    let keys = Keys::new(model);
    let key = |text: &str| keys.text(&generation.text, text);
    let kept = |text: &str| match stages.get(Stage::Text, key(text)).as_deref() {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let keep = |text: &str, encoded: &Conditioning| {
        let value = Value::Text(encoded.clone());
        stages.put(Stage::Text, key(text), value);
    };
    let mut found: BTreeMap<&str, Conditioning> = BTreeMap::new();
    let mut missing = Vec::new();
    for text in wording.texts() {
        match kept(text) {
            Some(encoded) => drop(found.insert(text, encoded)),
            None => missing.push(text),
        }
    }
    if !missing.is_empty() {
        let encoded = model
            .pipeline
            .encode(&missing, &generation.text, control, timings)?;
        for (text, encoded) in missing.into_iter().zip(encoded) {
            keep(text, &encoded);
            found.insert(text, encoded);
        }
    }
    wording.assemble(|text| {
        if let Some(encoded) = found.get(text) {
            return Ok(encoded.clone());
        }
        if let Some(encoded) = kept(text) {
            return Ok(encoded);
        }
        let encoded = model
            .pipeline
            .encode_one(text, &generation.text, control, timings)?;
        keep(text, &encoded);
        Ok(encoded)
    })
}

/// The request of one picture, as plugins see it: the `index`th of those that `params` are the first's.
pub(crate) fn with_seed(
    params: &[(String, settings::Value)],
    seed: u64,
    index: usize,
) -> Vec<(String, settings::Value)> {
    let mut params = params.to_vec();
    let varies = |(key, value): &(String, settings::Value)| {
        key == "variation_strength" && *value != settings::Value::Number(0.0)
    };
    let varies = params.iter().any(varies);
    for (key, value) in &mut params {
        match (key.as_str(), &*value) {
            ("seed", _) => *value = settings::Value::Seed(seed),
            ("variation_seed", settings::Value::Seed(first)) if varies => {
                *value = settings::Value::Seed(first.wrapping_add(index as u64));
            }
            _ => {}
        }
    }
    params
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
