//! A checkpoint: what a model folder says and holds, checked, with its weights mapped and not yet loaded.
//!
//! Read so far: a diffusers folder of safetensors for SD 1.x, SD 2.x, SDXL (base and refiner), their Turbo and
//! LCM variants. `model_index.json` names the parts; each part's folder has a `config.json` and its weights.

mod defaults;
mod error;
mod external_vae;
mod fields;
mod fingerprint;
mod index;
mod inspect;
mod ldm;
mod text;
mod tiny;
mod unet;
mod vae;
mod weights;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use defaults::Defaults;
pub use error::CheckpointError;
pub use external_vae::ExternalVae;
pub use fingerprint::{Fingerprints, PartFingerprint};
pub use index::ModelIndex;
pub use inspect::{Inspection, PartReport};
pub use text::{Activation, TextConfig};
pub use tiny::{TinyConfig, TinyNaming, TinyVae};
pub use unet::{AddedCondition, BlockKind, Level, Middle, UNetConfig};
pub use vae::VaeConfig;
pub use weights::{Tensor, Weights};

use crate::preview::Projection;
use crate::prompt::Tokenizer;
use crate::sigmas::SchedulerConfig;

/// One network of a checkpoint.
#[derive(Debug)]
pub struct Part<C> {
    /// The folder's name, such as `unet`.
    pub name: &'static str,
    /// The folder.
    pub folder: PathBuf,
    /// Its config.
    pub config: C,
    /// Its weights.
    pub weights: Weights,
}

/// A text encoder and the folder of its tokenizer.
#[derive(Debug)]
pub struct TextPart {
    /// The encoder.
    pub encoder: Part<TextConfig>,
    /// Where its tokenizer is read from.
    pub tokenizer: PathBuf,
    opened: OnceLock<Arc<Tokenizer>>,
}

impl TextPart {
    /// Its tokenizer. It is read when it is first asked for: its vocabulary takes longer than a small text encoder.
    pub fn open_tokenizer(&self) -> Result<Arc<Tokenizer>, CheckpointError> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened.clone());
        }
        let opened = Tokenizer::open(&self.tokenizer, self.encoder.config.positions)?;
        Ok(self.opened.get_or_init(|| Arc::new(opened)).clone())
    }
}

/// The folders of text encoders and of their tokenizers, in the order that the outputs are joined.
const TEXT_PARTS: [(&str, &str); 2] = [
    ("text_encoder", "tokenizer"),
    ("text_encoder_2", "tokenizer_2"),
];

/// The kinds of model that pipelines differ for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// One text encoder; SD 1.x and everything of that layout.
    Sd1,
    /// One text encoder with 1024 channels; SD 2.x.
    Sd2,
    /// Two text encoders, pooled text and size conditioning.
    Sdxl,
    /// SDXL's second model: the second text encoder alone, and an aesthetic score.
    SdxlRefiner,
}

impl std::fmt::Display for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sd1 => "SD 1.x",
            Self::Sd2 => "SD 2.x",
            Self::Sdxl => "SDXL",
            Self::SdxlRefiner => "SDXL refiner",
        })
    }
}

/// A model, read and checked.
#[derive(Debug)]
pub struct Checkpoint {
    /// Its folder.
    pub path: PathBuf,
    /// What it is called: by its `aquatint.json`, or the folder's name.
    pub name: String,
    /// What kind of model it is.
    pub family: Family,
    /// What its `model_index.json` says.
    pub index: ModelIndex,
    /// One or two text encoders, in the order that their outputs are joined.
    pub text: Vec<TextPart>,
    /// The network that denoises.
    pub unet: Part<UNetConfig>,
    /// The autoencoder between pictures and latents.
    pub vae: Part<VaeConfig>,
    /// Its scheduler's config.
    pub scheduler: SchedulerConfig,
    /// What a request that leaves something open gets.
    pub defaults: Defaults,
    /// How its latents are shown while a picture is drawn.
    pub preview: Projection,
}

impl Checkpoint {
    /// Opens a diffusers folder. Weights are mapped, not read.
    pub fn open(path: &Path) -> Result<Self, CheckpointError> {
        let index = ModelIndex::read(path)?;
        let unet = open_part(path, "unet", UNetConfig::read)?;
        let vae = open_part(path, "vae", VaeConfig::read)?;
        let mut text = Vec::new();
        for (encoder, tokenizer) in TEXT_PARTS {
            if index.has(encoder) {
                text.push(TextPart {
                    encoder: open_part(path, encoder, TextConfig::read)?,
                    tokenizer: path.join(tokenizer),
                    opened: OnceLock::new(),
                });
            }
        }
        let family = family(path, &unet.config, &text)?;
        let scheduler = read_scheduler(path)?;
        let (name, defaults, preview) =
            Defaults::read(path, family, &unet.config, &vae.config, &scheduler)?;
        let checkpoint = Self {
            path: path.to_owned(),
            name,
            family,
            index,
            text,
            unet,
            vae,
            scheduler,
            defaults,
            preview,
        };
        checkpoint.check_that_parts_fit()?;
        Ok(checkpoint)
    }

    /// Pixels along an edge for one latent.
    pub fn factor(&self) -> usize {
        self.vae.config.factor()
    }

    /// Whether what is to take the place of a part has what it needs: what is compared, how many it has, how many it should.
    fn fits<const N: usize>(
        &self,
        path: &Path,
        pairs: [(&'static str, usize, usize); N],
    ) -> Result<(), CheckpointError> {
        let unfit = pairs
            .into_iter()
            .find(|(_, found, expected)| found != expected);
        match unfit {
            None => Ok(()),
            Some((what, found, expected)) => Err(CheckpointError::Unfit {
                path: path.to_owned(),
                what,
                found,
                expected,
                model: self.name.clone(),
            }),
        }
    }

    /// Whether the UNet takes a pooled text and sizes.
    pub fn is_sdxl(&self) -> bool {
        matches!(self.family, Family::Sdxl | Family::SdxlRefiner)
    }

    /// Whether the UNet is shown, beside the latents, a mask and the picture around it.
    pub fn is_inpainting(&self) -> bool {
        self.unet.config.in_channels == 2 * self.vae.config.latent_channels + 1
    }

    /// Whether the guidance scale is an input of the UNet (LCM) rather than a second evaluation.
    pub fn embeds_guidance(&self) -> bool {
        self.unet.config.time_cond_proj_dim.is_some()
    }

    fn check_that_parts_fit(&self) -> Result<(), CheckpointError> {
        let unet = &self.unet.config;
        let fail = |key: &str, found: usize, expected: String| {
            Err(CheckpointError::Config {
                path: self.unet.folder.join("config.json"),
                key: key.to_owned(),
                found: found.to_string(),
                expected,
            })
        };
        let text: usize = self
            .text
            .iter()
            .map(|part| part.encoder.config.hidden_size)
            .sum();
        if unet.text_channels() != text {
            let parts = if self.text.len() == 1 {
                "encoder's"
            } else {
                "encoders'"
            };
            let expected = format!("{text}, the text {parts} hidden size");
            return fail("cross_attention_dim", unet.text_channels(), expected);
        }
        let latent = self.vae.config.latent_channels;
        if unet.out_channels != latent {
            return fail(
                "out_channels",
                unet.out_channels,
                format!("{latent}, the VAE's latent channels"),
            );
        }
        Ok(())
    }
}

fn open_part<C>(
    root: &Path,
    name: &'static str,
    read: impl FnOnce(&Path) -> Result<C, CheckpointError>,
) -> Result<Part<C>, CheckpointError> {
    let folder = root.join(name);
    if !folder.is_dir() {
        return Err(CheckpointError::NotACheckpoint {
            path: root.to_owned(),
            reason: format!("its folder {name}/ is missing"),
        });
    }
    let config = read(&folder.join("config.json"))?;
    let weights = Weights::open(&folder)?;
    Ok(Part {
        name,
        folder,
        config,
        weights,
    })
}

fn family(path: &Path, unet: &UNetConfig, text: &[TextPart]) -> Result<Family, CheckpointError> {
    let wrong = |reason: &str| CheckpointError::NotACheckpoint {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let projected = text
        .last()
        .is_some_and(|part| part.encoder.config.projection.is_some());
    match (unet.added, text.len()) {
        (_, 0) => Err(wrong("model_index.json names no text encoder")),
        (AddedCondition::None, 1) if unet.text_channels() == 1024 => Ok(Family::Sd2),
        (AddedCondition::None, 1) => Ok(Family::Sd1),
        (AddedCondition::TextTime { .. }, _) if !projected => Err(wrong(
            "its UNet wants a pooled text, but its last text encoder is no CLIPTextModelWithProjection",
        )),
        (AddedCondition::TextTime { .. }, 1) => Ok(Family::SdxlRefiner),
        (AddedCondition::TextTime { .. }, _) => Ok(Family::Sdxl),
        (AddedCondition::None, _) => Err(wrong("it has two text encoders, its UNet takes one")),
    }
}

/// Where the scheduler's config lies in a diffusers folder.
const SCHEDULER: &str = "scheduler/scheduler_config.json";

fn read_scheduler(root: &Path) -> Result<SchedulerConfig, CheckpointError> {
    let path = root.join(SCHEDULER);
    let text = std::fs::read_to_string(&path).map_err(CheckpointError::io(&path))?;
    SchedulerConfig::from_text(&text).map_err(|error| CheckpointError::Scheduler {
        path,
        reason: error.to_string(),
    })
}
