//! ONNX models that somebody else made: any file, run with tensors by name.
//!
//! - [`Model`]: a model, loaded.
//! - [`Port`]: one of its inputs or outputs.
//! - [`Tensor`]: numbers in a shape, with their [`Element`] type.
//! - `scan`: what a file is made of, looked at before ONNX Runtime sees it.
//!
//! ```no_run
//! # use aquatint_diffusion::model::{Element, Model, Tensor};
//! # use aquatint_diffusion::pipeline::Cancel;
//! # use aquatint_diffusion::runtime::Runtime;
//! # fn run(runtime: &Runtime) -> Result<(), Box<dyn std::error::Error>> {
//! let model = Model::from_file(runtime, "upscaler.onnx".as_ref())?;
//! let picture = Tensor::new(vec![1, 3, 64, 64], Element::F32, vec![0; 1 * 3 * 64 * 64 * 4])?;
//! let outputs = model.run(vec![("x".to_owned(), picture)], 1 << 30, &Cancel::new())?;
//! # Ok(())
//! # }
//! ```
//!
//! A file may be anybody's. Its weights come from itself or, for a file on disk, from files beside it; it brings no
//! code: operators are those of ONNX Runtime. What all of these models together take on a CPU is bounded by
//! [`MODEL_MEMORY`](crate::runtime::MODEL_MEMORY).

mod error;
mod external;
mod load;
mod port;
mod run;
mod scan;
mod tensor;
#[cfg(test)]
mod tests;
mod wire;

pub use error::ModelError;
pub use load::Model;
pub use port::{Dimension, Port};
pub use tensor::{Element, Tensor};

/// The most bytes that an ONNX file has: protocol buffers end there. Weights in files of their own do not count.
pub const MOST_BYTES: u64 = (1 << 31) - 1;
