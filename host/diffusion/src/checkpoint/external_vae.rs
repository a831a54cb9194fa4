//! A VAE that stands alone, to take the place of a checkpoint's own.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use serde_json::json;

use super::fields::Fields;
use super::{Checkpoint, CheckpointError, Part, VaeConfig, Weights, ldm};
use crate::graph::{GraphOptions, vae_decoder, vae_encoder};

/// The most levels: each but the last halves the picture.
const MOST_LEVELS: usize = 8;
/// What the norms' groups are where neither the file nor the model says it: as in every published VAE.
const GROUPS: usize = 32;

/// An `AutoencoderKL`, read and checked against the checkpoint that it is for, with its weights mapped.
#[derive(Debug)]
pub struct ExternalVae {
    /// The file or folder that was named.
    pub path: PathBuf,
    /// The network.
    pub part: Part<VaeConfig>,
}

impl ExternalVae {
    /// Opens a VAE for a checkpoint: a folder of diffusers' `AutoencoderKL`, or a model's folder that has one; or a
    /// `.safetensors` file in the naming of diffusers or of LDM, where a whole model may be around it, or a folder with one
    /// such file. What a file does not say (the scaling of latents, the groups of norms) is as in the checkpoint's own.
    /// Weights are mapped, not read.
    ///
    /// # Errors
    /// There is none, it is another kind of model, or it is made for latents of another shape than the checkpoint's.
    pub fn open(path: &Path, checkpoint: &Checkpoint) -> Result<Self, CheckpointError> {
        let metadata = path.metadata().map_err(CheckpointError::io(path))?;
        let own = &checkpoint.vae.config;
        let vae = path.join("vae");
        let (folder, config, weights) = if !metadata.is_dir() {
            of_file(path, own)?
        } else if path.join("model_index.json").is_file() && vae.is_dir() {
            of_folder(&vae, own)?
        } else {
            of_folder(path, own)?
        };
        let part = Part {
            name: checkpoint.vae.name,
            folder,
            config,
            weights,
        };
        let external = Self {
            path: path.to_owned(),
            part,
        };
        external.check(checkpoint)?;
        vae_decoder(&external.part, GraphOptions::CPU)?;
        vae_encoder(&external.part, GraphOptions::CPU)?;
        Ok(external)
    }

    /// Whether its latents have the shape of a checkpoint's.
    ///
    /// # Errors
    /// They have another one.
    pub fn check(&self, checkpoint: &Checkpoint) -> Result<(), CheckpointError> {
        let (found, expected) = (&self.part.config, &checkpoint.vae.config);
        let pairs = [
            (
                "its latent channels",
                found.latent_channels,
                expected.latent_channels,
            ),
            (
                "its pixels along a latent",
                found.factor(),
                expected.factor(),
            ),
            (
                "its channels of a picture",
                found.channels,
                expected.channels,
            ),
        ];
        checkpoint.fits(&self.path, pairs)
    }
}

type Read = (PathBuf, VaeConfig, Weights);

fn of_folder(folder: &Path, own: &VaeConfig) -> Result<Read, CheckpointError> {
    let config = folder.join("config.json");
    if config.is_file() {
        return Ok((folder.to_owned(), read(&config)?, Weights::open(folder)?));
    }
    let weights = bare(Weights::open(folder)?)?;
    Ok((folder.to_owned(), infer(&weights, own)?, weights))
}

fn of_file(file: &Path, own: &VaeConfig) -> Result<Read, CheckpointError> {
    let weights = Weights::open_file(file)?;
    // The weights of a diffusers folder, named themselves: what is beside them is about them.
    let stem = file.file_name().map(|name| name.to_string_lossy());
    let config = file.with_file_name("config.json");
    if stem.is_some_and(|name| name.starts_with("diffusion_pytorch_model")) && config.is_file() {
        let folder = file.parent().unwrap_or(Path::new(""));
        return Ok((folder.to_owned(), read(&config)?, weights));
    }
    let weights = bare(weights)?;
    Ok((file.to_owned(), infer(&weights, own)?, weights))
}

fn read(config: &Path) -> Result<VaeConfig, CheckpointError> {
    Fields::read(config)?.only("_class_name", json!("AutoencoderKL"))?;
    VaeConfig::read(config)
}

/// The VAE's tensors alone, in diffusers' naming.
fn bare(weights: Weights) -> Result<Weights, CheckpointError> {
    let names = weights.tensors().keys();
    let prefix = match names.clone().any(|name| name.starts_with(ldm::VAE_PREFIX)) {
        true => ldm::VAE_PREFIX,
        false => "",
    };
    let levels = (0..=MOST_LEVELS)
        .take_while(|level| {
            weights.contains(&format!("{prefix}decoder.up.{level}.block.0.conv1.weight"))
        })
        .count();
    let diffusers = format!("{prefix}decoder.up_blocks.0.resnets.0.conv1.weight");
    if levels == 0 && !weights.contains(&diffusers) {
        let first = weights.tensors().keys().next();
        let first = first.map_or_else(|| "none".to_owned(), |name| format!("\"{name}\""));
        return Err(CheckpointError::NotACheckpoint {
            path: weights.path().to_owned(),
            reason: format!(
                "expected a VAE (AutoencoderKL), with a tensor \"decoder.up_blocks.0.resnets.0.conv1.weight\", or \
                 \"decoder.up.0.block.0.conv1.weight\" as LDM has it; its first tensor is {first}"
            ),
        });
    }
    // What only training needs.
    let is_idle = |name: &str| {
        ["loss.", "model_ema."]
            .iter()
            .any(|start| name.starts_with(start))
    };
    Ok(weights.renamed(|name| {
        let name = name.strip_prefix(prefix)?;
        (!is_idle(name)).then(|| ldm::vae_tensor(name, levels))
    }))
}

/// What tensors without a config say; the rest is as in `own`.
fn infer(weights: &Weights, own: &VaeConfig) -> Result<VaeConfig, CheckpointError> {
    let shape = |name: &str, what: &str| {
        let tensor = weights.tensors().get(name);
        let shape = tensor.map(super::Tensor::shape).unwrap_or_default();
        match shape {
            &[outputs, inputs, _, _] if outputs > 0 && inputs > 0 => Ok([outputs, inputs]),
            _ => Err(CheckpointError::NotACheckpoint {
                path: weights.path().to_owned(),
                reason: format!("its tensor \"{name}\" has shape {shape:?}, expected {what}"),
            }),
        }
    };
    let convolution = "four dimensions, as a convolution has";
    let begins = |level: usize| format!("decoder.up_blocks.{level}.resnets.0.conv1.weight");
    let mut block_out_channels = Vec::new();
    while block_out_channels.len() < MOST_LEVELS
        && weights.contains(&begins(block_out_channels.len()))
    {
        let [outputs, _] = shape(&begins(block_out_channels.len()), convolution)?;
        block_out_channels.push(outputs);
    }
    block_out_channels.reverse();
    let blocks = (0..)
        .take_while(|block| {
            weights.contains(&format!("decoder.up_blocks.0.resnets.{block}.conv1.weight"))
        })
        .count();
    let [_, latent_channels] = shape("decoder.conv_in.weight", convolution)?;
    let [channels, _] = shape("decoder.conv_out.weight", convolution)?;
    let fits = |groups: &usize| {
        block_out_channels
            .iter()
            .all(|it| it.is_multiple_of(*groups))
    };
    let groups = [own.norm_num_groups, GROUPS].into_iter().find(fits);
    let Some(norm_num_groups) = groups else {
        return Err(CheckpointError::NotACheckpoint {
            path: weights.path().to_owned(),
            reason: format!(
                "its levels have {block_out_channels:?} channels, which no norm of {} or {GROUPS} groups shares: \
                 expected a config.json that says how many there are",
                own.norm_num_groups
            ),
        });
    };
    Ok(VaeConfig {
        channels,
        latent_channels,
        block_out_channels,
        layers_per_block: blocks.saturating_sub(1),
        norm_num_groups,
        use_quant_conv: weights.contains("quant_conv.weight"),
        use_post_quant_conv: weights.contains("post_quant_conv.weight"),
        mid_block_attention: weights.contains("decoder.mid_block.attentions.0.group_norm.weight"),
        ignored: Vec::new(),
        ..own.clone()
    })
}
