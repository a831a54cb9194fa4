//! Latents in files.

use std::path::{Path, PathBuf};
use std::{fs, io};

use aquatint_sandbox::tensor::Tensor;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::files;

/// The tensor's name in files.
const NAME: &str = "latents";

/// Reads a safetensors file with one tensor of 32-bit floats.
///
/// # Errors
/// It cannot be read, or is another.
pub(super) fn read(path: &Path) -> Result<Tensor, LatentsError> {
    let wrong = |reason: String| LatentsError::Wrong {
        path: path.to_owned(),
        reason,
    };
    let bytes = fs::read(path).map_err(|source| LatentsError::Io {
        path: path.to_owned(),
        source,
    })?;
    let file = SafeTensors::deserialize(&bytes)
        .map_err(|error| wrong(format!("{error}, expected a safetensors file")))?;
    let tensors = file.tensors();
    let [(_, view)] = tensors.as_slice() else {
        return Err(wrong(format!("has {} tensors, expected 1", tensors.len())));
    };
    if view.dtype() != Dtype::F32 {
        return Err(wrong(format!("is of {:?}, expected F32", view.dtype())));
    }
    // A side beyond 32 bits is none that a tensor may have, as 0 is.
    let shape = view.shape().iter();
    let shape = shape
        .map(|side| u32::try_from(*side).unwrap_or(0))
        .collect();
    let (numbers, _) = view.data().as_chunks::<4>();
    let numbers = numbers.iter().copied().map(f32::from_le_bytes).collect();
    Tensor::from_numbers(shape, numbers).map_err(|error| wrong(error.to_string()))
}

/// Writes a safetensors file.
///
/// # Errors
/// It cannot be written.
pub(super) fn write(tensor: &Tensor, path: &Path) -> Result<(), LatentsError> {
    let wrong = |error: safetensors::SafeTensorError| LatentsError::Wrong {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let numbers = tensor.numbers().iter();
    let data: Vec<u8> = numbers.flat_map(|number| number.to_le_bytes()).collect();
    let shape = tensor.shape().iter().map(|side| *side as usize).collect();
    let view = TensorView::new(Dtype::F32, shape, &data).map_err(wrong)?;
    let bytes = safetensors::serialize([(NAME, view)], None).map_err(wrong)?;
    files::write(path, &bytes).map_err(|source| LatentsError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Why latents cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LatentsError {
    /// The system said no.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is none that can be used.
    #[error("{path}: {reason}", path = .path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong and what was expected.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latents_read_back_as_they_were_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.safetensors");
        let numbers = vec![0.5, -1.0, 2.0, 3.25, 0.0, 1e-9];
        let tensor = Tensor::from_numbers(vec![2, 1, 3], numbers).expect("a tensor");
        write(&tensor, &path).expect("written");
        assert_eq!(read(&path).expect("read"), tensor);
        fs::write(&path, "no tensor").expect("written");
        let message = read(&path).expect_err("text").to_string();
        assert!(message.contains("expected a safetensors file"), "{message}");
    }
}
