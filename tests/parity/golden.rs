//! What torch answers, part by part: the files in `golden/parts/`.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors};

use crate::folders::at;
use crate::here;

/// The numbers of a tensor.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    Floats(Vec<f32>),
    Ints(Vec<i64>),
}

/// A tensor that goes into a network or comes out.
#[derive(Clone, Debug)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Data,
}

impl Tensor {
    pub(crate) fn floats(shape: &[usize], data: Vec<f32>) -> Self {
        Self {
            shape: shape.to_vec(),
            data: Data::Floats(data),
        }
    }

    pub(crate) fn ints(shape: &[usize], data: Vec<i64>) -> Self {
        Self {
            shape: shape.to_vec(),
            data: Data::Ints(data),
        }
    }

    /// One item along the first dimension, without that dimension.
    pub(crate) fn item(&self, index: usize) -> Self {
        let shape = &self.shape[1..];
        let size: usize = shape.iter().product();
        let range = index * size..(index + 1) * size;
        match &self.data {
            Data::Floats(data) => Self::floats(shape, data[range].to_vec()),
            Data::Ints(data) => Self::ints(shape, data[range].to_vec()),
        }
    }

    /// As large, all zeros.
    pub(crate) fn zeros_like(&self) -> Self {
        Self::floats(&self.shape, vec![0.0; self.shape.iter().product()])
    }

    pub(crate) fn as_floats(&self) -> &[f32] {
        match &self.data {
            Data::Floats(data) => data,
            Data::Ints(_) => panic!("integers where floats were expected"),
        }
    }

    pub(crate) fn as_ints(&self) -> &[i64] {
        match &self.data {
            Data::Ints(data) => data,
            Data::Floats(_) => panic!("floats where integers were expected"),
        }
    }
}

/// What went into the networks of one checkpoint, and what came out. Names are `part.tensor`.
pub(crate) struct Golden {
    /// The texts behind the token ids.
    pub(crate) prompts: Vec<String>,
    tensors: HashMap<String, Tensor>,
}

impl Golden {
    /// The checkpoints that there are goldens of, in the order of the alphabet.
    pub(crate) fn names() -> Vec<String> {
        let files = fs::read_dir(here().join("golden/parts")).expect("the goldens");
        let name = |file: fs::DirEntry| Some(file.path().file_stem()?.to_str()?.to_owned());
        let mut names: Vec<String> = files.filter_map(|file| name(file.ok()?)).collect();
        names.sort();
        names
    }

    pub(crate) fn read(checkpoint: &str) -> Result<Self, String> {
        Self::open(&here().join(format!("golden/parts/{checkpoint}.safetensors")))
    }

    pub(crate) fn open(file: &Path) -> Result<Self, String> {
        let bytes = fs::read(file).map_err(at(file))?;
        let fail = |reason: String| format!("{}: {reason}", file.display());
        let (_, metadata) =
            SafeTensors::read_metadata(&bytes).map_err(|error| fail(error.to_string()))?;
        let prompts = metadata
            .metadata()
            .as_ref()
            .and_then(|metadata| metadata.get("prompts"))
            .ok_or_else(|| fail("no prompts".to_owned()))?;
        let prompts = serde_json::from_str(prompts).map_err(|error| fail(error.to_string()))?;
        let read = SafeTensors::deserialize(&bytes).map_err(|error| fail(error.to_string()))?;
        let mut tensors = HashMap::new();
        for (name, view) in read.tensors() {
            let tensor = match view.dtype() {
                Dtype::F32 => {
                    let numbers = view.data().as_chunks().0.iter().copied();
                    Tensor::floats(view.shape(), numbers.map(f32::from_le_bytes).collect())
                }
                Dtype::I64 => {
                    let numbers = view.data().as_chunks().0.iter().copied();
                    Tensor::ints(view.shape(), numbers.map(i64::from_le_bytes).collect())
                }
                other => return Err(fail(format!("{name} is {other}"))),
            };
            tensors.insert(name, tensor);
        }
        Ok(Self { prompts, tensors })
    }

    pub(crate) fn find(&self, part: &str, name: &str) -> Option<&Tensor> {
        self.tensors.get(&format!("{part}.{name}"))
    }

    pub(crate) fn get(&self, part: &str, name: &str) -> Result<&Tensor, String> {
        self.find(part, name)
            .ok_or_else(|| format!("the golden has no {part}.{name}"))
    }
}
