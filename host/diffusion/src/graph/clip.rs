use super::network::{GraphOptions, Network, Section};
use crate::checkpoint::{CheckpointError, Part, TextConfig, Weights};
use crate::onnx::{Attribute, Dim, ElementType, Value};

/// What the encoder takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextInput {
    /// `input_ids`, int64 `[batch, 77]`: what other programs expect of an ONNX text encoder.
    Ids,
    /// `inputs_embeds`, float `[batch, 77, channels]`, and `eos_position`, int64 `[batch, 1]`: the caller
    /// looks tokens up, and may put in embeddings that no token has.
    Embeddings,
}

/// What the encoder gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextOutputs {
    /// `last_hidden_state`, `[batch, 77, channels]`, after the final norm.
    pub last: bool,
    /// How many layers before the end `last_hidden_state` is taken (clip skip); 0 is after the last one. What is pooled
    /// is always that of the last.
    pub skipped: usize,
    /// `hidden_states.K` for these K, `[batch, 77, channels]`: 0 are the embeddings, K is after layer K, no norm.
    pub hidden: Vec<usize>,
    /// The pooled output: `text_embeds` where the model has a projection, else `pooler_output`.
    pub pooled: bool,
}

/// A CLIP text encoder, as `CLIPTextModel` and `CLIPTextModelWithProjection` of transformers compute it.
pub fn text_encoder(
    part: &Part<TextConfig>,
    input: TextInput,
    outputs: &TextOutputs,
    options: GraphOptions,
) -> Result<Vec<Section>, CheckpointError> {
    let config = &part.config;
    let mut net = Network::new(part.name, &part.weights, options);
    let sequence = [
        Dim::Named("batch_size"),
        Dim::Fixed(config.positions as i64),
        Dim::Fixed(config.hidden_size as i64),
    ];
    let prefix = prefix(&part.weights);
    let channels = config.hidden_size;
    let table = token_embedding(&part.weights);
    let table_shape = [config.vocab_size, channels];
    let (embedded, eos) = match input {
        TextInput::Ids => {
            let ids = net
                .graph
                .input("input_ids", ElementType::I64, Some(&sequence[..2]));
            let table = net.weight(&table, &table_shape)?;
            let embedded = net.graph.node("Gather", &[&table, &ids], &[]);
            let eos = outputs.pooled.then(|| eos_position(&mut net, config, &ids));
            (embedded, eos)
        }
        TextInput::Embeddings => {
            net.check(&table, &table_shape)?;
            let embedded = net.input("inputs_embeds", &sequence);
            let eos = outputs.pooled.then(|| {
                let dims = [Dim::Named("batch_size"), Dim::Fixed(1)];
                net.graph
                    .input("eos_position", ElementType::I64, Some(&dims))
            });
            (embedded, eos)
        }
    };

    let positions = net.weight(
        &format!("{prefix}embeddings.position_embedding.weight"),
        &[config.positions, channels],
    )?;
    let embedded = net.add(&embedded, &positions);
    let mut x = net.reshape(&embedded, &[-1, channels as i64]);
    let mut hidden = vec![x.clone()];
    for layer in 0..config.layers {
        x = encoder_layer(
            &mut net,
            config,
            &format!("{prefix}encoder.layers.{layer}"),
            &x,
        )?;
        hidden.push(x.clone());
    }
    let norm = net.norm_weights(&format!("{prefix}final_layer_norm"), channels)?;
    let finish = |net: &mut Network<'_>, x: &Value| {
        let normed = net.normed(&norm, x, config.layer_norm_eps);
        net.reshape(&normed, &[-1, config.positions as i64, channels as i64])
    };
    let last = finish(&mut net, &x);
    let taken = match config.layers.checked_sub(outputs.skipped) {
        Some(layer) if outputs.skipped > 0 => finish(&mut net, &hidden[layer]),
        _ => last.clone(),
    };
    let give_last = |net: &mut Network<'_>| {
        if outputs.last {
            net.output("last_hidden_state", &taken, &sequence);
        }
    };
    // In the order of transformers: other programs take the first output for the text, or for the pooled text.
    if let Some(eos) = eos {
        let pooled = net.graph.node(
            "GatherND",
            &[&last, &eos],
            &[("batch_dims", Attribute::Int(1))],
        );
        let batch = Dim::Named("batch_size");
        match config.projection {
            Some(size) => {
                let embeds = net.linear("text_projection", &pooled, channels, size)?;
                net.output("text_embeds", &embeds, &[batch, Dim::Fixed(size as i64)]);
                give_last(&mut net);
            }
            None => {
                give_last(&mut net);
                net.output("pooler_output", &pooled, &[batch, sequence[2]]);
            }
        }
    } else {
        give_last(&mut net);
        net.mark_used(|name| name == "text_projection.weight");
    }
    for (index, x) in hidden.iter().enumerate() {
        if outputs.hidden.contains(&index) {
            let x = net.reshape(x, &[-1, config.positions as i64, channels as i64]);
            net.output(&format!("hidden_states.{index}"), &x, &sequence);
        }
    }
    net.finish()
}

/// What the names of a text encoder's tensors begin with: checkpoints agree on one prefix, some conversions leave it
/// out.
fn prefix(weights: &Weights) -> &'static str {
    const PREFIX: &str = "text_model.";
    if weights.contains(&format!("{PREFIX}embeddings.position_embedding.weight")) {
        PREFIX
    } else {
        ""
    }
}

/// The name of the table of token embeddings, `[tokens, channels]`.
pub(crate) fn token_embedding(weights: &Weights) -> String {
    format!("{}embeddings.token_embedding.weight", prefix(weights))
}

/// Where each prompt ends: `[batch, 1]`.
fn eos_position(net: &mut Network<'_>, config: &TextConfig, ids: &Value) -> Value {
    let score = match config.eos_token {
        None => net.cast(ids, ElementType::F32),
        Some(token) => {
            let token = net.graph.ints(&[token]);
            let is_eos = net.graph.node("Equal", &[ids, &token], &[]);
            net.cast(&is_eos, ElementType::F32)
        }
    };
    net.graph.node(
        "ArgMax",
        &[&score],
        &[("axis", Attribute::Int(1)), ("keepdims", Attribute::Int(1))],
    )
}

fn encoder_layer(
    net: &mut Network<'_>,
    config: &TextConfig,
    name: &str,
    x: &Value,
) -> Result<Value, CheckpointError> {
    net.graph.enter(name);
    let channels = config.hidden_size;
    let tokens = config.positions;
    let eps = config.layer_norm_eps;
    let normed = net.layer_norm(&format!("{name}.layer_norm1"), x, channels, eps)?;
    let mut project = |which: &str| -> Result<Value, CheckpointError> {
        let name = format!("{name}.self_attn.{which}_proj");
        let projected = net.linear(&name, &normed, channels, channels)?;
        Ok(net.reshape(&projected, &[-1, tokens as i64, channels as i64]))
    };
    let (q, k, v) = (project("q")?, project("k")?, project("v")?);
    let attended = net.attention([&q, &k, &v], config.heads, channels, Some(tokens));
    let attended = net.reshape(&attended, &[-1, channels as i64]);
    let attended = net.linear(
        &format!("{name}.self_attn.out_proj"),
        &attended,
        channels,
        channels,
    )?;
    let x = net.add(x, &attended);

    let normed = net.layer_norm(&format!("{name}.layer_norm2"), &x, channels, eps)?;
    let inner = config.intermediate_size;
    let h = net.linear(&format!("{name}.mlp.fc1"), &normed, channels, inner)?;
    let h = net.activation(config.activation, &h);
    let h = net.linear(&format!("{name}.mlp.fc2"), &h, inner, channels)?;
    let x = net.add(&x, &h);
    net.graph.leave();
    Ok(x)
}
