use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ort::session::{RunOptions, Session, SessionInputValue};
use ort::value::{DynValue, Tensor};

use super::{Cancel, Error};
use crate::graph::Section;
use crate::runtime::Runtime;

/// A network loaded into ONNX Runtime: one session, or one for each section.
#[derive(Debug)]
pub(crate) struct Network {
    part: &'static str,
    sessions: Vec<Session>,
}

/// Named tensors.
pub(crate) type Tensors = HashMap<String, DynValue>;

impl Network {
    /// Loads the sections of a graph, pinning the dimensions named in `fixed` where the provider likes that.
    pub(crate) fn load(
        runtime: &Runtime,
        part: &'static str,
        sections: &[Section],
        fixed: &[(&str, usize)],
    ) -> Result<Self, Error> {
        let sessions = sections
            .iter()
            .map(|section| load_section(runtime, section, fixed))
            .collect::<Result<_, _>>()
            .map_err(|reason| Error::Load { part, reason })?;
        Ok(Self { part, sessions })
    }

    /// Runs it; the time spent inside ONNX Runtime is added to `inside`.
    pub(crate) fn run(
        &mut self,
        mut tensors: Tensors,
        cancel: &Cancel,
        inside: &mut Duration,
    ) -> Result<Tensors, Error> {
        let part = self.part;
        let fail = |reason: String| Error::Run { part, reason };
        for session in &mut self.sessions {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            let names: Vec<String> = session
                .inputs()
                .iter()
                .map(|input| input.name().to_owned())
                .collect();
            let inputs = names
                .iter()
                .map(|name| match tensors.get(name) {
                    Some(value) => {
                        Ok((Cow::Borrowed(name.as_str()), SessionInputValue::from(value)))
                    }
                    None => Err(fail(format!("its input \"{name}\" is not provided"))),
                })
                .collect::<Result<Vec<_>, _>>()?;
            let options = RunOptions::new().map_err(|error| fail(error.to_string()))?;
            let start = Instant::now();
            let produced = cancel.guard(Arc::new(options), |options| {
                let mut outputs = session.run_with_options(inputs, options)?;
                let names: Vec<String> = outputs.keys().map(str::to_owned).collect();
                let values = names
                    .into_iter()
                    .filter_map(|name| outputs.remove(&name).map(|value| (name, value)));
                ort::Result::Ok(values.collect::<Vec<_>>())
            });
            *inside += start.elapsed();
            let produced = match produced {
                Err(_) if cancel.is_cancelled() => return Err(Error::Cancelled),
                result => result.map_err(|error: ort::Error| fail(error.to_string()))?,
            };
            tensors.extend(produced);
        }
        Ok(tensors)
    }

    /// Runs it and takes one output as 32-bit floats.
    pub(crate) fn run_for(
        &mut self,
        output: &str,
        tensors: Tensors,
        cancel: &Cancel,
        inside: &mut Duration,
    ) -> Result<Vec<f32>, Error> {
        let outputs = self.run(tensors, cancel, inside)?;
        self.floats(&outputs, output)
    }

    /// One of the outputs of [`Network::run`].
    pub(crate) fn floats(&self, outputs: &Tensors, name: &str) -> Result<Vec<f32>, Error> {
        let fail = |reason: String| Error::Run {
            part: self.part,
            reason,
        };
        let value = outputs
            .get(name)
            .ok_or_else(|| fail(format!("it gave no output \"{name}\"")))?;
        let (_, data) = value
            .try_extract_tensor::<f32>()
            .map_err(|error| fail(error.to_string()))?;
        Ok(data.to_vec())
    }
}

fn load_section(
    runtime: &Runtime,
    section: &Section,
    fixed: &[(&str, usize)],
) -> Result<Session, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut builder = runtime.session_builder().map_err(|error| text(&error))?;
    // Where external weights lie when the model itself comes from memory.
    let root = section.weights_root.to_string_lossy();
    builder = builder
        .with_config_entry("session.model_external_initializers_file_folder_path", root)
        .map_err(|error| text(&error))?;
    for (name, size) in fixed {
        builder = builder
            .with_dimension_override(name, *size as i64)
            .map_err(|error| text(&error))?;
    }
    builder
        .commit_from_memory(&section.model)
        .map_err(|error| text(&error))
}

/// A tensor of 32-bit floats.
pub(crate) fn floats(shape: &[usize], data: Vec<f32>) -> Result<DynValue, Error> {
    let shape: Vec<i64> = shape.iter().map(|n| *n as i64).collect();
    debug_assert_eq!(shape.iter().product::<i64>(), data.len() as i64);
    Tensor::from_array((shape, data))
        .map(Tensor::into_dyn)
        .map_err(tensor_error)
}

/// A tensor of integers.
pub(crate) fn ints(shape: &[usize], data: Vec<i64>) -> Result<DynValue, Error> {
    let shape: Vec<i64> = shape.iter().map(|n| *n as i64).collect();
    Tensor::from_array((shape, data))
        .map(Tensor::into_dyn)
        .map_err(tensor_error)
}

fn tensor_error(error: ort::Error) -> Error {
    Error::Run {
        part: "input",
        reason: error.to_string(),
    }
}
