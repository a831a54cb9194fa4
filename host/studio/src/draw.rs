//! From a request to what is drawn: decides what the request leaves open, and writes the recipe.

use aquatint_diffusion::checkpoint::{
    Checkpoint, CheckpointError, Family, Fingerprints, PartFingerprint,
};
use aquatint_diffusion::pipeline::{self, Generation, StepRule, Strength, TextSettings};
use aquatint_diffusion::prompt::embeddings::EmbeddingError;
use aquatint_diffusion::runtime::RuntimeError;
use aquatint_diffusion::sampler::{SamplerError, SamplerKind};
use aquatint_diffusion::sigmas::{ConfigError, Schedule, UnknownSchedule};

use aquatint_sandbox::pixels::PictureError;

use crate::plugins::PluginError;
use crate::recipe::{self, Recipe};
use crate::styles::StyleError;
use crate::vaes::UnknownVae;
use crate::{Decoder, InvalidRequest, Model, OriginError, Request, UnknownModel};

/// Why a request was not drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DrawError {
    /// The request asks for what no model can do.
    #[error(transparent)]
    Request(#[from] InvalidRequest),
    /// The request names a style that is not there, or that does not fit.
    #[error(transparent)]
    Style(#[from] StyleError),
    /// The request names a model that is not there.
    #[error(transparent)]
    Model(#[from] UnknownModel),
    /// The request names a provider that is not known, or one that does not run here.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// A plugin could not take part.
    #[error(transparent)]
    Plugin(#[from] PluginError),
    /// The picture to begin from, or its mask, cannot be used.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// A picture is larger than pictures may be.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The request names a sampler that is not known, or one that cannot do what is asked.
    #[error(transparent)]
    Sampler(#[from] SamplerError),
    /// The request names a schedule that is not known.
    #[error(transparent)]
    Schedule(#[from] UnknownSchedule),
    /// The request names no sampler, and the model's own is none of those here.
    #[error("name a sampler: the one of the model \"{model}\" is not known ({error})")]
    NoDefaultSampler {
        /// The model.
        model: String,
        /// What its scheduler config says.
        error: ConfigError,
    },
    /// A script gave fewer pictures than it did before.
    #[error("the script gave {count} pictures, and number {} was asked for", index + 1)]
    TooFew {
        /// Which was asked for, from 0.
        index: u32,
        /// How many there are.
        count: usize,
    },
    /// The model or the runtime failed.
    #[error(transparent)]
    Pipeline(#[from] pipeline::Error),
    /// An embedding that the prompt names cannot be used.
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    /// The request names a VAE that is not there.
    #[error(transparent)]
    UnknownVae(#[from] UnknownVae),
    /// The VAE that the request names is none, or none for this model.
    #[error("the VAE cannot be used: {0}")]
    Vae(#[source] CheckpointError),
    /// The model's files could not be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl DrawError {
    /// Whether the request is at fault rather than the machine or the model.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Request(_)
            | Self::Sampler(_)
            | Self::Schedule(_)
            | Self::Model(_)
            | Self::Origin(_)
            | Self::Embedding(_)
            | Self::UnknownVae(_)
            | Self::Vae(_)
            | Self::NoDefaultSampler { .. } => true,
            Self::Runtime(error) => matches!(
                error,
                RuntimeError::UnknownProvider { .. } | RuntimeError::BadSetting { .. }
            ),
            Self::Pipeline(error) => matches!(
                error,
                pipeline::Error::Request { .. }
                    | pipeline::Error::Sampler(_)
                    | pipeline::Error::NoTinyVae
            ),
            Self::Style(error) => error.is_usage(),
            Self::Plugin(error) => error.is_usage(),
            Self::Checkpoint(_) | Self::Picture(_) | Self::TooFew { .. } => false,
        }
    }

    /// Whether somebody stopped it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Pipeline(error) => matches!(error, pipeline::Error::Cancelled),
            Self::Plugin(error) => error.is_cancelled(),
            Self::Runtime(error) => matches!(error, RuntimeError::Cancelled),
            _ => false,
        }
    }
}

/// A request with the model's defaults put in. Its styles are in its prompts already.
///
/// # Errors
/// For what the request asks and no model, or not this one, can do.
pub fn resolve(
    request: &Request,
    checkpoint: &Checkpoint,
    seed: u64,
) -> Result<Generation, DrawError> {
    request.validate()?;
    if !request.styles.is_empty() {
        return Err(StyleError::NotApplied.into());
    }
    let defaults = &checkpoint.defaults;
    let (sampler, suffix) = match &request.sampler {
        Some(name) => SamplerKind::parse(name)?,
        None => {
            let own = match defaults.sampler {
                Some(sampler) => sampler,
                None => checkpoint.scheduler.default_sampler().map_err(|error| {
                    DrawError::NoDefaultSampler {
                        model: checkpoint.name.clone(),
                        error,
                    }
                })?,
            };
            (own, None)
        }
    };
    let schedule = match (&request.schedule, suffix, &request.sampler) {
        (Some(name), _, _) => name.parse()?,
        // "DPM++ 2M Karras" names both.
        (None, Some(schedule), _) => schedule,
        // The model's default schedule belongs to its default sampler.
        (None, None, Some(_)) => Schedule::Model,
        (None, None, None) => defaults.schedule,
    };
    let size = |asked: Option<u32>, default| asked.map_or(default, |size| size as usize);
    let generation = Generation {
        prompt: request.prompt.clone(),
        negative: request.negative.clone(),
        seed,
        steps: size(request.steps, defaults.steps),
        cfg: request.cfg.unwrap_or(defaults.cfg),
        cfg_rescale: request.cfg_rescale,
        sampler,
        schedule,
        width: size(request.width, defaults.width),
        height: size(request.height, defaults.height),
        batch: request.batch as usize,
        noise: request.noise,
        strength: request.init.as_ref().map(|init| Strength {
            amount: init.strength,
            rule: init.steps.unwrap_or(StepRule::of(schedule)),
        }),
        tiled: false,
        tiny: request.decoder == Decoder::Tiny,
        start: request.start_options(),
        options: request.sampler_options(),
        guided: request.guided(),
        text: TextSettings {
            clip_skip: request.clip_skip as usize,
            emphasis: request.emphasis,
            // Which of them take part, what is there decides.
            embeddings: Vec::new(),
        },
    };
    let generation = Generation {
        tiled: is_tiled(request, generation.width, generation.height),
        ..generation
    };
    generation.check(checkpoint)?;
    Ok(generation)
}

/// Above this many pixels a VAE's memory is what a picture needs most.
const TILED_ABOVE: usize = 2 << 20;

/// Whether a picture of this size goes through the VAE in tiles.
pub(crate) fn is_tiled(request: &Request, width: usize, height: usize) -> bool {
    request.vae_tiling.unwrap_or(width * height > TILED_ABOVE)
}

pub(crate) fn recipe_of(model: &Model, generation: &Generation, request: &Request) -> Recipe {
    let pipeline = &model.pipeline;
    let checkpoint = pipeline.checkpoint();
    let runtime = pipeline.runtime();
    Recipe {
        recipe: recipe::VERSION,
        prompt: generation.prompt.clone(),
        negative: generation.negative.clone(),
        styles: Vec::new(),
        seed: generation.seed,
        steps: generation.steps as u32,
        cfg: generation.cfg,
        cfg_rescale: generation.cfg_rescale,
        sampler: generation.sampler.id().to_owned(),
        schedule: generation.schedule.id().to_owned(),
        width: generation.width as u32,
        height: generation.height as u32,
        noise: generation.noise,
        sampling: recipe::Sampling::of_generation(generation),
        clip_skip: generation.text.clip_skip as u32,
        emphasis: generation.text.emphasis,
        embeddings: generation
            .text
            .embeddings
            .iter()
            .map(|embedding| recipe::Embedding {
                name: embedding.name.clone(),
                sha256: embedding.sha256.clone(),
                ..recipe::Embedding::default()
            })
            .collect(),
        model: model_of(checkpoint, &model.parts),
        runtime: recipe::Runtime {
            version: runtime.version().to_owned(),
            provider: runtime.provider().to_string(),
            ..recipe::Runtime::default()
        },
        init: request.init.clone(),
        hires: request.hires.clone(),
        vae_tiling: request.vae_tiling,
        vae: model.vae.as_ref().map(|vae| recipe::Vae {
            name: vae.found.name.clone(),
            fingerprint: vae.part.fingerprint.clone(),
            sha256: vae.sha256.clone(),
            ..recipe::Vae::default()
        }),
        refiner: None,
        tiny_vae: model.tiny.as_ref().filter(|_| generation.tiny).map(part_of),
        plugins: Vec::new(),
        asked: None,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        other: serde_json::Map::new(),
    }
}

/// What a model is called in recipes.
pub(crate) fn model_of(checkpoint: &Checkpoint, parts: &[PartFingerprint]) -> recipe::Model {
    recipe::Model {
        name: checkpoint.name.clone(),
        family: family_id(checkpoint.family).to_owned(),
        fingerprint: Fingerprints::whole(parts),
        parts: parts.iter().map(part_of).collect(),
        ..recipe::Model::default()
    }
}

/// What a part is called in recipes.
pub(crate) fn part_of(part: &PartFingerprint) -> recipe::Part {
    recipe::Part {
        name: part.name.clone(),
        fingerprint: part.fingerprint.clone(),
        ..recipe::Part::default()
    }
}

pub(crate) fn family_id(family: Family) -> &'static str {
    match family {
        Family::Sd1 => "sd1",
        Family::Sd2 => "sd2",
        Family::Sdxl => "sdxl",
        Family::SdxlRefiner => "sdxl-refiner",
    }
}
