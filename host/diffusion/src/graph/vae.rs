use super::layers::{Padding, Resnet};
use super::network::{GraphOptions, Network, Section};
use crate::checkpoint::{CheckpointError, Part, VaeConfig};
use crate::onnx::{Dim, Value};

const EPS: f32 = 1e-6;

/// The decoder of an `AutoencoderKL`: `latent_sample` `[batch, channels, height, width]`, already divided by the
/// scaling factor, to `sample` `[batch, 3, height·f, width·f]` in -1..1 (not clamped).
pub fn vae_decoder(
    part: &Part<VaeConfig>,
    options: GraphOptions,
) -> Result<Vec<Section>, CheckpointError> {
    let config = &part.config;
    let mut net = Network::new("vae_decoder", &part.weights, options);
    net.mark_used(|name| name.starts_with("encoder.") || name.starts_with("quant_conv."));
    let batch = Dim::Named("batch_size");
    let latent = config.latent_channels;
    let mut x = net.input(
        "latent_sample",
        &[
            batch,
            Dim::Fixed(latent as i64),
            Dim::Named("latent_height"),
            Dim::Named("latent_width"),
        ],
    );
    if config.use_post_quant_conv {
        x = net.conv("post_quant_conv", &x, latent, latent, 1)?;
    }
    let levels = &config.block_out_channels;
    let mut channels = levels[levels.len() - 1];
    x = net.conv("decoder.conv_in", &x, latent, channels, 3)?;
    x = middle(&mut net, config, "decoder.mid_block", &x, channels)?;
    for (up, outputs) in levels.iter().rev().enumerate() {
        for layer in 0..=config.layers_per_block {
            let name = format!("decoder.up_blocks.{up}.resnets.{layer}");
            x = resnet(&mut net, config, &name, &x, channels, *outputs)?;
            channels = *outputs;
        }
        if up + 1 < levels.len() {
            x = net.upsample_nearest(&x, None);
            let name = format!("decoder.up_blocks.{up}.upsamplers.0.conv");
            x = net.conv(&name, &x, channels, channels, 3)?;
        }
    }
    let groups = config.norm_num_groups;
    x = net.group_norm("decoder.conv_norm_out", &x, channels, groups, EPS)?;
    x = net.silu(&x);
    x = net.conv("decoder.conv_out", &x, channels, config.channels, 3)?;
    net.output(
        "sample",
        &x,
        &[
            batch,
            Dim::Fixed(config.channels as i64),
            Dim::Named("sample_height"),
            Dim::Named("sample_width"),
        ],
    );
    net.finish()
}

/// The encoder of an `AutoencoderKL`: `sample` `[batch, 3, height, width]` in -1..1 to `latent_parameters`
/// `[batch, 2·channels, height/f, width/f]`, means before log-variances, not scaled.
pub fn vae_encoder(
    part: &Part<VaeConfig>,
    options: GraphOptions,
) -> Result<Vec<Section>, CheckpointError> {
    let config = &part.config;
    let mut net = Network::new("vae_encoder", &part.weights, options);
    net.mark_used(|name| name.starts_with("decoder.") || name.starts_with("post_quant_conv."));
    let batch = Dim::Named("batch_size");
    let mut x = net.input(
        "sample",
        &[
            batch,
            Dim::Fixed(config.channels as i64),
            Dim::Named("sample_height"),
            Dim::Named("sample_width"),
        ],
    );
    let levels = &config.block_out_channels;
    let mut channels = levels[0];
    x = net.conv("encoder.conv_in", &x, config.channels, channels, 3)?;
    for (down, outputs) in levels.iter().enumerate() {
        for layer in 0..config.layers_per_block {
            let name = format!("encoder.down_blocks.{down}.resnets.{layer}");
            x = resnet(&mut net, config, &name, &x, channels, *outputs)?;
            channels = *outputs;
        }
        if down + 1 < levels.len() {
            let name = format!("encoder.down_blocks.{down}.downsamplers.0.conv");
            x = net.downsample(&name, &x, channels, Padding::RightBelow)?;
        }
    }
    x = middle(&mut net, config, "encoder.mid_block", &x, channels)?;
    let groups = config.norm_num_groups;
    x = net.group_norm("encoder.conv_norm_out", &x, channels, groups, EPS)?;
    x = net.silu(&x);
    let parameters = 2 * config.latent_channels;
    x = net.conv("encoder.conv_out", &x, channels, parameters, 3)?;
    if config.use_quant_conv {
        x = net.conv("quant_conv", &x, parameters, parameters, 1)?;
    }
    net.output(
        "latent_parameters",
        &x,
        &[
            batch,
            Dim::Fixed(parameters as i64),
            Dim::Named("latent_height"),
            Dim::Named("latent_width"),
        ],
    );
    net.finish()
}

fn resnet(
    net: &mut Network<'_>,
    config: &VaeConfig,
    name: &str,
    x: &Value,
    inputs: usize,
    outputs: usize,
) -> Result<Value, CheckpointError> {
    net.resnet(
        x,
        &Resnet {
            name,
            inputs,
            outputs,
            groups: config.norm_num_groups,
            eps: EPS,
            scale: 1.0,
            time: None,
        },
    )
}

fn middle(
    net: &mut Network<'_>,
    config: &VaeConfig,
    name: &str,
    x: &Value,
    channels: usize,
) -> Result<Value, CheckpointError> {
    let block = format!("{name}.resnets.0");
    let mut x = resnet(net, config, &block, x, channels, channels)?;
    if config.mid_block_attention {
        x = attention(net, config, &format!("{name}.attentions.0"), &x, channels)?;
    }
    let block = format!("{name}.resnets.1");
    resnet(net, config, &block, &x, channels, channels)
}

/// Attention of every latent to every other, with one head.
fn attention(
    net: &mut Network<'_>,
    config: &VaeConfig,
    name: &str,
    x: &Value,
    channels: usize,
) -> Result<Value, CheckpointError> {
    net.graph.enter(name);
    // diffusers up to 0.17 saved other names: https://github.com/huggingface/diffusers/pull/3387
    let names = if net.has(&format!("{name}.query.weight")) {
        ["query", "key", "value", "proj_attn"]
    } else {
        ["to_q", "to_k", "to_v", "to_out.0"]
    };
    let shape = net.graph.node("Shape", &[x], &[]);
    let normed = net.group_norm(
        &format!("{name}.group_norm"),
        x,
        channels,
        config.norm_num_groups,
        EPS,
    )?;
    let flat = net.reshape(&normed, &[0, 0, -1]);
    let tokens = net.transpose(&flat, &[0, 2, 1]);
    let sequence = net.graph.node("Shape", &[&tokens], &[]);
    let tokens = net.reshape(&tokens, &[-1, channels as i64]);
    let mut project = |which: &str| -> Result<Value, CheckpointError> {
        let projected = net.linear(&format!("{name}.{which}"), &tokens, channels, channels)?;
        Ok(net.reshape_to(&projected, &sequence))
    };
    let (q, k, v) = (project(names[0])?, project(names[1])?, project(names[2])?);
    let attended = net.attention([&q, &k, &v], 1, channels, None);
    let attended = net.reshape(&attended, &[-1, channels as i64]);
    let out = net.linear(
        &format!("{name}.{}", names[3]),
        &attended,
        channels,
        channels,
    )?;
    let out = net.reshape_to(&out, &sequence);
    let out = net.transpose(&out, &[0, 2, 1]);
    let out = net.reshape_to(&out, &shape);
    let sum = net.add(x, &out);
    net.graph.leave();
    Ok(sum)
}
