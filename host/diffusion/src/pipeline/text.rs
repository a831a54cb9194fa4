use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use half::{bf16, f16};
use safetensors::Dtype;
use serde::{Deserialize, Serialize};

use super::network::{Network, floats, ints};
use super::{Cancel, Error, TextSettings};
use crate::checkpoint::{Checkpoint, CheckpointError, TextConfig, TextPart, Weights};
use crate::graph::{GraphOptions, TextInput, TextOutputs, text_encoder, token_embedding};
use crate::prompt::Tokenizer;
use crate::prompt::chunks::{Chunk, ChunkError, Chunks, MOST, Named};
use crate::prompt::embeddings::{Embedding, Vectors};
use crate::runtime::Runtime;

/// One of the texts of a request, as the UNet takes it: of each chunk, one after the other, what the encoders give.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conditioning {
    /// `[tokens, channels]`.
    pub hidden: Vec<f32>,
    /// Tokens.
    pub tokens: usize,
    /// Channels of a token, those of all encoders together.
    pub channels: usize,
    /// The pooled text of the last encoder, of the first chunk (SDXL).
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

    /// With another text behind it, as often as fills so many tokens.
    pub(super) fn followed_by(&self, other: &Self, tokens: usize) -> Self {
        let lacking = tokens.saturating_sub(self.tokens) * self.channels;
        let more = other.hidden.iter().copied().cycle().take(lacking);
        Self {
            hidden: self.hidden.iter().copied().chain(more).collect(),
            tokens: self.tokens.max(tokens),
            channels: self.channels,
            pooled: self.pooled.clone(),
        }
    }
}

/// What one encoder makes of a text: `[tokens, channels]`, and the pooled text where it has a projection.
pub(super) type Encoded = (Vec<f32>, Option<Vec<f32>>);

/// A text encoder that is loaded, with its tokenizer.
pub(super) struct TextEncoder<'c> {
    part: &'c TextPart,
    settings: &'c TextSettings,
    tokenizer: Arc<Tokenizer>,
    /// The names of the embeddings, in its tokens.
    names: Vec<Named>,
    /// What they stand for.
    vectors: Vec<&'c Vectors>,
    network: Network,
    outputs: Outputs,
    index: usize,
}

/// A text encoder's network, kept for the next text.
#[derive(Debug)]
pub(super) struct KeptEncoder {
    index: usize,
    clip_skip: usize,
    network: Network,
}

/// The largest text encoder that is kept, in bytes of 32-bit weights: that of SD 1 is, those of SDXL's second are not.
const LARGEST_KEPT: usize = 1 << 30;

struct Outputs {
    hidden: String,
    pooled: Option<&'static str>,
}

impl<'c> TextEncoder<'c> {
    /// `index` is which of the checkpoint's encoders it is. One that was kept is taken if it gives what is wanted.
    pub(super) fn load(
        runtime: &Runtime,
        checkpoint: &'c Checkpoint,
        index: usize,
        part: &'c TextPart,
        settings: &'c TextSettings,
        options: GraphOptions,
        kept: &Mutex<Vec<KeptEncoder>>,
    ) -> Result<Self, Error> {
        let config = &part.encoder.config;
        let sdxl = checkpoint.is_sdxl();
        let skipped = settings.clip_skip.saturating_sub(1);
        // SDXL takes the state before the last layer, or an earlier one, as it is; SD 1 and 2 the last one, or an earlier
        // one, after the norm.
        let wanted = TextOutputs {
            last: !sdxl,
            skipped: if sdxl { 0 } else { skipped },
            hidden: sdxl
                .then(|| config.layers.saturating_sub(skipped.max(1)))
                .into_iter()
                .collect(),
            pooled: config.projection.is_some(),
        };
        let network = match take(kept, index, settings.clip_skip) {
            Some(network) => network,
            None => {
                let sections =
                    text_encoder(&part.encoder, TextInput::Embeddings, &wanted, options)?;
                Network::load(runtime, part.encoder.name, &sections, &[("batch_size", 1)])?
            }
        };
        let tokenizer = part.open_tokenizer()?;
        let mut vectors = Vec::new();
        for embedding in &settings.embeddings {
            let found = embedding.of(checkpoint, index);
            vectors.push(found.map_err(|reason| Error::Request {
                field: "embeddings",
                found: format!("{} ({reason})", embedding.name),
                expected: "embeddings for this model".to_owned(),
            })?);
        }
        Ok(Self {
            names: names(&settings.embeddings, &tokenizer)?,
            vectors,
            tokenizer,
            settings,
            network,
            outputs: Outputs {
                hidden: match wanted.hidden.first() {
                    Some(layer) => format!("hidden_states.{layer}"),
                    None => "last_hidden_state".to_owned(),
                },
                pooled: wanted.pooled.then_some("text_embeds"),
            },
            part,
            index,
        })
    }

    /// Keeps its network, if that is not large.
    pub(super) fn keep(self, kept: &Mutex<Vec<KeptEncoder>>) {
        let tensors = self.part.encoder.weights.tensors().values();
        let weights: usize = tensors.map(|tensor| tensor.elements()).sum();
        if weights * size_of::<f32>() <= LARGEST_KEPT {
            kept.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(KeptEncoder {
                    index: self.index,
                    clip_skip: self.settings.clip_skip,
                    network: self.network,
                });
        }
    }

    /// `[tokens, channels]` of all chunks, and the pooled text of the first one where the encoder has a projection.
    pub(super) fn encode(
        &mut self,
        text: &str,
        cancel: &Cancel,
        inside: &mut Duration,
    ) -> Result<Encoded, Error> {
        let chunks = Chunks::of(text, &self.tokenizer, self.settings.emphasis, &self.names)?;
        let mut encoded: Option<Encoded> = None;
        for chunk in &chunks.chunks {
            let (hidden, pooled) = self.chunk(chunk, cancel, inside)?;
            match &mut encoded {
                Some((all, _)) => all.extend(hidden),
                None => encoded = Some((hidden, pooled)),
            }
        }
        Ok(encoded.unwrap_or_default())
    }

    fn chunk(
        &mut self,
        chunk: &Chunk,
        cancel: &Cancel,
        inside: &mut Duration,
    ) -> Result<Encoded, Error> {
        let config = &self.part.encoder.config;
        let weights = &self.part.encoder.weights;
        let channels = config.hidden_size;
        let mut ids = chunk.ids.clone();
        // A tokenizer may be told to be shorter than the encoder: the graph always takes every position.
        ids.resize(config.positions, self.tokenizer.eos());
        let mut embedded = embed(weights, config, &ids)?;
        for (place, index) in &chunk.embeddings {
            let values = &self.vectors[*index].values;
            let start = place * channels;
            if let Some(rows) = embedded.get_mut(start..start + values.len()) {
                rows.copy_from_slice(values);
            }
        }
        let shape = [1, config.positions, channels];
        let mut inputs = [("inputs_embeds".to_owned(), floats(&shape, embedded)?)]
            .into_iter()
            .collect::<super::network::Tensors>();
        if self.outputs.pooled.is_some() {
            let eos = eos_position(config, &ids);
            inputs.insert("eos_position".to_owned(), ints(&[1, 1], vec![eos])?);
        }
        let outputs = self.network.run(inputs, cancel, inside)?;
        let mut hidden = self.network.floats(&outputs, &self.outputs.hidden)?;
        let pooled = match self.outputs.pooled {
            Some(name) => Some(self.network.floats(&outputs, name)?),
            None => None,
        };
        let mut token_weights = chunk.weights.clone();
        token_weights.resize(config.positions, 1.0);
        self.settings.emphasis.apply(&mut hidden, &token_weights);
        if hidden.iter().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                part: self.part.encoder.name,
            });
        }
        Ok((hidden, pooled))
    }
}

/// The one that was kept, if it gives what is wanted. Another of the same encoder goes.
fn take(kept: &Mutex<Vec<KeptEncoder>>, index: usize, clip_skip: usize) -> Option<Network> {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let place = kept.iter().position(|it| it.index == index)?;
    let found = kept.swap_remove(place);
    (found.clip_skip == clip_skip).then_some(found.network)
}

/// The names of embeddings, in a tokenizer's tokens.
pub fn names(
    embeddings: &[Arc<Embedding>],
    tokenizer: &Tokenizer,
) -> Result<Vec<Named>, CheckpointError> {
    let named = |embedding: &Arc<Embedding>| {
        Ok(Named {
            ids: tokenizer.words(&embedding.name)?,
            vectors: embedding.count(),
        })
    };
    embeddings.iter().map(named).collect()
}

impl From<ChunkError> for Error {
    fn from(error: ChunkError) -> Self {
        match error {
            ChunkError::Tokenizer(error) => Self::Checkpoint(error),
            ChunkError::TooLong { room } => Self::Request {
                field: "prompt",
                found: "too long".to_owned(),
                expected: format!("at most {MOST} chunks of {room} tokens"),
            },
        }
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
