//! A tiny VAE: a decoder of a few plain convolutions that gives nearly the picture of the whole one, as TAESD does.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use serde_json::json;

use super::fields::Fields;
use super::{Checkpoint, CheckpointError, Weights};

/// The most levels: each but the last doubles the picture.
const MOST_LEVELS: usize = 8;

/// The decoder of an `AutoencoderTiny`, read and checked, with its weights mapped.
#[derive(Debug)]
pub struct TinyVae {
    /// The file or folder that was named.
    pub path: PathBuf,
    /// What it looks like.
    pub config: TinyConfig,
    /// Its weights, and those of an encoder where they are in the same file.
    pub weights: Weights,
}

/// What the decoder of a tiny VAE looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct TinyConfig {
    /// Channels of a latent.
    pub latent_channels: usize,
    /// Channels of every layer between.
    pub channels: usize,
    /// Residual blocks of each level, from the latents up.
    pub blocks: Vec<usize>,
    /// How much wider and higher a level is than the one before.
    pub upsampling: usize,
    /// Latents as the UNet has them are divided by this.
    pub scaling_factor: f32,
    /// Added after that.
    pub shift_factor: f32,
    /// How its tensors are called.
    pub naming: TinyNaming,
}

/// How the tensors of a tiny VAE's decoder are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TinyNaming {
    /// `decoder.layers.0.weight`, as diffusers has them.
    Diffusers,
    /// `1.weight`, as in the files of TAESD: bare numbers, and the number 0 is what bounds latents, without a tensor.
    Numbers,
}

impl TinyNaming {
    /// The name of a layer, the first convolution being number 0.
    #[must_use]
    pub fn layer(self, number: usize) -> String {
        match self {
            Self::Diffusers => format!("decoder.layers.{number}"),
            Self::Numbers => (number + 1).to_string(),
        }
    }
}

impl TinyConfig {
    /// Pixels along an edge for one latent.
    #[must_use]
    pub fn factor(&self) -> usize {
        let doublings = u32::try_from(self.blocks.len().saturating_sub(1)).unwrap_or(u32::MAX);
        self.upsampling.saturating_pow(doublings)
    }

    /// Reads a `config.json`.
    fn read(path: &Path) -> Result<Self, CheckpointError> {
        const WIDTHS: &str = "decoder_block_out_channels";
        const BLOCKS: &str = "num_decoder_blocks";
        let fields = Fields::read(path)?;
        fields.only("_class_name", json!("AutoencoderTiny"))?;
        fields.only("out_channels", json!(3))?;
        fields.only("act_fn", json!("relu"))?;
        fields.only("upsample_fn", json!("nearest"))?;
        let widths = match fields.get(WIDTHS) {
            Some(_) => fields.levels(WIDTHS)?,
            None => vec![64; 4],
        };
        // A level's last convolution keeps its channels, and the next one begins with blocks.
        let Some(channels) = widths
            .first()
            .copied()
            .filter(|first| widths.iter().all(|it| it == first))
        else {
            return Err(fields.error(WIDTHS, "the same number for each level"));
        };
        let blocks = match fields.get(BLOCKS) {
            Some(_) => fields.sizes(BLOCKS)?,
            None => vec![3, 3, 3, 1],
        };
        if blocks.len() != widths.len() {
            return Err(fields.error(BLOCKS, format!("{} numbers, one a level", widths.len())));
        }
        fields.few(BLOCKS, &blocks)?;
        let upsampling = fields.size("upsampling_scaling_factor", 2)?;
        if upsampling > MOST_LEVELS {
            return Err(fields.error(
                "upsampling_scaling_factor",
                format!("at most {MOST_LEVELS}"),
            ));
        }
        let scaling_factor = fields.float("scaling_factor", 1.0)? as f32;
        if !(scaling_factor.is_finite() && scaling_factor > 0.0) {
            return Err(fields.error("scaling_factor", "a number above 0"));
        }
        Ok(Self {
            latent_channels: fields.size("latent_channels", 4)?,
            channels,
            blocks,
            upsampling,
            scaling_factor,
            shift_factor: fields.float("shift_factor", 0.0)? as f32,
            naming: TinyNaming::Diffusers,
        })
    }

    /// What tensors without a config say.
    fn infer(weights: &Weights) -> Result<Self, CheckpointError> {
        let wrong = |reason: String| CheckpointError::NotACheckpoint {
            path: weights.path().to_owned(),
            reason,
        };
        let naming = if weights.contains("decoder.layers.0.weight") {
            TinyNaming::Diffusers
        } else if weights.contains("1.weight") && !weights.contains("0.weight") {
            TinyNaming::Numbers
        } else if weights.contains("0.weight") {
            return Err(wrong(
                "it holds the encoder of a tiny VAE, expected the decoder, whose first tensor is \"1.weight\""
                    .to_owned(),
            ));
        } else {
            let first = weights.tensors().keys().next();
            let first = first.map_or_else(|| "none".to_owned(), |name| format!("\"{name}\""));
            return Err(wrong(format!(
                "expected the decoder of a tiny VAE, with a tensor \"decoder.layers.0.weight\" or \"1.weight\"; \
                 its first tensor is {first}"
            )));
        };
        let begin = format!("{}.weight", naming.layer(0));
        let shape = weights
            .tensors()
            .get(&begin)
            .map(|tensor| tensor.shape())
            .unwrap_or_default();
        let &[channels, latent_channels, 3, 3] = shape else {
            return Err(wrong(format!(
                "its tensor \"{begin}\" has shape {shape:?}, expected [channels, latent channels, 3, 3]"
            )));
        };
        let has = |number: usize, what: &str| {
            weights.contains(&format!("{}.{what}", naming.layer(number)))
        };
        let mut blocks = Vec::new();
        // The first convolution and what follows it.
        let mut number = 2;
        loop {
            let begin = number;
            while has(number, "conv.0.weight") {
                number += 1;
            }
            blocks.push(number - begin);
            // The last convolution comes at once, the others behind something that has no tensors.
            if has(number, "weight") {
                break;
            }
            if !has(number + 1, "weight") || blocks.len() == MOST_LEVELS {
                return Err(CheckpointError::MissingTensor {
                    path: weights.path().to_owned(),
                    tensor: format!("{}.weight", naming.layer(number)),
                    expected: vec![3, channels, 3, 3],
                });
            }
            number += 2;
        }
        Ok(Self {
            latent_channels,
            channels,
            blocks,
            upsampling: 2,
            scaling_factor: 1.0,
            shift_factor: 0.0,
            naming,
        })
    }
}

impl TinyVae {
    /// Opens a folder of diffusers' `AutoencoderTiny`, or a `.safetensors` file of a decoder, in diffusers' naming or in
    /// TAESD's own, or a folder with such a file. Weights are mapped, not read.
    ///
    /// # Errors
    /// There is none, or it is another kind of model. What its tensors' shapes have to be is looked at when the network
    /// is built, which is done here once.
    pub fn open(path: &Path) -> Result<Self, CheckpointError> {
        let metadata = path.metadata().map_err(CheckpointError::io(path))?;
        let config = path.join("config.json");
        let (config, weights) = if !metadata.is_dir() {
            let weights = Weights::open_file(path)?;
            (TinyConfig::infer(&weights)?, weights)
        } else if config.is_file() {
            (TinyConfig::read(&config)?, Weights::open(path)?)
        } else {
            let weights = Weights::open_file(&decoder_in(path)?)?;
            (TinyConfig::infer(&weights)?, weights)
        };
        let tiny = Self {
            path: path.to_owned(),
            config,
            weights,
        };
        crate::graph::tiny_decoder(&tiny, crate::graph::GraphOptions::CPU)?;
        Ok(tiny)
    }

    /// Whether it decodes a checkpoint's latents, to pictures of the same size.
    ///
    /// # Errors
    /// It is made for others.
    pub fn check(&self, checkpoint: &Checkpoint) -> Result<(), CheckpointError> {
        let pairs = [
            (
                "its latent channels",
                self.config.latent_channels,
                checkpoint.vae.config.latent_channels,
            ),
            (
                "its pixels along a latent",
                self.config.factor(),
                checkpoint.factor(),
            ),
        ];
        checkpoint.fits(&self.path, pairs)
    }
}

/// The one file in a folder that says it is a decoder.
fn decoder_in(folder: &Path) -> Result<PathBuf, CheckpointError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(CheckpointError::io(folder))? {
        let path = entry.map_err(CheckpointError::io(folder))?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().to_lowercase())
            .unwrap_or_default();
        if name.ends_with("decoder.safetensors") {
            found.push(path);
        }
    }
    found.sort();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(CheckpointError::NotACheckpoint {
            path: folder.to_owned(),
            reason: format!(
                "it has {} files whose names end in decoder.safetensors, expected one, or a config.json and its weights",
                found.len()
            ),
        }),
    }
}
