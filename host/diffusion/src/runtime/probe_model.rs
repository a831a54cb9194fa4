//! The tiny graph that a provider has to compute: `y = Relu(Conv(x) · W + b)`, as the bytes of an ONNX model.
//!
//! A convolution and a matrix product, since GPU vendors have them in different libraries (cuDNN, cuBLAS), which may be
//! missing one by one. Small whole numbers, which even half precision holds exactly.

use prost::Message;

/// The input, of shape 1×1×2×3.
pub(super) const INPUT: [f32; 6] = [1.0, 2.0, 3.0, -1.0, 0.0, 2.0];
/// The right answer, of shape 1×1×2×2.
pub(super) const OUTPUT: [f32; 4] = [5.0, 9.0, 3.0, 0.0];

const KERNEL: [f32; 1] = [2.0];
const WEIGHTS: [f32; 6] = [1.0, 0.0, -1.0, 2.0, 1.0, 1.0];
const BIAS: [f32; 2] = [1.0, -5.0];

const FLOAT: i32 = 1;

/// The model. Numbers of fields are those of <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>.
pub(super) fn bytes() -> Vec<u8> {
    let node = |op_type: &str, input: &[&str], output: &str| Node {
        input: input.iter().map(ToString::to_string).collect(),
        output: vec![output.to_owned()],
        name: op_type.to_owned(),
        op_type: op_type.to_owned(),
    };
    let tensor = |name: &str, dims: &[i64], data: &[f32]| Tensor {
        dims: dims.to_vec(),
        data_type: FLOAT,
        float_data: data.to_vec(),
        name: name.to_owned(),
    };
    let value = |name: &str, dims: [i64; 4]| {
        let dim = dims.iter().map(|value| Dim { dim_value: *value }).collect();
        let tensor_type = TensorType {
            elem_type: FLOAT,
            shape: Some(Shape { dim }),
        };
        ValueInfo {
            name: name.to_owned(),
            r#type: Some(Type {
                tensor_type: Some(tensor_type),
            }),
        }
    };
    let graph = Graph {
        node: vec![
            node("Conv", &["x", "kernel"], "convolved"),
            node("MatMul", &["convolved", "weights"], "product"),
            node("Add", &["product", "bias"], "sum"),
            node("Relu", &["sum"], "y"),
        ],
        name: "probe".to_owned(),
        initializer: vec![
            tensor("kernel", &[1, 1, 1, 1], &KERNEL),
            tensor("weights", &[3, 2], &WEIGHTS),
            tensor("bias", &[2], &BIAS),
        ],
        input: vec![value("x", [1, 1, 2, 3])],
        output: vec![value("y", [1, 1, 2, 2])],
    };
    // The oldest versions that have these operators in today's form: every library reads them.
    let opset = Opset {
        domain: String::new(),
        version: 13,
    };
    Model {
        ir_version: 7,
        graph: Some(graph),
        opset_import: vec![opset],
    }
    .encode_to_vec()
}

#[derive(Message)]
struct Model {
    #[prost(int64, tag = "1")]
    ir_version: i64,
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    opset_import: Vec<Opset>,
}

#[derive(Message)]
struct Opset {
    #[prost(string, tag = "1")]
    domain: String,
    #[prost(int64, tag = "2")]
    version: i64,
}

#[derive(Message)]
struct Graph {
    #[prost(message, repeated, tag = "1")]
    node: Vec<Node>,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    input: Vec<ValueInfo>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<ValueInfo>,
}

#[derive(Message)]
struct Node {
    #[prost(string, repeated, tag = "1")]
    input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    output: Vec<String>,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, tag = "4")]
    op_type: String,
}

#[derive(Message)]
struct Tensor {
    #[prost(int64, repeated, tag = "1")]
    dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    data_type: i32,
    #[prost(float, repeated, tag = "4")]
    float_data: Vec<f32>,
    #[prost(string, tag = "8")]
    name: String,
}

#[derive(Message)]
struct ValueInfo {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    r#type: Option<Type>,
}

#[derive(Message)]
struct Type {
    #[prost(message, optional, tag = "1")]
    tensor_type: Option<TensorType>,
}

#[derive(Message)]
struct TensorType {
    #[prost(int32, tag = "1")]
    elem_type: i32,
    #[prost(message, optional, tag = "2")]
    shape: Option<Shape>,
}

#[derive(Message)]
struct Shape {
    #[prost(message, repeated, tag = "1")]
    dim: Vec<Dim>,
}

#[derive(Message)]
struct Dim {
    #[prost(int64, tag = "1")]
    dim_value: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_what_the_graph_says() {
        let convolved = INPUT.map(|x| x * KERNEL[0]);
        let mut expected = Vec::new();
        for row in convolved.chunks(3) {
            for column in 0..2 {
                let product: f32 = row
                    .iter()
                    .enumerate()
                    .map(|(k, x)| x * WEIGHTS[k * 2 + column])
                    .sum();
                expected.push((product + BIAS[column]).max(0.0));
            }
        }
        assert_eq!(expected, OUTPUT);
    }
}
