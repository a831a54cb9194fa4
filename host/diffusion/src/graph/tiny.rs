use super::network::{GraphOptions, Network, Section};
use crate::checkpoint::{CheckpointError, TinyNaming, TinyVae};
use crate::onnx::{Dim, Value};

/// Latents are brought between minus and plus this, softly, before anything else.
const BOUND: f32 = 3.0;

/// The decoder of an `AutoencoderTiny`: `latent_sample` `[batch, channels, height, width]`, already divided by the scaling
/// factor, to `sample` `[batch, 3, height·f, width·f]`, about -1..1 (not clamped).
pub fn tiny_decoder(vae: &TinyVae, options: GraphOptions) -> Result<Vec<Section>, CheckpointError> {
    let config = &vae.config;
    let mut net = Network::new("tiny_decoder", &vae.weights, options);
    if config.naming == TinyNaming::Diffusers {
        net.mark_used(|name| name.starts_with("encoder."));
    }
    let batch = Dim::Named("batch_size");
    let (latent, channels) = (config.latent_channels, config.channels);
    let x = net.input(
        "latent_sample",
        &[
            batch,
            Dim::Fixed(latent as i64),
            Dim::Named("latent_height"),
            Dim::Named("latent_width"),
        ],
    );
    let bound = net.scalar(BOUND);
    let x = net.graph.node("Div", &[&x, &bound], &[]);
    let x = net.graph.node("Tanh", &[&x], &[]);
    let x = net.mul(&x, &bound);
    let naming = config.naming;
    let x = net.conv(&naming.layer(0), &x, latent, channels, 3)?;
    let mut x = net.relu(&x);
    let mut number = 2;
    for (level, blocks) in config.blocks.iter().enumerate() {
        for _ in 0..*blocks {
            x = block(&mut net, &naming.layer(number), &x, channels)?;
            number += 1;
        }
        if level + 1 < config.blocks.len() {
            x = net.enlarge_nearest(&x, config.upsampling as f32);
            x = net.conv_without_bias(&naming.layer(number + 1), &x, channels, channels, 3)?;
            number += 2;
        }
    }
    x = net.conv(&naming.layer(number), &x, channels, 3, 3)?;
    // It gives 0..1.
    let (two, one) = (net.scalar(2.0), net.scalar(-1.0));
    x = net.mul(&x, &two);
    x = net.add(&x, &one);
    net.output(
        "sample",
        &x,
        &[
            batch,
            Dim::Fixed(3),
            Dim::Named("sample_height"),
            Dim::Named("sample_width"),
        ],
    );
    net.finish()
}

/// `AutoencoderTinyBlock` of diffusers, where channels stay the same.
fn block(
    net: &mut Network<'_>,
    name: &str,
    x: &Value,
    channels: usize,
) -> Result<Value, CheckpointError> {
    net.graph.enter(name);
    let mut h = x.clone();
    for part in [0, 2, 4] {
        if part > 0 {
            h = net.relu(&h);
        }
        h = net.conv(&format!("{name}.conv.{part}"), &h, channels, channels, 3)?;
    }
    let sum = net.add(&h, x);
    let out = net.relu(&sum);
    net.graph.leave();
    Ok(out)
}
