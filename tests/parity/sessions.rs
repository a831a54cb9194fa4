//! ONNX Runtime in this process: networks run part by part, as the command runs them.

use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use aquatint_diffusion::graph::Section;
use aquatint_diffusion::runtime::{ProviderChoice, ProviderKind, Runtime, RuntimeOptions};
use ort::session::{Session, SessionInputValue};
use ort::value::{DynValue, Tensor as Value};

use crate::golden::{Data, Tensor};

/// Tensors by name.
pub(crate) type Tensors = HashMap<String, Tensor>;

/// The runtime that the command has too.
pub(crate) fn runtime() -> Result<&'static Runtime, String> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let start = || {
        let data_dir = env::var_os("AQUATINT_DATA").map(PathBuf::from).ok_or(
            "AQUATINT_DATA does not name a folder with ONNX Runtime: `cargo xtask test` sets it",
        )?;
        let options = RuntimeOptions {
            data_dir,
            provider: ProviderChoice::Named(ProviderKind::Cpu.into()),
            // The layers are too narrow for more.
            threads: Some(1),
        };
        Runtime::start(&options).map_err(|error| error.to_string())
    };
    RUNTIME.get_or_init(start).as_ref().map_err(Clone::clone)
}

/// A network that is loaded: one session, or one a section.
pub(crate) struct Sessions(Vec<Session>);

impl Sessions {
    /// Loads a graph over the weights of a checkpoint.
    pub(crate) fn of(sections: &[Section]) -> Result<Self, String> {
        let load = |section: &Section| {
            let root = section.weights_root.to_string_lossy();
            runtime()?
                .session_builder()
                .map_err(|error| error.to_string())?
                .with_config_entry("session.model_external_initializers_file_folder_path", root)
                .map_err(|error| error.to_string())?
                .commit_from_memory(&section.model)
                .map_err(|error| error.to_string())
        };
        Ok(Self(sections.iter().map(load).collect::<Result<_, _>>()?))
    }

    /// Loads an ONNX file, as any other program would.
    pub(crate) fn open(file: &Path) -> Result<Self, String> {
        let session = runtime()?
            .session_builder()
            .map_err(|error| error.to_string())?
            .commit_from_file(file)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(Self(vec![session]))
    }

    /// The names of what comes out, in their order.
    pub(crate) fn outputs(&self) -> Vec<String> {
        let outputs = self.0.last().map_or(&[][..], |last| last.outputs());
        outputs
            .iter()
            .map(|output| output.name().to_owned())
            .collect()
    }

    /// Runs it. Every input must be one that it takes.
    pub(crate) fn run(&mut self, inputs: &Tensors) -> Result<Tensors, String> {
        let mut values = HashMap::new();
        for (name, tensor) in inputs {
            values.insert(name.clone(), to_value(tensor)?);
        }
        let mut taken = Vec::new();
        let mut produced = Vec::new();
        for session in &mut self.0 {
            let names: Vec<String> = session
                .inputs()
                .iter()
                .map(|input| input.name().to_owned())
                .collect();
            let mut given = Vec::new();
            for name in &names {
                let value = values
                    .get(name)
                    .ok_or_else(|| format!("it wants {name:?}"))?;
                given.push((name.as_str(), SessionInputValue::from(value)));
            }
            let mut outputs = session.run(given).map_err(|error| error.to_string())?;
            produced = outputs.keys().map(str::to_owned).collect();
            let outputs: Vec<_> = produced
                .iter()
                .filter_map(|name| Some((name.clone(), outputs.remove(name)?)))
                .collect();
            values.extend(outputs);
            taken.extend(names);
        }
        if let Some(name) = inputs.keys().find(|name| !taken.contains(name)) {
            return Err(format!("it does not take {name:?}"));
        }
        let output = |name: String| {
            let value = values
                .remove(&name)
                .ok_or_else(|| format!("it does not give {name:?}"))?;
            Ok((name, from_value(&value)?))
        };
        produced.into_iter().map(output).collect()
    }
}

fn to_value(tensor: &Tensor) -> Result<DynValue, String> {
    let shape: Vec<i64> = tensor.shape.iter().map(|n| *n as i64).collect();
    let value = match &tensor.data {
        Data::Floats(data) => Value::from_array((shape, data.clone())).map(Value::into_dyn),
        Data::Ints(data) => Value::from_array((shape, data.clone())).map(Value::into_dyn),
    };
    value.map_err(|error| error.to_string())
}

fn from_value(value: &DynValue) -> Result<Tensor, String> {
    let (shape, data) = value
        .try_extract_tensor::<f32>()
        .map_err(|error| error.to_string())?;
    let shape: Vec<usize> = shape.iter().map(|n| *n as usize).collect();
    Ok(Tensor::floats(&shape, data.to_vec()))
}
