use super::super::network::Network;
use super::flow::Flow;
use crate::checkpoint::{CheckpointError, Level, UNetConfig};
use crate::onnx::{Attribute, Value};

/// `Transformer2DModel`: `depth` blocks over the latents as a sequence.
pub(super) fn transformer(
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
            net.in_32_bits(qkv, |net, [q, k, v]| {
                net.attention([&q, &k, &v], level.heads, channels, None)
            })
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
