//! ONNX models as data: the few protobuf messages that a graph needs, and a builder for them.
//!
//! Weights are never copied into the model: an initializer points at the bytes of a `.safetensors` file
//! ([`ExternalData`]), as ONNX's "external data" allows.

mod builder;
pub mod proto;

pub use builder::{Attribute, Dim, ElementType, ExternalData, GraphBuilder, MICROSOFT, Value};

/// The version of the standard operator set that graphs are written for.
///
/// 18 is the lowest with `Split` by `num_outputs`; every ONNX Runtime since 1.14 implements it.
pub const OPSET: i64 = 18;

/// The version of the file format: 8 is what opset 18 was released with.
pub const IR_VERSION: i64 = 8;
