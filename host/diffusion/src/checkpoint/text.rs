use std::path::Path;

use serde_json::json;

use super::CheckpointError;
use super::fields::Fields;

/// The activation between the two layers of a CLIP MLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `x · sigmoid(1.702 x)` (OpenAI's CLIP).
    QuickGelu,
    /// `x · Φ(x)`, exact (OpenCLIP).
    Gelu,
}

/// The config of a CLIP text encoder (`CLIPTextModel` or `CLIPTextModelWithProjection`).
#[derive(Clone, Debug, PartialEq)]
pub struct TextConfig {
    /// Tokens known.
    pub vocab_size: usize,
    /// Channels of a token.
    pub hidden_size: usize,
    /// Channels inside the MLP.
    pub intermediate_size: usize,
    /// Transformer layers.
    pub layers: usize,
    /// Attention heads.
    pub heads: usize,
    /// Tokens of a prompt, begin and end included (77).
    pub positions: usize,
    /// Epsilon of the layer norms.
    pub layer_norm_eps: f32,
    /// Activation of the MLP.
    pub activation: Activation,
    /// Channels of the projected pooled output, if the model has one.
    pub projection: Option<usize>,
    /// The token whose position is pooled. `None`: the highest token id, as transformers does for old configs
    /// (which say 2).
    pub eos_token: Option<i64>,
    /// Keys of the config that mean nothing here.
    pub ignored: Vec<String>,
}

impl TextConfig {
    /// Reads a `config.json`.
    pub fn read(path: &Path) -> Result<Self, CheckpointError> {
        let fields = Fields::read(path)?;
        // The architecture decides whether there is a projection; the size alone is always in the config.
        let projected = match fields.get("architectures") {
            Some(list) => {
                let name = list.get(0).and_then(|name| name.as_str());
                match name {
                    Some("CLIPTextModel") => false,
                    Some("CLIPTextModelWithProjection") => true,
                    _ => {
                        return Err(fields.error(
                            "architectures",
                            "[\"CLIPTextModel\"] or [\"CLIPTextModelWithProjection\"]",
                        ));
                    }
                }
            }
            None => false,
        };
        fields.only("attention_dropout", json!(0.0))?;
        fields.only("model_type", json!("clip_text_model"))?;
        let projection = fields.size("projection_dim", 512)?;
        let eos = fields.get("eos_token_id").and_then(|id| id.as_i64());
        for training_only in [
            "dropout",
            "initializer_factor",
            "initializer_range",
            "torch_dtype",
            "dtype",
            "transformers_version",
            "bos_token_id",
            "pad_token_id",
        ] {
            let _ = fields.get(training_only);
        }
        let config = Self {
            vocab_size: fields.size("vocab_size", 49408)?,
            hidden_size: fields.size("hidden_size", 512)?,
            intermediate_size: fields.size("intermediate_size", 2048)?,
            layers: fields.size("num_hidden_layers", 12)?,
            heads: fields.size("num_attention_heads", 8)?,
            positions: fields.size("max_position_embeddings", 77)?,
            layer_norm_eps: fields.float("layer_norm_eps", 1e-5)? as f32,
            activation: fields.choice(
                "hidden_act",
                &[
                    ("quick_gelu", Activation::QuickGelu),
                    ("gelu", Activation::Gelu),
                ],
            )?,
            projection: projected.then_some(projection),
            eos_token: eos.filter(|id| *id != 2),
            ignored: fields.ignored(),
        };
        if !config.hidden_size.is_multiple_of(config.heads) {
            return Err(fields.error(
                "num_attention_heads",
                format!("a divisor of hidden_size {}", config.hidden_size),
            ));
        }
        Ok(config)
    }
}
