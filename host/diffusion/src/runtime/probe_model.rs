//! The tiny graph that a provider has to compute: `y = Relu(Conv(x) · W + b)`.
//!
//! A convolution and a matrix product, since GPU vendors have them in different libraries (cuDNN, cuBLAS), which may be
//! missing one by one. Small whole numbers, which even half precision holds exactly.

use crate::onnx::{Dim, ElementType, GraphBuilder};

/// The input, of shape 1×1×2×3.
pub(super) const INPUT: [f32; 6] = [1.0, 2.0, 3.0, -1.0, 0.0, 2.0];
/// The right answer, of shape 1×1×2×2.
pub(super) const OUTPUT: [f32; 4] = [5.0, 9.0, 3.0, 0.0];

const KERNEL: [f32; 1] = [2.0];
const WEIGHTS: [f32; 6] = [1.0, 0.0, -1.0, 2.0, 1.0, 1.0];
const BIAS: [f32; 2] = [1.0, -5.0];

/// The model: one input, `x`, and one output.
pub(super) fn bytes() -> Vec<u8> {
    let mut graph = GraphBuilder::new("probe");
    let x = graph.input("x", ElementType::F32, Some(&[1, 1, 2, 3].map(Dim::Fixed)));
    let kernel = graph.floats(&[1, 1, 1, 1], &KERNEL);
    let weights = graph.floats(&[3, 2], &WEIGHTS);
    let bias = graph.floats(&[2], &BIAS);
    let convolved = graph.node("Conv", &[&x, &kernel], &[]);
    let product = graph.node("MatMul", &[&convolved, &weights], &[]);
    let sum = graph.node("Add", &[&product, &bias], &[]);
    let y = graph.node("Relu", &[&sum], &[]);
    graph.output(&y, ElementType::F32, Some(&[1, 1, 2, 2].map(Dim::Fixed)));
    graph.into_bytes()
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
