use std::collections::HashMap;
use std::sync::Arc;

use prost::Message;

use super::proto::{
    AttributeProto, AttributeType, DataLocation, DimensionProto, DimensionValue, GraphProto,
    ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto, TensorProto,
    TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};
use super::{IR_VERSION, OPSET};

/// The element types that occur, with the standard's numbers (`TensorProto.DataType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum ElementType {
    /// 32-bit float.
    F32 = 1,
    /// 64-bit signed integer.
    I64 = 7,
    /// 16-bit float (IEEE).
    F16 = 10,
    /// 16-bit float (bfloat).
    Bf16 = 16,
}

impl ElementType {
    /// Bytes an element takes.
    pub fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::I64 => 8,
            Self::F16 | Self::Bf16 => 2,
        }
    }
}

/// A tensor inside a graph, by name. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Value(Arc<str>);

impl Value {
    /// The tensor's name in the graph.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The place of an optional input that is not given.
    pub fn absent() -> Self {
        Self(Arc::from(""))
    }
}

/// One dimension of a graph input or output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dim {
    /// Always this many.
    Fixed(i64),
    /// Chosen by the caller; equal names are equal sizes, and a session may pin them by name.
    Named(&'static str),
    /// Not said.
    Unknown,
}

/// An attribute of a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// A float.
    Float(f32),
    /// An integer.
    Int(i64),
    /// A list of integers.
    Ints(Vec<i64>),
    /// A string.
    Text(&'static str),
}

/// Where the bytes of an initializer lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalData {
    /// The file, relative to the folder that the session is told to look in.
    pub location: String,
    /// First byte.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
}

/// Collects nodes, initializers, inputs and outputs, and makes names.
#[derive(Debug, Default)]
pub struct GraphBuilder {
    graph: GraphProto,
    names: usize,
    scope: Vec<String>,
    /// Small constants are shared: many nodes reshape to the same shape.
    constants: HashMap<(i32, Vec<i64>, Vec<u8>), Value>,
}

impl GraphBuilder {
    /// An empty graph of this name.
    pub fn new(name: &str) -> Self {
        Self {
            graph: GraphProto {
                name: name.to_owned(),
                ..Default::default()
            },
            ..Default::default()
        }
    }

    /// Names of nodes made until [`GraphBuilder::leave`] start with this.
    pub fn enter(&mut self, scope: impl Into<String>) {
        self.scope.push(scope.into());
    }

    /// Ends the scope that was entered last.
    pub fn leave(&mut self) {
        self.scope.pop();
    }

    /// Adds a graph input. Without `dims` its rank is unknown.
    pub fn input(&mut self, name: &str, element: ElementType, dims: Option<&[Dim]>) -> Value {
        self.graph.input.push(value_info(name, element, dims));
        Value(Arc::from(name))
    }

    /// Makes a tensor an output of the graph under its own name.
    pub fn output(&mut self, value: &Value, element: ElementType, dims: Option<&[Dim]>) {
        self.graph
            .output
            .push(value_info(value.name(), element, dims));
    }

    /// Makes a tensor an output of the graph under the name given.
    pub fn output_as(
        &mut self,
        name: &str,
        value: &Value,
        element: ElementType,
        dims: Option<&[Dim]>,
    ) {
        self.push_node("", "Identity", &[value], vec![name.to_owned()], &[]);
        self.graph.output.push(value_info(name, element, dims));
    }

    /// Adds a node of the standard domain with one output.
    pub fn node(&mut self, op: &str, inputs: &[&Value], attributes: &[(&str, Attribute)]) -> Value {
        self.node_in("", op, inputs, attributes)
    }

    /// Adds a node of another domain with one output.
    pub fn node_in(
        &mut self,
        domain: &str,
        op: &str,
        inputs: &[&Value],
        attributes: &[(&str, Attribute)],
    ) -> Value {
        let output = self.fresh(op);
        self.push_node(domain, op, inputs, vec![output.clone()], attributes);
        Value(Arc::from(output))
    }

    /// Adds a node of the standard domain with `N` outputs.
    pub fn node_outputs<const N: usize>(
        &mut self,
        op: &str,
        inputs: &[&Value],
        attributes: &[(&str, Attribute)],
    ) -> [Value; N] {
        let base = self.fresh(op);
        let names: [String; N] = std::array::from_fn(|i| format!("{base}.{i}"));
        self.push_node("", op, inputs, names.to_vec(), attributes);
        names.map(|name| Value(Arc::from(name)))
    }

    /// An initializer whose bytes lie in a file.
    pub fn external(
        &mut self,
        name: &str,
        element: ElementType,
        dims: &[i64],
        data: &ExternalData,
    ) -> Value {
        let entry = |key: &str, value: String| StringStringEntryProto {
            key: key.to_owned(),
            value,
        };
        self.graph.initializer.push(TensorProto {
            dims: dims.to_vec(),
            data_type: element as i32,
            name: name.to_owned(),
            raw_data: None,
            external_data: vec![
                entry("location", data.location.clone()),
                entry("offset", data.offset.to_string()),
                entry("length", data.length.to_string()),
            ],
            data_location: DataLocation::External as i32,
        });
        Value(Arc::from(name))
    }

    /// A 1-D constant of integers: shapes, axes, sizes.
    pub fn ints(&mut self, values: &[i64]) -> Value {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.constant(ElementType::I64, vec![values.len() as i64], bytes)
    }

    /// A constant of floats with the given dimensions (`[]` is a scalar).
    pub fn floats(&mut self, dims: &[i64], values: &[f32]) -> Value {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.constant(ElementType::F32, dims.to_vec(), bytes)
    }

    fn constant(&mut self, element: ElementType, dims: Vec<i64>, bytes: Vec<u8>) -> Value {
        let key = (element as i32, dims, bytes);
        if let Some(known) = self.constants.get(&key) {
            return known.clone();
        }
        let name = format!("constant.{}", self.constants.len());
        self.graph.initializer.push(TensorProto {
            dims: key.1.clone(),
            data_type: key.0,
            name: name.clone(),
            raw_data: Some(key.2.clone()),
            ..Default::default()
        });
        let value = Value(Arc::from(name));
        self.constants.insert(key, value.clone());
        value
    }

    /// The finished model.
    pub fn finish(self) -> ModelProto {
        ModelProto {
            ir_version: IR_VERSION,
            producer_name: "aquatint".to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            graph: Some(self.graph),
            opset_import: vec![
                OperatorSetIdProto {
                    domain: String::new(),
                    version: OPSET,
                },
                OperatorSetIdProto {
                    domain: MICROSOFT.to_owned(),
                    version: 1,
                },
            ],
        }
    }

    /// The finished model, serialised.
    pub fn into_bytes(self) -> Vec<u8> {
        self.finish().encode_to_vec()
    }

    fn fresh(&mut self, op: &str) -> String {
        self.names += 1;
        let mut name = self.scope.join(".");
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(op);
        name.push('_');
        name.push_str(&self.names.to_string());
        name
    }

    fn push_node(
        &mut self,
        domain: &str,
        op: &str,
        inputs: &[&Value],
        output: Vec<String>,
        attributes: &[(&str, Attribute)],
    ) {
        let name = output.first().cloned().unwrap_or_default();
        self.graph.node.push(NodeProto {
            input: inputs.iter().map(|v| v.name().to_owned()).collect(),
            output,
            name,
            op_type: op.to_owned(),
            attribute: attributes
                .iter()
                .map(|(name, value)| attribute(name, value))
                .collect(),
            domain: domain.to_owned(),
        });
    }
}

/// The domain of ONNX Runtime's own operators.
pub const MICROSOFT: &str = "com.microsoft";

fn attribute(name: &str, value: &Attribute) -> AttributeProto {
    let mut proto = AttributeProto {
        name: name.to_owned(),
        ..Default::default()
    };
    match value {
        Attribute::Float(f) => {
            proto.f = Some(*f);
            proto.r#type = AttributeType::Float as i32;
        }
        Attribute::Int(i) => {
            proto.i = Some(*i);
            proto.r#type = AttributeType::Int as i32;
        }
        Attribute::Ints(ints) => {
            proto.ints.clone_from(ints);
            proto.r#type = AttributeType::Ints as i32;
        }
        Attribute::Text(text) => {
            proto.s = Some(text.as_bytes().to_vec());
            proto.r#type = AttributeType::String as i32;
        }
    }
    proto
}

fn value_info(name: &str, element: ElementType, dims: Option<&[Dim]>) -> ValueInfoProto {
    let dimension = |dim: &Dim| DimensionProto {
        value: match dim {
            Dim::Fixed(n) => Some(DimensionValue::DimValue(*n)),
            Dim::Named(name) => Some(DimensionValue::DimParam((*name).to_owned())),
            Dim::Unknown => None,
        },
    };
    ValueInfoProto {
        name: name.to_owned(),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto {
                elem_type: element as i32,
                shape: dims.map(|dims| TensorShapeProto {
                    dim: dims.iter().map(dimension).collect(),
                }),
            }),
        }),
    }
}
