use std::collections::HashMap;

use super::super::network::Network;
use crate::onnx::Value;

/// What flows through the levels.
pub(super) struct Flow {
    pub(super) x: Value,
    pub(super) channels: usize,
    pub(super) skips: Vec<Skip>,
    /// `silu` of the time embedding: every residual block begins with it.
    pub(super) time: Value,
    pub(super) text: Value,
    /// The text as `[batch·tokens, channels]`.
    pub(super) flat_text: Option<Value>,
    /// The shapes `[batch, -1, channels]`, by channels.
    pub(super) sequences: HashMap<usize, Value>,
}

pub(super) struct Skip {
    pub(super) value: Value,
    pub(super) channels: usize,
}

impl Flow {
    /// A point where the graph may be cut: what was derived from shapes is derived anew after a cut.
    pub(super) fn may_cut(&mut self, net: &mut Network<'_>) {
        let mut live = vec![(&self.x, 4), (&self.time, 2), (&self.text, 3)];
        live.extend(self.skips.iter().map(|skip| (&skip.value, 4)));
        if net.may_cut(&live) {
            self.flat_text = None;
            self.sequences.clear();
        }
    }

    pub(super) fn push_skip(&mut self) {
        self.skips.push(Skip {
            value: self.x.clone(),
            channels: self.channels,
        });
    }

    /// `[batch·tokens, channels]` as `[batch, tokens, channels]`.
    pub(super) fn as_sequence(
        &mut self,
        net: &mut Network<'_>,
        x: &Value,
        channels: usize,
    ) -> Value {
        if !self.sequences.contains_key(&channels) {
            let batch = net.shape_of(&self.text, 0, 1);
            let rest = net.graph.ints(&[-1, channels as i64]);
            let shape = net.concat(&[&batch, &rest], 0);
            self.sequences.insert(channels, shape);
        }
        let shape = self.sequences[&channels].clone();
        net.reshape_to(x, &shape)
    }

    pub(super) fn flat_text(&mut self, net: &mut Network<'_>, channels: usize) -> Value {
        if let Some(flat) = &self.flat_text {
            return flat.clone();
        }
        let flat = net.reshape(&self.text, &[-1, channels as i64]);
        self.flat_text = Some(flat.clone());
        flat
    }
}
