use super::super::network::Network;
use crate::checkpoint::{AddedCondition, CheckpointError, UNetConfig};
use crate::onnx::{Dim, ElementType, Value};

/// `silu` of the time embedding, `[batch or 1, 4·channels]`.
pub(super) fn time_embedding(
    net: &mut Network<'_>,
    config: &UNetConfig,
) -> Result<Value, CheckpointError> {
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
