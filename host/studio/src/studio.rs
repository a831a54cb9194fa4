//! Everything that requests are drawn with, opened when it is needed and kept while it can be used again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aquatint_diffusion::checkpoint::{Checkpoint, Fingerprints};
use aquatint_diffusion::pipeline::{self, Cancel, Event, Generation, Timings};
use aquatint_diffusion::prompt::Emphasis;
use aquatint_diffusion::runtime::{ProviderChoice, Runtime, RuntimeOptions};
use aquatint_sandbox::contract::Hook;

use crate::draw::{model_of, part_of};
use crate::plugins::{Chosen, Note, OnnxModels, PluginSource};
use crate::session::Plan;
use crate::speeds::{Drawing, Speed, Speeds};
use crate::stages::{Counts, Stage, Store};
use crate::styles::Styles;
use crate::sweep::run::Forecast;
use crate::sweep::{LoadedPlugins, Sweep};
use crate::tokens::count_tokens;
use crate::vaes::open_vae;
use crate::{
    Decoder, DrawError, Inputs, Model, Models, Picture, Request, Session, TinyChoice, Vaes, choose,
    recipe, resolve,
};

/// Draws requests, one at a time. One model is in memory at a time.
pub struct Studio {
    data: PathBuf,
    /// The models that there are.
    pub models: Models,
    /// The folder of embeddings.
    pub embeddings: PathBuf,
    /// The VAEs that there are beside those of models.
    pub vaes: Vaes,
    plugins: Box<dyn PluginSource + Send>,
    stages: Store,
    inputs: Inputs,
    /// The file with the styles.
    styles: PathBuf,
    fingerprints: Fingerprints,
    speeds: Speeds,
    runtimes: Vec<(ProviderChoice, Arc<Runtime>)>,
    loaded: Option<Loaded>,
    tiny: TinyChoice,
}

struct Loaded {
    path: PathBuf,
    runtime: Arc<Runtime>,
    model: Model,
    /// Which its tiny VAE is, once that was looked for.
    tiny: Option<TinyChoice>,
    /// The refiner of the last request, and where it is.
    refiner: Option<(PathBuf, Model)>,
    /// On the same runtime.
    onnx: Arc<OnnxModels>,
}

/// Who is told what happens, and who can stop it.
pub struct Watcher<'a> {
    /// Stops it.
    pub cancel: &'a Cancel,
    /// Told how drawing goes.
    pub events: &'a mut dyn FnMut(Event<'_>),
    /// Told about plugins.
    pub notes: &'a mut dyn FnMut(Note<'_>),
}

/// What came of a request.
#[derive(Debug, Default)]
pub struct Drawn {
    /// The pictures, in order.
    pub pictures: Vec<Picture>,
    /// How long what took.
    pub timings: Timings,
    /// How often each stage was run for it.
    pub counts: Counts,
}

impl Drawn {
    /// What jobs say of it: seeds, seconds by stage, and how often each stage was run.
    #[must_use]
    pub fn report(&self) -> serde_json::Map<String, serde_json::Value> {
        let stages = self.timings.stages.iter();
        let seconds: serde_json::Map<_, _> = stages
            .map(|(stage, time)| ((*stage).to_owned(), time.as_secs_f64().into()))
            .collect();
        let seeds: Vec<_> = self.pictures.iter().map(|it| it.recipe.seed).collect();
        [
            ("seeds".to_owned(), seeds.into()),
            ("timings".to_owned(), seconds.into()),
            ("stages".to_owned(), serde_json::json!(self.counts)),
        ]
        .into_iter()
        .collect()
    }

    /// With what came of another one.
    pub fn add(&mut self, other: Self) {
        self.pictures.extend(other.pictures);
        self.timings.add_all(&other.timings);
        self.counts.add(&other.counts);
    }
}

impl Studio {
    /// On a data folder.
    #[must_use]
    pub fn new(data: &Path, plugins: Box<dyn PluginSource + Send>, stages: Store) -> Self {
        Self {
            data: data.to_owned(),
            models: Models::of_data(data),
            embeddings: data.join("embeddings"),
            vaes: Vaes::of_data(data),
            plugins,
            speeds: Speeds::new(
                stages
                    .is_on_disk()
                    .then(|| data.join("cache").join("speeds.toml")),
            ),
            stages,
            inputs: Inputs::of_data(data),
            styles: Styles::path_of(data),
            fingerprints: Fingerprints::open(&data.join("fingerprints.json")),
            runtimes: Vec::new(),
            loaded: None,
            tiny: TinyChoice::default(),
        }
    }

    /// Draws what asks for this provider on a runtime that is there already.
    pub fn use_runtime(&mut self, choice: ProviderChoice, runtime: Arc<Runtime>) {
        self.runtimes.retain(|(other, _)| *other != choice);
        self.runtimes.push((choice, runtime));
    }

    /// Makes previews, and pictures that ask for it, by another tiny VAE from now on.
    pub fn use_tiny(&mut self, tiny: TinyChoice) {
        self.tiny = tiny;
    }

    /// Takes plugins from elsewhere from now on.
    pub fn use_plugins(&mut self, plugins: Box<dyn PluginSource + Send>) {
        self.plugins = plugins;
    }

    /// The pictures that drawings begin from.
    #[must_use]
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// Takes styles from another file from now on.
    pub fn use_styles(&mut self, path: PathBuf) {
        self.styles = path;
    }

    /// A request with its styles in its prompts.
    fn styled(&self, request: &Request) -> Result<Request, DrawError> {
        request.validate()?;
        if request.styles.is_empty() {
            return Ok(request.clone());
        }
        Ok(Styles::read(&self.styles)?.expand(request)?)
    }

    /// What was computed before.
    #[must_use]
    pub fn stages(&self) -> &Store {
        &self.stages
    }

    /// The plugins as sweeps ask for them; `notes` is told what they write.
    #[must_use]
    pub fn sweep_plugins<'a>(
        &'a self,
        cancel: &'a Cancel,
        notes: &'a dyn Fn(Note<'_>),
    ) -> LoadedPlugins<'a> {
        LoadedPlugins::new(self.plugins.as_ref(), self.models.names(), cancel, notes)
    }

    /// Checks everything that can be checked without starting a runtime: the request, its plugins and their settings, and
    /// the model.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, request: &Request, seed: u64) -> Result<Generation, DrawError> {
        let request = &self.styled(request)?;
        let _: ProviderChoice = request.provider.parse()?;
        choose(request, self.plugins.as_ref())?;
        let path = self.models.find(request.model.as_deref())?;
        let refiner = self.refiner_path(request)?;
        let refiner = refiner.map(|path| Checkpoint::open(&path)).transpose()?;
        let has_tiny = |checkpoint: &Checkpoint| match request.decoder {
            Decoder::Full => Ok(()),
            Decoder::Tiny => match self.tiny.open(&self.data, checkpoint)? {
                Some(_) => Ok(()),
                None => Err(DrawError::from(pipeline::Error::NoTinyVae)),
            },
        };
        let has_vae = |checkpoint: &Checkpoint| match self.vaes.find(request.vae.as_deref())? {
            Some(found) => open_vae(found, checkpoint).map(drop),
            None => Ok(()),
        };
        let plan = match &self.loaded {
            Some(loaded) if loaded.path == path => {
                let checkpoint = loaded.model.pipeline.checkpoint();
                has_tiny(checkpoint)?;
                has_vae(checkpoint)?;
                Plan::new(request, checkpoint, refiner.as_ref(), &self.inputs, seed)?
            }
            _ => {
                let checkpoint = Checkpoint::open(&path)?;
                has_tiny(&checkpoint)?;
                has_vae(&checkpoint)?;
                Plan::new(request, &checkpoint, refiner.as_ref(), &self.inputs, seed)?
            }
        };
        Ok(plan.first().clone())
    }

    /// Draws a request. `seed` is that of its first picture.
    ///
    /// # Errors
    /// When the request, the model, the runtime or a plugin fails, or it was cancelled.
    pub fn draw(
        &mut self,
        request: &Request,
        seed: u64,
        watcher: Watcher<'_>,
    ) -> Result<Drawn, DrawError> {
        let before = self.stages.counts();
        let mut is_plain = false;
        let styled = self.styled(request)?;
        let (mut pictures, timings) = self.session(&styled, watcher, |session, chosen| {
            // Others change what is drawn, or take time while it is.
            let hooks = [Hook::PreProcess, Hook::Denoise, Hook::Script];
            let is_after = |it: &Chosen| !hooks.iter().any(|hook| it.has(*hook));
            is_plain = chosen.iter().all(is_after);
            session.draw(&styled, seed, chosen)
        })?;
        for picture in &mut pictures {
            picture.recipe.styles.clone_from(&request.styles);
        }
        let drawn = Drawn {
            pictures,
            timings,
            counts: self.stages.counts().since(&before),
        };
        if is_plain {
            self.measure(request, &drawn);
        }
        Ok(drawn)
    }

    /// How long a sweep takes, by what was measured here before.
    pub fn forecast(&mut self, sweep: &Sweep) -> Forecast {
        let Self { models, speeds, .. } = self;
        let mut checkpoints: HashMap<PathBuf, Option<Checkpoint>> = HashMap::new();
        Forecast::of(sweep, |request| {
            let path = models.find(request.model.as_deref()).ok()?;
            let provider: ProviderChoice = request.provider.parse().ok()?;
            let checkpoint = checkpoints
                .entry(path.clone())
                .or_insert_with(|| Checkpoint::open(&path).ok())
                .as_ref()?;
            let generation = resolve(request, checkpoint, 0).ok()?;
            let drawing = Drawing::of(&generation, checkpoint, &path, &provider);
            let Speed { step, decode } = speeds.of(&drawing)?;
            Some(step * generation.steps as f64 + decode.unwrap_or_default())
        })
    }

    /// Keeps in mind how long it took to draw a request whose plugins come after that.
    fn measure(&mut self, request: &Request, drawn: &Drawn) {
        let Some(loaded) = &self.loaded else { return };
        let checkpoint = loaded.model.pipeline.checkpoint();
        let (Ok(generation), Ok(provider)) =
            (resolve(request, checkpoint, 0), request.provider.parse())
        else {
            return;
        };
        let each = |what: &str, times: u64| {
            let mut stages = drawn.timings.stages.iter();
            let (_, time) = stages.find(|(name, _)| *name == what)?;
            (times > 0).then(|| time.as_secs_f64() / times as f64)
        };
        let denoised = drawn.counts.of(Stage::Denoise).run;
        let Some(step) = each("denoise", denoised * generation.steps as u64) else {
            return;
        };
        let decode = each("decode", drawn.counts.of(Stage::Decode).run);
        let drawing = Drawing::of(&generation, checkpoint, &loaded.path, &provider);
        self.speeds.add(&drawing, Speed { step, decode });
    }

    fn session<T>(
        &mut self,
        request: &Request,
        watcher: Watcher<'_>,
        run: impl FnOnce(&mut Session<'_>, &[Chosen]) -> Result<T, DrawError>,
    ) -> Result<T, DrawError> {
        let chosen = choose(request, self.plugins.as_ref())?;
        let path = self.models.find(request.model.as_deref())?;
        let runtime = self.runtime(request.provider.parse()?)?;
        let refiner = self.refiner_path(request)?;
        let models = self.models.names();
        let onnx = OnnxModels::folder(&self.data);
        let loaded = Self::load(
            &mut self.loaded,
            &mut self.fingerprints,
            path,
            runtime,
            onnx,
        )?;
        if loaded.tiny.as_ref() != Some(&self.tiny) {
            let tiny = self
                .tiny
                .open(&self.data, loaded.model.pipeline.checkpoint())?;
            loaded.model.use_tiny(tiny, &mut self.fingerprints)?;
            loaded.tiny = Some(self.tiny.clone());
        }
        // The old one goes first: two do not fit where one does.
        let known = loaded.refiner.take();
        loaded.refiner = match (refiner, known) {
            (Some(path), Some(known)) if known.0 == path => Some(known),
            (Some(path), _) => {
                let checkpoint = Checkpoint::open(&path)?;
                let runtime = loaded.runtime.clone();
                Some((
                    path,
                    Model::new(runtime, checkpoint, &mut self.fingerprints)?,
                ))
            }
            (None, _) => None,
        };
        let mut session = Session {
            model: &mut loaded.model,
            refiner: request
                .refiner
                .clone()
                .zip(loaded.refiner.as_mut().map(|(_, model)| model)),
            stages: &self.stages,
            inputs: &self.inputs,
            cancel: watcher.cancel,
            events: watcher.events,
            notes: watcher.notes,
            models,
            embeddings: &self.embeddings,
            vaes: &self.vaes,
            vae: request.vae.clone(),
            fingerprints: &mut self.fingerprints,
            onnx: loaded.onnx.clone(),
        };
        let result = run(&mut session, &chosen);
        loaded.onnx.rest();
        result
    }

    /// Draws one picture of those that a request gives, as it was among them.
    ///
    /// # Errors
    /// As [`Studio::draw`].
    pub fn draw_one(
        &mut self,
        request: &Request,
        seed: u64,
        index: u32,
        watcher: Watcher<'_>,
    ) -> Result<Picture, DrawError> {
        let styled = self.styled(request)?;
        let mut picture = self.session(&styled, watcher, |session, chosen| {
            Ok(session.draw_one(&styled, seed, index, chosen)?.0)
        })?;
        picture.recipe.styles.clone_from(&request.styles);
        Ok(picture)
    }

    /// The plugins that there are to draw with.
    #[must_use]
    pub fn plugins(&self) -> &dyn PluginSource {
        self.plugins.as_ref()
    }

    /// The runtime for a provider, started when it is first asked for.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn runtime(&mut self, choice: ProviderChoice) -> Result<Arc<Runtime>, DrawError> {
        if let Some((_, runtime)) = self.runtimes.iter().find(|(other, _)| *other == choice) {
            return Ok(runtime.clone());
        }
        let runtime = Arc::new(Runtime::start(&RuntimeOptions {
            data_dir: self.data.clone(),
            provider: choice.clone(),
            threads: None,
        })?);
        self.runtimes.push((choice, runtime.clone()));
        Ok(runtime)
    }

    /// Takes the model out of memory. The next drawing loads what it needs.
    pub fn unload(&mut self) {
        self.loaded = None;
    }

    /// How many tokens a prompt has for a model, and how many there is room for before it goes on in another chunk. Of a
    /// prompt that changes, its longest text counts.
    ///
    /// # Errors
    /// There is no model of that name, or it or an embedding cannot be read; the prompt is too long.
    pub fn count_tokens(
        &self,
        prompt: &str,
        model: Option<&str>,
        emphasis: Emphasis,
    ) -> Result<(usize, usize), DrawError> {
        let checkpoint = Checkpoint::open(&self.models.find(model)?)?;
        count_tokens(prompt, &checkpoint, &self.embeddings, emphasis)
    }

    /// What a model is called in recipes, without its runtime.
    ///
    /// # Errors
    /// There is none of that name, or it cannot be read.
    pub fn model(&mut self, name: &str) -> Result<recipe::Model, DrawError> {
        let checkpoint = Checkpoint::open(&self.models.find(Some(name))?)?;
        let parts = self.fingerprints.of(&checkpoint)?;
        Ok(model_of(&checkpoint, &parts))
    }

    /// What the tiny VAE of a model is called in recipes, without a runtime.
    ///
    /// # Errors
    /// There is no model of that name, or one of them cannot be read.
    pub fn tiny_vae(&mut self, model: &str) -> Result<Option<recipe::Part>, DrawError> {
        let checkpoint = Checkpoint::open(&self.models.find(Some(model))?)?;
        let Some(tiny) = self.tiny.open(&self.data, &checkpoint)? else {
            return Ok(None);
        };
        Ok(Some(part_of(&self.fingerprints.of_tiny(&tiny)?)))
    }

    /// Where the refiner of a request is, if it asks for one.
    fn refiner_path(&self, request: &Request) -> Result<Option<PathBuf>, DrawError> {
        let name = request.refiner.as_deref();
        Ok(name.map(|name| self.models.find(Some(name))).transpose()?)
    }

    /// What the VAE of a name, or at a path, is called in recipes with a model, without a runtime. `None` if there is none
    /// of that name.
    ///
    /// # Errors
    /// There is no model of that name, one of them cannot be read, or the VAE is none for the model.
    pub fn vae(&mut self, name: &str, model: &str) -> Result<Option<recipe::Vae>, DrawError> {
        let checkpoint = Checkpoint::open(&self.models.find(Some(model))?)?;
        let Ok(Some(found)) = self.vaes.find(Some(name)) else {
            return Ok(None);
        };
        let (found, vae) = open_vae(found, &checkpoint)?;
        Ok(Some(recipe::Vae {
            name: found.name,
            fingerprint: self.fingerprints.of_vae(&vae)?.fingerprint,
            sha256: self.fingerprints.sha256_of(&vae.part.weights)?,
            ..recipe::Vae::default()
        }))
    }

    fn load<'a>(
        slot: &'a mut Option<Loaded>,
        fingerprints: &mut Fingerprints,
        path: PathBuf,
        runtime: Arc<Runtime>,
        onnx: PathBuf,
    ) -> Result<&'a mut Loaded, DrawError> {
        let fits = |loaded: &Loaded| loaded.path == path && Arc::ptr_eq(&loaded.runtime, &runtime);
        // The old one goes first: two do not fit where one does.
        let loaded = match slot.take().filter(fits) {
            Some(loaded) => loaded,
            None => {
                let checkpoint = Checkpoint::open(&path)?;
                let model = Model::new(runtime.clone(), checkpoint, fingerprints)?;
                Loaded {
                    path,
                    onnx: Arc::new(OnnxModels::new(runtime.clone(), onnx)),
                    runtime,
                    model,
                    tiny: None,
                    refiner: None,
                }
            }
        };
        Ok(slot.insert(loaded))
    }
}

/// A seed for whoever names none: 32 bits, as other programs show and take them.
#[must_use]
pub fn random_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    u64::from(RandomState::new().hash_one(std::process::id()) as u32)
}
