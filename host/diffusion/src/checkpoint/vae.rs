use std::path::Path;

use serde_json::json;

use super::CheckpointError;
use super::fields::Fields;

/// The config of an `AutoencoderKL`.
#[derive(Clone, Debug, PartialEq)]
pub struct VaeConfig {
    /// Channels of a picture (3).
    pub channels: usize,
    /// Channels of a latent.
    pub latent_channels: usize,
    /// Channels of each level, from the picture down.
    pub block_out_channels: Vec<usize>,
    /// Residual blocks of a level on the way down; one more on the way up.
    pub layers_per_block: usize,
    /// Groups of the group norms.
    pub norm_num_groups: usize,
    /// Latents are multiplied by this after encoding and divided by it before decoding.
    pub scaling_factor: f32,
    /// Subtracted before that multiplication.
    pub shift_factor: f32,
    /// Whether a 1×1 convolution follows the encoder.
    pub use_quant_conv: bool,
    /// Whether a 1×1 convolution precedes the decoder.
    pub use_post_quant_conv: bool,
    /// Whether the middle has an attention layer.
    pub mid_block_attention: bool,
    /// Side in pixels of the pictures that it was trained at, and of a tile where large ones are cut.
    pub sample_size: usize,
    /// Whether it must compute in 32 bits.
    pub force_upcast: bool,
    /// Keys of the config that mean nothing here.
    pub ignored: Vec<String>,
}

impl VaeConfig {
    /// Reads a `config.json`.
    pub fn read(path: &Path) -> Result<Self, CheckpointError> {
        let fields = Fields::read(path)?;
        let channels = fields.size("in_channels", 3)?;
        fields.only("out_channels", json!(channels))?;
        fields.only("act_fn", json!("silu"))?;
        fields.only("latents_mean", json!(null))?;
        fields.only("latents_std", json!(null))?;
        let block_out_channels = if fields.get("block_out_channels").is_some() {
            fields.levels("block_out_channels")?
        } else {
            vec![64]
        };
        for (key, block) in [
            ("down_block_types", "DownEncoderBlock2D"),
            ("up_block_types", "UpDecoderBlock2D"),
        ] {
            let types = fields.texts(key)?;
            if types.len() != block_out_channels.len() || types.iter().any(|kind| kind != block) {
                return Err(fields.error(
                    key,
                    format!("{} times \"{block}\"", block_out_channels.len()),
                ));
            }
        }
        let sample_size = fields.size("sample_size", 512)?;
        let layers_per_block = fields.size("layers_per_block", 1)?;
        fields.few("layers_per_block", &[layers_per_block])?;
        Ok(Self {
            channels,
            latent_channels: fields.size("latent_channels", 4)?,
            norm_num_groups: fields.groups(&block_out_channels)?,
            block_out_channels,
            layers_per_block,
            scaling_factor: fields.float("scaling_factor", 0.18215)? as f32,
            shift_factor: fields.float("shift_factor", 0.0)? as f32,
            use_quant_conv: fields.flag("use_quant_conv", true)?,
            use_post_quant_conv: fields.flag("use_post_quant_conv", true)?,
            sample_size,
            mid_block_attention: fields.flag("mid_block_add_attention", true)?,
            // The default of diffusers: a config that does not say is taken to need it.
            force_upcast: fields.flag("force_upcast", true)?,
            ignored: fields.ignored(),
        })
    }

    /// Pixels along an edge for one latent.
    pub fn factor(&self) -> usize {
        1 << (self.block_out_channels.len() - 1)
    }
}
