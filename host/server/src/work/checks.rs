//! What can be said of a request before it is queued: nobody should wait for hours to hear that a name is misspelt.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use aquatint_diffusion::checkpoint::{Checkpoint, ExternalVae};
use aquatint_diffusion::pipeline::{Cancel, Generation};
use aquatint_diffusion::prompt::Emphasis;
use aquatint_diffusion::runtime::ProviderChoice;
use aquatint_studio::embeddings::{self, Listed};
use aquatint_studio::plugins::{Note, PluginSource as _};
use aquatint_studio::styles::{Style, StyleError, Styles};
use aquatint_studio::sweep::{Draft, LoadedPlugins, Sweep, SweepSpec};
use aquatint_studio::{
    DrawError, Inputs, Models, Request, UnknownModel, Vaes, choose, count_tokens, is_own_vae, plan,
    random_seed,
};

use super::places::Places;
use super::plugins::Source;
use crate::Config;
use crate::http::Problem;

/// How many checkpoints are kept in mind: their configurations, not their weights.
const MOST: usize = 32;

/// A checkpoint as its files were at a time.
type Seen = (Option<SystemTime>, Arc<Checkpoint>);

/// Looks at requests.
pub(crate) struct Checks {
    places: Places,
    models: Models,
    vaes: Vaes,
    inputs: Inputs,
    source: Source,
    known: Mutex<HashMap<PathBuf, Seen>>,
}

impl Checks {
    pub(crate) fn new(places: Places, source: Source) -> Self {
        Self {
            models: places.models(),
            vaes: Vaes::of_data(&places.data),
            inputs: Inputs::of_data(&places.data),
            places,
            source,
            known: Mutex::default(),
        }
    }

    /// The names of the models there are.
    pub(crate) fn models(&self) -> Vec<String> {
        self.models.names()
    }

    /// The names of the VAEs there are beside those of models.
    pub(crate) fn vaes(&self) -> Vec<String> {
        self.vaes.names()
    }

    /// A VAE as A1111 names it: by its name, with an ending or without. `None` is the model's own.
    pub(crate) fn vae_named(&self, name: &str) -> Result<Option<String>, Problem> {
        if name.is_empty() || is_own_vae(name) {
            return Ok(None);
        }
        let found = self.vaes.named(name);
        found
            .map(|found| Some(found.name))
            .map_err(|error| Problem::from(DrawError::from(error)))
    }

    /// The folder of a model, by its name alone: over HTTP nobody names paths.
    pub(crate) fn model(&self, name: Option<&str>) -> Result<PathBuf, Problem> {
        let name = name.unwrap_or(aquatint_studio::STARTER);
        let names = self.models.names();
        if !names.iter().any(|known| known == name) {
            let advice = aquatint_sandbox::names::did_you_mean(
                aquatint_sandbox::names::nearest(name, names.iter().map(String::as_str)).as_deref(),
            );
            return Err(Problem::field(
                "model",
                format_args!(
                    "unknown model \"{}\"{advice}: expected one of {}",
                    aquatint_sandbox::names::shown(name),
                    names.join(", ")
                ),
            ));
        }
        self.models
            .find(Some(name))
            .map_err(|error: UnknownModel| Problem::field("model", error))
    }

    /// A model's configuration.
    pub(crate) fn checkpoint(&self, name: Option<&str>) -> Result<Arc<Checkpoint>, Problem> {
        let path = self.model(name)?;
        let stamp = std::fs::metadata(path.join("model_index.json"))
            .and_then(|it| it.modified())
            .ok();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, checkpoint)) = known.get(&path)
            && *at == stamp
        {
            return Ok(checkpoint.clone());
        }
        let checkpoint = Checkpoint::open(&path).map_err(|error| {
            Problem::field("model", format_args!("the model cannot be used: {error}"))
        })?;
        let checkpoint = Arc::new(checkpoint);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(path, (stamp, checkpoint.clone()));
        Ok(checkpoint)
    }

    /// The styles there are.
    pub(crate) fn styles(&self) -> Result<Vec<Style>, Problem> {
        match Styles::read(&self.places.styles) {
            Ok(styles) => Ok(styles.iter().cloned().collect()),
            Err(StyleError::NoFile { .. }) => Ok(Vec::new()),
            Err(error) => Err(Problem::internal(error)),
        }
    }

    /// How many tokens a prompt has for a model, and how many there is room for.
    pub(crate) fn tokens(
        &self,
        text: &str,
        model: Option<&str>,
    ) -> Result<(usize, usize), Problem> {
        let checkpoint = self.checkpoint(model)?;
        let folder = &self.places.embeddings;
        Ok(count_tokens(
            text,
            &checkpoint,
            folder,
            Emphasis::default(),
        )?)
    }

    /// The embeddings there are, and which of them are for a model.
    pub(crate) fn embeddings(&self, model: Option<&str>) -> Result<Vec<Listed>, Problem> {
        let checkpoint = self.checkpoint(model)?;
        embeddings::list(&self.places.embeddings, &checkpoint).map_err(Problem::internal)
    }

    /// A request with its styles in its prompts. The message about one that there is not names no path of this machine.
    fn styled(&self, request: &Request) -> Result<Request, Problem> {
        if request.styles.is_empty() {
            return Ok(request.clone());
        }
        let styles = Styles::read(&self.places.styles).and_then(|it| it.expand(request));
        styles.map_err(|error| match error {
            StyleError::NoFile { .. } => Problem::field("styles", "there are no styles"),
            StyleError::Unknown { name, names, .. } => Problem::field(
                "styles",
                format_args!(
                    "there is no style \"{name}\": expected some of {}",
                    names.join(", ")
                ),
            ),
            error => Problem::field("styles", error),
        })
    }

    /// What a request comes down to, if it can be drawn and the server lets it.
    pub(crate) fn request(
        &self,
        request: &Request,
        config: &Config,
    ) -> Result<Generation, Problem> {
        request
            .validate()
            .map_err(|error| Problem::field(error.field(), error))?;
        let _: ProviderChoice = request
            .provider
            .parse()
            .map_err(|error| Problem::field("provider", error))?;
        let checkpoint = self.checkpoint(request.model.as_deref())?;
        // Over HTTP nobody names paths.
        if let Some(name) = request.vae.as_deref().filter(|name| !is_own_vae(name)) {
            let vae = self.vaes.named(name).map_err(DrawError::from)?;
            ExternalVae::open(&vae.path, &checkpoint).map_err(DrawError::Vae)?;
        }
        let request = &self.styled(request)?;
        choose(request, &self.source).map_err(DrawError::from)?;
        let seed = request.seed.unwrap_or_default();
        let refiner = match &request.refiner {
            Some(name) => Some(self.checkpoint(Some(name))?),
            None => None,
        };
        let mut drawings = plan(request, &checkpoint, refiner.as_deref(), &self.inputs, seed)?;
        for drawing in &drawings {
            bounded(drawing, config)?;
        }
        Ok(drawings.swap_remove(0))
    }

    /// A sweep as it is written, taken apart; its random seeds are drawn.
    pub(crate) fn sweep(&self, spec: &SweepSpec, config: &Config) -> Result<Sweep, Problem> {
        let most = spec.max_cells.unwrap_or(config.max_cells);
        let spec = SweepSpec {
            max_cells: Some(most.min(config.max_cells)),
            ..spec.clone()
        };
        self.model(spec.request.model.as_deref())?;
        let cancel = Cancel::new();
        let nobody = |_: Note<'_>| {};
        let plugins = LoadedPlugins::new(&self.source, self.models.names(), &cancel, &nobody);
        let sweep = Draft::new(&spec, &plugins)?.draw(&mut random_seed)?;
        // Models, VAEs and refiners may be on axes: each is looked at once, with each other. Everything else of a cell was checked by
        // the sweep itself.
        let mut models: Vec<[Option<String>; 3]> = Vec::new();
        for index in 0..sweep.len() {
            let Some(cell) = sweep.cell(index) else {
                continue;
            };
            let cell = &cell.request;
            let used = [&cell.model, &cell.vae, &cell.refiner].map(Clone::clone);
            if !models.contains(&used) {
                self.request(cell, config)?;
                models.push(used);
            } else {
                bounded_request(cell, config)?;
            }
        }
        Ok(sweep)
    }

    /// The ids of the plugins there are.
    pub(crate) fn plugin_ids(&self) -> Vec<String> {
        self.source.ids()
    }
}

fn bounded(generation: &Generation, config: &Config) -> Result<(), Problem> {
    let pixels = generation.width as u64 * generation.height as u64;
    check(
        pixels,
        generation.steps as u64,
        generation.batch as u64,
        config,
    )
}

fn bounded_request(request: &Request, config: &Config) -> Result<(), Problem> {
    let pixels = match (request.width, request.height) {
        (Some(width), Some(height)) => u64::from(width) * u64::from(height),
        _ => 0,
    };
    let steps = request.steps.unwrap_or_default();
    check(pixels, steps.into(), request.batch.into(), config)
}

fn check(pixels: u64, steps: u64, batch: u64, config: &Config) -> Result<(), Problem> {
    let most = config.max_pixels;
    if pixels > most {
        return Err(Problem::field(
            "width",
            format_args!(
                "the picture has {pixels} pixels, expected at most {most} (setting `max_pixels`)"
            ),
        ));
    }
    let most = u64::from(config.max_steps);
    if steps > most {
        return Err(Problem::field(
            "steps",
            format_args!("steps is {steps}, expected at most {most} (setting `max_steps`)"),
        ));
    }
    let most = u64::from(config.max_batch);
    if batch > most {
        return Err(Problem::field(
            "batch",
            format_args!("batch is {batch}, expected at most {most} (setting `max_batch`)"),
        ));
    }
    Ok(())
}
