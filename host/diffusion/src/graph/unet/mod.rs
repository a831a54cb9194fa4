//! `UNet2DConditionModel`: the way down, the middle, the way up.

mod embedding;
mod flow;
mod transformer;

use std::collections::HashMap;

use super::layers::{Padding, Resnet};
use super::network::{GraphOptions, Network, Section};
use crate::checkpoint::{BlockKind, CheckpointError, Level, Middle, Part, UNetConfig};
use crate::onnx::{Dim, ElementType, Value};
use embedding::time_embedding;
use flow::{Flow, Skip};
use transformer::transformer;

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
    if unet.control {
        for (index, skip) in flow.skips.iter_mut().enumerate() {
            let name = format!("down_block_additional_residual_{index}");
            skip.value = add_residual(&mut net, &name, &skip.value, skip.channels);
        }
    }
    middle(&mut net, config, &mut flow)?;
    if unet.control {
        let name = "mid_block_additional_residual";
        flow.x = add_residual(&mut net, name, &flow.x, flow.channels);
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

/// Adds a ControlNet's residual: an input of the section that uses it, declared there.
fn add_residual(net: &mut Network<'_>, name: &str, x: &Value, channels: usize) -> Value {
    let dims = [
        Dim::Named("batch_size"),
        Dim::Fixed(channels as i64),
        Dim::Unknown,
        Dim::Unknown,
    ];
    let residual = net.graph.input(name, ElementType::F32, Some(&dims));
    let residual = net.in_compute_type(&residual);
    net.add(x, &residual)
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
