use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::checkpoint::{CheckpointError, Weights};
use crate::onnx::{Attribute, Dim, ElementType, ExternalData, GraphBuilder, Value};

/// How attention is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttentionForm {
    /// ONNX Runtime's `com.microsoft.MultiHeadAttention`: 1.9 times as fast on CPU as the operators it stands for.
    Fused,
    /// Standard operators, for providers that fuse by themselves or do not know the fused one.
    Operators,
}

/// Whether a graph is cut into sections that are loaded one after another.
///
/// ONNX Runtime widens 16-bit weights to 32 bits while it loads a session and holds both, and a copy in
/// the layout of its kernels besides, until the session is ready: 1.7 times the 32-bit size at the peak. Loaded in
/// sections, only one section at a time is that large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionPolicy {
    /// One graph.
    Whole,
    /// Cut where the weights since the last cut exceed so many bytes on disk.
    Bytes(u64),
}

/// What a graph is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphOptions {
    /// What the network computes in. Weights of another type are cast.
    pub compute: ElementType,
    /// How attention is written.
    pub attention: AttentionForm,
    /// Whether it is cut.
    pub sections: SectionPolicy,
}

impl GraphOptions {
    /// 32 bits, one graph, fused attention: what runs on the CPU and what is exported.
    pub const CPU: Self = Self {
        compute: ElementType::F32,
        attention: AttentionForm::Fused,
        sections: SectionPolicy::Whole,
    };
}

/// One graph, ready for ONNX Runtime, and the folder that its weights' locations are relative to.
///
/// A section's inputs are found by name among the network's inputs and the outputs of the sections before it.
#[derive(Debug)]
pub struct Section {
    /// The serialised model.
    pub model: Vec<u8>,
    /// The folder of the weights.
    pub weights_root: PathBuf,
}

/// A graph being built over the weights of one part.
pub(super) struct Network<'w> {
    pub(super) graph: GraphBuilder,
    pub(super) options: GraphOptions,
    weights: &'w Weights,
    used: BTreeSet<String>,
    name: String,
    section_bytes: u64,
    finished: Vec<Section>,
    /// Inputs of the section being built.
    inputs: Vec<Value>,
}

impl<'w> Network<'w> {
    pub(super) fn new(name: &str, weights: &'w Weights, options: GraphOptions) -> Self {
        Self {
            graph: GraphBuilder::new(name),
            options,
            weights,
            used: BTreeSet::new(),
            name: name.to_owned(),
            section_bytes: 0,
            finished: Vec::new(),
            inputs: Vec::new(),
        }
    }

    /// An input of 32-bit floats, as the network computes.
    pub(super) fn input(&mut self, name: &str, dims: &[Dim]) -> Value {
        let value = self.graph.input(name, ElementType::F32, Some(dims));
        self.inputs.push(value.clone());
        self.in_compute_type(&value)
    }

    /// Makes `value` an output of 32-bit floats.
    pub(super) fn output(&mut self, name: &str, value: &Value, dims: &[Dim]) {
        let value = self.in_f32(value);
        self.graph
            .output_as(name, &value, ElementType::F32, Some(dims));
    }

    pub(super) fn in_compute_type(&mut self, value: &Value) -> Value {
        match self.options.compute {
            ElementType::F32 => value.clone(),
            other => self.cast(value, other),
        }
    }

    pub(super) fn in_f32(&mut self, value: &Value) -> Value {
        match self.options.compute {
            ElementType::F32 => value.clone(),
            _ => self.cast(value, ElementType::F32),
        }
    }

    pub(super) fn cast(&mut self, value: &Value, to: ElementType) -> Value {
        self.graph
            .node("Cast", &[value], &[("to", Attribute::Int(to as i64))])
    }

    /// Checks a weight that the caller reads itself.
    pub(super) fn check(&mut self, name: &str, shape: &[usize]) -> Result<(), CheckpointError> {
        self.weights.expect(name, shape)?;
        self.used.insert(name.to_owned());
        Ok(())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.weights.contains(name)
    }

    /// A weight of this shape.
    pub(super) fn weight(&mut self, name: &str, shape: &[usize]) -> Result<Value, CheckpointError> {
        self.weight_as(name, shape, shape)
    }

    /// A weight stored in one shape and used in another of as many elements.
    pub(super) fn weight_as(
        &mut self,
        name: &str,
        stored: &[usize],
        used: &[usize],
    ) -> Result<Value, CheckpointError> {
        let tensor = self.weights.expect(name, stored)?;
        let element = self.weights.element_type(name, tensor)?;
        let dims: Vec<i64> = used.iter().map(|n| *n as i64).collect();
        let data: ExternalData = self.weights.external(tensor);
        self.section_bytes += data.length;
        self.used.insert(name.to_owned());
        let value = self.graph.external(name, element, &dims, &data);
        Ok(if element == self.options.compute {
            value
        } else {
            self.cast(&value, self.options.compute)
        })
    }

    /// A point where the graph may be cut. `live` are the tensors that what follows needs, and how many dimensions they
    /// have: outputs of the section that ends here, inputs of the next one. Says whether a cut was made.
    pub(super) fn may_cut(&mut self, live: &[(&Value, usize)]) -> bool {
        match self.options.sections {
            SectionPolicy::Bytes(limit) if self.section_bytes >= limit => {}
            _ => return false,
        }
        let section = self.finished.len() + 1;
        let mut next = GraphBuilder::new(&format!("{}.{section}", self.name));
        // Names are unique over all sections, since one section's outputs are found by name in the others.
        next.enter(format!("section{section}"));
        let mut done = std::mem::replace(&mut self.graph, next);
        let before = std::mem::take(&mut self.inputs);
        self.section_bytes = 0;
        for (value, rank) in live {
            // A tensor may be live twice: as what flows on and as a skip.
            if self.inputs.contains(value) {
                continue;
            }
            if !before.contains(value) {
                done.output(value, self.options.compute, None);
            }
            // ONNX Runtime wants to know the rank of what a `Shape` is taken of.
            let dims = vec![Dim::Unknown; *rank];
            let input = self
                .graph
                .input(value.name(), self.options.compute, Some(&dims));
            self.inputs.push(input);
        }
        self.finished.push(Section {
            model: done.into_bytes(),
            weights_root: self.weights.root().to_owned(),
        });
        true
    }

    /// Allows weights that this graph does not use: the other half of an autoencoder.
    pub(super) fn mark_used(&mut self, matches: impl Fn(&str) -> bool) {
        let names = self.weights.tensors().keys();
        self.used
            .extend(names.filter(|name| matches(name)).cloned());
    }

    /// The finished sections. Fails when the weights hold more than the graph used.
    pub(super) fn finish(mut self) -> Result<Vec<Section>, CheckpointError> {
        self.weights.expect_all_used(&self.used)?;
        self.finished.push(Section {
            model: self.graph.into_bytes(),
            weights_root: self.weights.root().to_owned(),
        });
        Ok(self.finished)
    }
}
