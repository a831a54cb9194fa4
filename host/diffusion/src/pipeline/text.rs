use std::time::Duration;

use half::{bf16, f16};
use safetensors::Dtype;
use serde::{Deserialize, Serialize};

use super::network::{Network, floats, ints};
use super::{Cancel, Error};
use crate::checkpoint::{Checkpoint, CheckpointError, TextConfig, TextPart, Weights};
use crate::graph::{GraphOptions, TextInput, TextOutputs, text_encoder, token_embedding};
use crate::prompt::{Tokenizer, Tokens};
use crate::runtime::Runtime;

/// One of the texts of a request, as the UNet takes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conditioning {
    /// `[tokens, channels]`.
    pub hidden: Vec<f32>,
    /// Tokens.
    pub tokens: usize,
    /// Channels of a token, those of all encoders together.
    pub channels: usize,
    /// Tokens of the text that did not fit and were left out.
    pub cut: usize,
    /// The pooled text of the last encoder (SDXL).
    pub pooled: Option<Vec<f32>>,
}

impl Conditioning {
    /// As large, all zeros.
    pub fn zeros_like(other: &Self) -> Self {
        Self {
            hidden: vec![0.0; other.hidden.len()],
            pooled: other.pooled.as_ref().map(|pooled| vec![0.0; pooled.len()]),
            ..*other
        }
    }
}

/// What one encoder makes of a text: `[tokens, channels]`, and the pooled text where it has a projection.
pub(super) type Encoded = (Vec<f32>, Option<Vec<f32>>);

/// A text encoder that is loaded, with its tokenizer.
pub(super) struct TextEncoder<'c> {
    part: &'c TextPart,
    tokenizer: Tokenizer,
    network: Network,
    outputs: Outputs,
}

struct Outputs {
    hidden: String,
    pooled: Option<&'static str>,
}

impl<'c> TextEncoder<'c> {
    pub(super) fn load(
        runtime: &Runtime,
        checkpoint: &Checkpoint,
        part: &'c TextPart,
        options: GraphOptions,
    ) -> Result<Self, Error> {
        let config = &part.encoder.config;
        let sdxl = checkpoint.is_sdxl();
        // SDXL takes the state before the last layer, as it is; SD 1 and 2 the last one, after the norm.
        let wanted = TextOutputs {
            last: !sdxl,
            hidden: sdxl.then(|| config.layers - 1).into_iter().collect(),
            pooled: config.projection.is_some(),
        };
        let sections = text_encoder(&part.encoder, TextInput::Embeddings, &wanted, options)?;
        let network = Network::load(runtime, part.encoder.name, &sections, &[("batch_size", 1)])?;
        Ok(Self {
            tokenizer: Tokenizer::open(&part.tokenizer, config.positions)?,
            network,
            outputs: Outputs {
                hidden: match wanted.hidden.first() {
                    Some(layer) => format!("hidden_states.{layer}"),
                    None => "last_hidden_state".to_owned(),
                },
                pooled: wanted.pooled.then_some("text_embeds"),
            },
            part,
        })
    }

    /// Tokens, and how many of them did not fit.
    pub(super) fn tokens(&self, text: &str) -> Result<Tokens, Error> {
        Ok(self.tokenizer.encode(text)?)
    }

    /// `[tokens, channels]`, and the pooled text where the encoder has a projection.
    pub(super) fn encode(
        &mut self,
        tokens: &Tokens,
        cancel: &Cancel,
        inside: &mut Duration,
    ) -> Result<Encoded, Error> {
        let config = &self.part.encoder.config;
        let weights = &self.part.encoder.weights;
        let mut ids = tokens.ids.clone();
        // A tokenizer may be told to be shorter than the encoder: the graph always takes every position.
        ids.resize(config.positions, self.tokenizer.eos());
        let embedded = embed(weights, config, &ids)?;
        let shape = [1, config.positions, config.hidden_size];
        let mut inputs = [("inputs_embeds".to_owned(), floats(&shape, embedded)?)]
            .into_iter()
            .collect::<super::network::Tensors>();
        if self.outputs.pooled.is_some() {
            let eos = eos_position(config, &ids);
            inputs.insert("eos_position".to_owned(), ints(&[1, 1], vec![eos])?);
        }
        let outputs = self.network.run(inputs, cancel, inside)?;
        let hidden = self.network.floats(&outputs, &self.outputs.hidden)?;
        let pooled = match self.outputs.pooled {
            Some(name) => Some(self.network.floats(&outputs, name)?),
            None => None,
        };
        if hidden.iter().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                part: self.part.encoder.name,
            });
        }
        Ok((hidden, pooled))
    }
}

/// Looks the tokens' rows up in the embedding table.
fn embed(weights: &Weights, config: &TextConfig, ids: &[u32]) -> Result<Vec<f32>, CheckpointError> {
    let name = token_embedding(weights);
    let tensor = weights.expect(&name, &[config.vocab_size, config.hidden_size])?;
    let bytes = weights.data(tensor);
    let row = bytes.len() / config.vocab_size;
    let mut embedded = Vec::with_capacity(ids.len() * config.hidden_size);
    for id in ids {
        let start = *id as usize * row;
        let Some(row) = bytes.get(start..start + row) else {
            return Err(CheckpointError::Tokenizer {
                path: weights.path().to_owned(),
                reason: format!(
                    "the tokenizer gives token {id}, the encoder knows {}",
                    config.vocab_size
                ),
            });
        };
        match tensor.dtype() {
            Dtype::F16 => embedded.extend(pairs(row).map(|b| f16::from_le_bytes(b).to_f32())),
            Dtype::BF16 => embedded.extend(pairs(row).map(|b| bf16::from_le_bytes(b).to_f32())),
            _ => embedded.extend(
                row.as_chunks::<4>()
                    .0
                    .iter()
                    .map(|bytes| f32::from_le_bytes(*bytes)),
            ),
        }
    }
    Ok(embedded)
}

fn pairs(row: &[u8]) -> impl Iterator<Item = [u8; 2]> + '_ {
    row.as_chunks::<2>().0.iter().copied()
}

/// The position whose state is pooled, as transformers chooses it.
fn eos_position(config: &TextConfig, ids: &[u32]) -> i64 {
    let position = match config.eos_token {
        Some(eos) => ids.iter().position(|id| i64::from(*id) == eos),
        None => {
            let highest = ids.iter().max();
            ids.iter().position(|id| Some(id) == highest)
        }
    };
    position.unwrap_or(0) as i64
}
