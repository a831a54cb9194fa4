use std::collections::HashMap;

use super::layers::{Padding, Resnet};
use super::network::{GraphOptions, Network, Section};
use crate::checkpoint::{
    AddedCondition, BlockKind, CheckpointError, Level, Middle, Part, UNetConfig,
};
use crate::onnx::{Attribute, Dim, ElementType, Value};

/// What a UNet graph takes beside its ordinary inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UNetOptions {
    /// Whether it takes a ControlNet's residuals: `down_block_additional_residual_K`, one for each skip, and
    /// `mid_block_additional_residual`.
    pub control: bool,
    /// Whether latents have an edge that is no multiple of the UNet's deepest level: then a level on the
    /// way up takes its size from the skip, as in diffusers.
    pub odd_sizes: bool,
}

/// A `UNet2DConditionModel`.
///
/// Inputs: `sample` `[batch, channels, height, width]`; `timestep`, a scalar; `encoder_hidden_states`
/// `[batch, tokens, channels]`; for SDXL `text_embeds` `[batch, channels]` and `time_ids` `[batch, 6]` (refiner: 5);
/// for LCM `timestep_cond` `[batch, channels]`. Output: `out_sample`, in the shape of `sample`.
pub fn unet(
    part: &Part<UNetConfig>,
    unet: UNetOptions,
    options: GraphOptions,
) -> Result<Vec<Section>, CheckpointError> {
    let config = &part.config;
    let mut net = Network::new(part.name, &part.weights, options);
    let sample_dims = |channels: usize| {
        [
            Dim::Named("batch_size"),
            Dim::Fixed(channels as i64),
            Dim::Named("height"),
            Dim::Named("width"),
        ]
    };
    let mut sample = net.input("sample", &sample_dims(config.in_channels));
    let time = time_embedding(&mut net, config)?;
    let text = net.input(
        "encoder_hidden_states",
        &[
            Dim::Named("batch_size"),
            Dim::Named("sequence_length"),
            Dim::Fixed(config.text_channels() as i64),
        ],
    );
    if config.center_input_sample {
        let (two, one) = (net.scalar(2.0), net.scalar(1.0));
        let doubled = net.mul(&sample, &two);
        sample = net.graph.node("Sub", &[&doubled, &one], &[]);
    }
    let control = unet.control.then(|| Control::declare(&mut net, config));

    let first = config.levels[0].channels;
    let x = net.conv(
        "conv_in",
        &sample,
        config.in_channels,
        first,
        config.conv_in_kernel,
    )?;
    let mut flow = Flow {
        skips: vec![Skip {
            value: x.clone(),
            channels: first,
        }],
        x,
        channels: first,
        time,
        text,
        flat_text: None,
        sequences: HashMap::new(),
    };
    down(&mut net, config, &mut flow)?;
    if let Some(control) = &control {
        for (skip, residual) in flow.skips.iter_mut().zip(&control.down) {
            skip.value = net.add(&skip.value, residual);
        }
    }
    middle(&mut net, config, &mut flow)?;
    if let Some(control) = &control {
        flow.x = net.add(&flow.x, &control.middle);
    }
    up(&mut net, config, unet, &mut flow)?;

    let groups = config.norm_num_groups;
    let x = net.group_norm("conv_norm_out", &flow.x, first, groups, config.norm_eps)?;
    let x = net.silu(&x);
    let x = net.conv(
        "conv_out",
        &x,
        first,
        config.out_channels,
        config.conv_out_kernel,
    )?;
    net.output("out_sample", &x, &sample_dims(config.out_channels));
    net.finish()
}

/// What flows through the levels.
struct Flow {
    x: Value,
    channels: usize,
    skips: Vec<Skip>,
    /// `silu` of the time embedding: every residual block begins with it.
    time: Value,
    text: Value,
    /// The text as `[batch·tokens, channels]`.
    flat_text: Option<Value>,
    /// The shapes `[batch, -1, channels]`, by channels.
    sequences: HashMap<usize, Value>,
}

struct Skip {
    value: Value,
    channels: usize,
}

impl Flow {
    /// A point where the graph may be cut: what was derived from shapes is derived anew after a cut.
    fn may_cut(&mut self, net: &mut Network<'_>) {
        let mut live = vec![&self.x, &self.time, &self.text];
        live.extend(self.skips.iter().map(|skip| &skip.value));
        if net.may_cut(&live) {
            self.flat_text = None;
            self.sequences.clear();
        }
    }

    fn push_skip(&mut self) {
        self.skips.push(Skip {
            value: self.x.clone(),
            channels: self.channels,
        });
    }

    /// `[batch·tokens, channels]` as `[batch, tokens, channels]`.
    fn as_sequence(&mut self, net: &mut Network<'_>, x: &Value, channels: usize) -> Value {
        if !self.sequences.contains_key(&channels) {
            let batch = net.shape_of(&self.text, 0, 1);
            let rest = net.graph.ints(&[-1, channels as i64]);
            let shape = net.concat(&[&batch, &rest], 0);
            self.sequences.insert(channels, shape);
        }
        let shape = self.sequences[&channels].clone();
        net.reshape_to(x, &shape)
    }

    fn flat_text(&mut self, net: &mut Network<'_>, channels: usize) -> Value {
        if let Some(flat) = &self.flat_text {
            return flat.clone();
        }
        let flat = net.reshape(&self.text, &[-1, channels as i64]);
        self.flat_text = Some(flat.clone());
        flat
    }
}

/// A ControlNet's residuals as inputs.
struct Control {
    down: Vec<Value>,
    middle: Value,
}

impl Control {
    fn declare(net: &mut Network<'_>, config: &UNetConfig) -> Self {
        let count = config
            .levels
            .iter()
            .map(|level| level.layers + 1)
            .sum::<usize>();
        let mut residual = |name: &str| {
            let value = net.graph.input(name, ElementType::F32, None);
            net.in_compute_type(&value)
        };
        Self {
            down: (0..count)
                .map(|i| residual(&format!("down_block_additional_residual_{i}")))
                .collect(),
            middle: residual("mid_block_additional_residual"),
        }
    }
}

/// `silu` of the time embedding, `[batch or 1, 4·channels]`.
fn time_embedding(net: &mut Network<'_>, config: &UNetConfig) -> Result<Value, CheckpointError> {
    let base = config.levels[0].channels;
    let size = config.time_channels();
    let (flip, shift) = (config.flip_sin_to_cos, config.freq_shift);
    let timestep = net.graph.input("timestep", ElementType::F32, Some(&[]));
    let timestep = net.reshape(&timestep, &[1, 1]);
    let mut embedded = net.sinusoids(&timestep, base, flip, shift);
    if let Some(channels) = config.time_cond_proj_dim {
        let dims = [Dim::Named("batch_size"), Dim::Fixed(channels as i64)];
        let guidance = net.input("timestep_cond", &dims);
        let projected = net.linear("time_embedding.cond_proj", &guidance, channels, base)?;
        embedded = net.add(&embedded, &projected);
    }
    let mut time = embedding_mlp(net, "time_embedding", &embedded, base, size)?;
    if let AddedCondition::TextTime {
        time_channels,
        input_channels,
    } = config.added
    {
        let batch = Dim::Named("batch_size");
        let ids = net.graph.input(
            "time_ids",
            ElementType::F32,
            Some(&[batch, Dim::Named("time_ids")]),
        );
        let text_dims = [batch, Dim::Named("pooled_channels")];
        let pooled = net.input("text_embeds", &text_dims);
        let column = net.reshape(&ids, &[-1, 1]);
        let embedded = net.sinusoids(&column, time_channels, flip, shift);
        let rows = net.shape_of(&pooled, 0, 1);
        let rest = net.graph.ints(&[-1]);
        let shape = net.concat(&[&rows, &rest], 0);
        let embedded = net.reshape_to(&embedded, &shape);
        let joined = net.concat(&[&pooled, &embedded], 1);
        let added = embedding_mlp(net, "add_embedding", &joined, input_channels, size)?;
        time = net.add(&time, &added);
    }
    Ok(net.silu(&time))
}

fn embedding_mlp(
    net: &mut Network<'_>,
    name: &str,
    x: &Value,
    inputs: usize,
    outputs: usize,
) -> Result<Value, CheckpointError> {
    let h = net.linear(&format!("{name}.linear_1"), x, inputs, outputs)?;
    let h = net.silu(&h);
    net.linear(&format!("{name}.linear_2"), &h, outputs, outputs)
}

fn down(
    net: &mut Network<'_>,
    config: &UNetConfig,
    flow: &mut Flow,
) -> Result<(), CheckpointError> {
    let last = config.levels.len() - 1;
    let padding = match config.downsample_padding {
        0 => Padding::RightBelow,
        _ => Padding::Around,
    };
    for (index, level) in config.levels.iter().enumerate() {
        let block = format!("down_blocks.{index}");
        for layer in 0..level.layers {
            flow.may_cut(net);
            resnet(
                net,
                config,
                flow,
                &format!("{block}.resnets.{layer}"),
                level.channels,
                1.0,
            )?;
            if level.down == BlockKind::CrossAttention {
                let name = format!("{block}.attentions.{layer}");
                transformer(net, config, flow, level, &name, level.down_depths[layer])?;
            }
            flow.push_skip();
        }
        if index < last {
            let name = format!("{block}.downsamplers.0.conv");
            flow.x = net.downsample(&name, &flow.x, level.channels, padding)?;
            flow.push_skip();
        }
    }
    Ok(())
}

fn middle(
    net: &mut Network<'_>,
    config: &UNetConfig,
    flow: &mut Flow,
) -> Result<(), CheckpointError> {
    let level = &config.levels[config.levels.len() - 1];
    let scale = config.mid_block_scale_factor;
    if config.middle == Middle::None {
        return Ok(());
    }
    flow.may_cut(net);
    resnet(
        net,
        config,
        flow,
        "mid_block.resnets.0",
        level.channels,
        scale,
    )?;
    if let Middle::CrossAttention(depth) = config.middle {
        // The middle always attends to its own tokens first, whatever its level says.
        let level = Level {
            only_cross_attention: false,
            ..level.clone()
        };
        transformer(net, config, flow, &level, "mid_block.attentions.0", depth)?;
        flow.may_cut(net);
        resnet(
            net,
            config,
            flow,
            "mid_block.resnets.1",
            level.channels,
            scale,
        )?;
    }
    Ok(())
}

fn up(
    net: &mut Network<'_>,
    config: &UNetConfig,
    options: UNetOptions,
    flow: &mut Flow,
) -> Result<(), CheckpointError> {
    for (index, level) in config.levels.iter().rev().enumerate() {
        let block = format!("up_blocks.{index}");
        for layer in 0..=level.layers {
            flow.may_cut(net);
            // The way down pushed one skip for each residual block, one for each downsampling and one first.
            if let Some(skip) = flow.skips.pop() {
                flow.x = net.concat(&[&flow.x, &skip.value], 1);
                flow.channels += skip.channels;
            }
            resnet(
                net,
                config,
                flow,
                &format!("{block}.resnets.{layer}"),
                level.channels,
                1.0,
            )?;
            if level.up == BlockKind::CrossAttention {
                let name = format!("{block}.attentions.{layer}");
                transformer(net, config, flow, level, &name, level.up_depths[layer])?;
            }
        }
        if index + 1 < config.levels.len() {
            let like = flow.skips.last().map(|skip| &skip.value);
            let larger = net.upsample_nearest(&flow.x, like.filter(|_| options.odd_sizes));
            let name = format!("{block}.upsamplers.0.conv");
            flow.x = net.conv(&name, &larger, level.channels, level.channels, 3)?;
        }
    }
    Ok(())
}

fn resnet(
    net: &mut Network<'_>,
    config: &UNetConfig,
    flow: &mut Flow,
    name: &str,
    channels: usize,
    scale: f32,
) -> Result<(), CheckpointError> {
    flow.x = net.resnet(
        &flow.x,
        &Resnet {
            name,
            inputs: flow.channels,
            outputs: channels,
            groups: config.norm_num_groups,
            eps: config.norm_eps,
            scale,
            time: Some((&flow.time, config.time_channels())),
        },
    )?;
    flow.channels = channels;
    Ok(())
}

/// `Transformer2DModel`: `depth` blocks over the latents as a sequence.
fn transformer(
    net: &mut Network<'_>,
    config: &UNetConfig,
    flow: &mut Flow,
    level: &Level,
    name: &str,
    depth: usize,
) -> Result<(), CheckpointError> {
    if depth == 0 {
        return Ok(());
    }
    net.graph.enter(name);
    let channels = level.channels;
    let x = flow.x.clone();
    let normed = net.group_norm(
        &format!("{name}.norm"),
        &x,
        channels,
        config.norm_num_groups,
        1e-6,
    )?;
    let last = net.transpose(&normed, &[0, 2, 3, 1]);
    let picture = net.graph.node("Shape", &[&last], &[]);
    let tokens = net.reshape(&last, &[-1, channels as i64]);
    // A 1×1 convolution and a linear layer are one thing over tokens.
    let mut tokens = net.linear(&format!("{name}.proj_in"), &tokens, channels, channels)?;
    for block in 0..depth {
        let name = format!("{name}.transformer_blocks.{block}");
        tokens = transformer_block(net, config, flow, level, &name, &tokens)?;
    }
    let tokens = net.linear(&format!("{name}.proj_out"), &tokens, channels, channels)?;
    let last = net.reshape_to(&tokens, &picture);
    let out = net.transpose(&last, &[0, 3, 1, 2]);
    flow.x = net.add(&out, &x);
    net.graph.leave();
    Ok(())
}

/// `BasicTransformerBlock` over `[batch·tokens, channels]`.
fn transformer_block(
    net: &mut Network<'_>,
    config: &UNetConfig,
    flow: &mut Flow,
    level: &Level,
    name: &str,
    x: &Value,
) -> Result<Value, CheckpointError> {
    let channels = level.channels;
    let mut x = x.clone();
    for (norm, attention, cross) in [
        ("norm1", "attn1", level.only_cross_attention),
        ("norm2", "attn2", true),
    ] {
        let normed = net.layer_norm(&format!("{name}.{norm}"), &x, channels, 1e-5)?;
        let (context, context_channels) = if cross {
            let text = flow.flat_text(net, level.text_channels);
            (text, level.text_channels)
        } else {
            (normed.clone(), channels)
        };
        let attention = format!("{name}.{attention}");
        let q = net.linear(&format!("{attention}.to_q"), &normed, channels, channels)?;
        let k = net.linear(
            &format!("{attention}.to_k"),
            &context,
            context_channels,
            channels,
        )?;
        let v = net.linear(
            &format!("{attention}.to_v"),
            &context,
            context_channels,
            channels,
        )?;
        let qkv = [q, k, v].map(|projected| flow.as_sequence(net, &projected, channels));
        let attended = if config.upcast_attention {
            let [q, k, v] = net.widen(qkv);
            let attended = net.attention([&q, &k, &v], level.heads, channels, None);
            net.in_compute_type(&attended)
        } else {
            let [q, k, v] = &qkv;
            net.attention([q, k, v], level.heads, channels, None)
        };
        let attended = net.reshape(&attended, &[-1, channels as i64]);
        let out = net.linear(
            &format!("{attention}.to_out.0"),
            &attended,
            channels,
            channels,
        )?;
        x = net.add(&out, &x);
    }
    let normed = net.layer_norm(&format!("{name}.norm3"), &x, channels, 1e-5)?;
    let inner = 4 * channels;
    let h = net.linear(
        &format!("{name}.ff.net.0.proj"),
        &normed,
        channels,
        2 * inner,
    )?;
    let [h, gate] = net.graph.node_outputs(
        "Split",
        &[&h],
        &[
            ("axis", Attribute::Int(1)),
            ("num_outputs", Attribute::Int(2)),
        ],
    );
    let gate = net.gelu(&gate);
    let h = net.mul(&h, &gate);
    let h = net.linear(&format!("{name}.ff.net.2"), &h, inner, channels)?;
    Ok(net.add(&h, &x))
}
