use std::path::{Path, PathBuf};

use half::{bf16, f16};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest as _, Sha256};

use super::MOST_VECTORS;
use crate::checkpoint::Checkpoint;

/// Far more than 75 vectors of the widest encoder take.
const MOST_BYTES: u64 = 64 << 20;
/// The tensors of files for two encoders, in the order of the encoders.
const TWO: [[&str; 2]; 2] = [["clip_l", "clip_g"], ["text_encoders_0", "text_encoders_1"]];

/// The vectors that one encoder is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Vectors {
    /// How many.
    pub count: usize,
    /// Numbers of one.
    pub channels: usize,
    /// `[count, channels]`.
    pub values: Vec<f32>,
}

/// A word with a meaning of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedding {
    /// The word.
    pub name: String,
    /// SHA-256 of its file, in hexadecimal: other programs know it by the first ten or twelve digits.
    pub sha256: String,
    /// For one encoder, or for two.
    vectors: Vec<Vectors>,
}

/// Why a file is no embedding.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddingError {
    /// It could not be read.
    #[error("cannot read the embedding {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{} is no embedding: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was found, and what was expected.
        reason: String,
    },
    /// It is a pickle.
    #[error(
        "the embedding {} is in PyTorch's own format, which can run programs and is not opened: convert it to .safetensors, or move it out of the folder",
        path.display()
    )]
    Pickle {
        /// The file.
        path: PathBuf,
    },
}

impl Embedding {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub fn read(name: &str, path: &Path) -> Result<Self, EmbeddingError> {
        let is_safe = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("safetensors"));
        if !is_safe {
            return Err(EmbeddingError::Pickle {
                path: path.to_owned(),
            });
        }
        let io = |source| EmbeddingError::Io {
            path: path.to_owned(),
            source,
        };
        let fail = |reason: String| EmbeddingError::File {
            path: path.to_owned(),
            reason,
        };
        let bytes = path.metadata().map_err(io)?.len();
        if bytes > MOST_BYTES {
            return Err(fail(format!(
                "it has {bytes} bytes, expected at most {MOST_BYTES}"
            )));
        }
        let bytes = std::fs::read(path).map_err(io)?;
        let vectors = parse(&bytes).map_err(fail)?;
        let sha256 = Sha256::digest(&bytes);
        Ok(Self {
            name: name.to_owned(),
            sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            vectors,
        })
    }

    /// How many vectors it stands for.
    #[must_use]
    pub fn count(&self) -> usize {
        self.vectors.first().map_or(0, |vectors| vectors.count)
    }

    /// How many numbers each vector has, for all encoders together.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.vectors.iter().map(|it| it.channels).sum()
    }

    /// What one of a checkpoint's text encoders is given, by its place among them.
    ///
    /// # Errors
    /// Says what the file has and what the model takes.
    pub fn of(&self, checkpoint: &Checkpoint, encoder: usize) -> Result<&Vectors, String> {
        let (own, parts) = (&self.vectors, &checkpoint.text);
        let wanted: Vec<usize> = parts
            .iter()
            .map(|part| part.encoder.config.hidden_size)
            .collect();
        // SDXL's refiner has the second encoder alone.
        let skipped = match (own.len(), parts.first()) {
            (2, Some(part)) if parts.len() == 1 && part.encoder.name == "text_encoder_2" => 1,
            _ => 0,
        };
        let found: Vec<usize> = own[skipped..].iter().map(|it| it.channels).collect();
        if found != wanted {
            let list = |channels: &[usize]| {
                let texts: Vec<_> = channels.iter().map(usize::to_string).collect();
                texts.join(" and ")
            };
            return Err(format!(
                "it has {} channels, and {} takes {}",
                list(&found),
                checkpoint.name,
                list(&wanted)
            ));
        }
        own.get(skipped + encoder)
            .ok_or_else(|| "it is for fewer text encoders".to_owned())
    }
}

fn parse(bytes: &[u8]) -> Result<Vec<Vectors>, String> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
    let names = file.names();
    let two = TWO
        .iter()
        .find(|two| two.iter().all(|name| names.contains(name)));
    let found = match (two, names.as_slice()) {
        (Some(two), _) => two.iter().map(|name| vectors(&file, name)).collect(),
        (None, [name]) => vectors(&file, name).map(|vectors| vec![vectors]),
        (None, names) => Err(format!(
            "it has {} tensors, expected one, or clip_l and clip_g",
            names.len()
        )),
    }?;
    if let [first, second] = found.as_slice()
        && first.count != second.count
    {
        return Err(format!(
            "it has {} vectors for one text encoder and {} for the other",
            first.count, second.count
        ));
    }
    Ok(found)
}

fn vectors(file: &SafeTensors<'_>, name: &str) -> Result<Vectors, String> {
    let tensor = file.tensor(name).map_err(|error| error.to_string())?;
    let (count, channels) = match tensor.shape() {
        [channels] => (1, *channels),
        [count, channels] => (*count, *channels),
        other => {
            return Err(format!(
                "{name} has the shape {other:?}, expected [vectors, channels]"
            ));
        }
    };
    if count == 0 || count > MOST_VECTORS || channels == 0 {
        return Err(format!(
            "{name} has {count} vectors of {channels} channels, expected 1 to {MOST_VECTORS} vectors"
        ));
    }
    let values = floats(&tensor)
        .ok_or_else(|| format!("{name} is {:?}, expected F32, F16 or BF16", tensor.dtype()))?;
    if values.iter().any(|value| !value.is_finite()) {
        return Err(format!("{name} has values that are not finite"));
    }
    Ok(Vectors {
        count,
        channels,
        values,
    })
}

fn floats(tensor: &TensorView<'_>) -> Option<Vec<f32>> {
    let data = tensor.data();
    let halves = || data.as_chunks::<2>().0.iter().copied();
    Some(match tensor.dtype() {
        Dtype::F32 => {
            let wide = data.as_chunks::<4>().0.iter();
            wide.map(|bytes| f32::from_le_bytes(*bytes)).collect()
        }
        Dtype::F16 => halves().map(|b| f16::from_le_bytes(b).to_f32()).collect(),
        Dtype::BF16 => halves().map(|b| bf16::from_le_bytes(b).to_f32()).collect(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use safetensors::serialize;

    use super::*;

    fn file(tensors: &[(&str, Dtype, &[usize], Vec<u8>)]) -> Vec<u8> {
        let views = tensors.iter().map(|(name, dtype, shape, data)| {
            let view = TensorView::new(*dtype, shape.to_vec(), data).expect("a tensor");
            ((*name).to_owned(), view)
        });
        serialize(views, None).expect("written")
    }

    fn numbers(count: usize) -> Vec<u8> {
        (0..count).flat_map(|i| (i as f32).to_le_bytes()).collect()
    }

    #[test]
    fn one_tensor_of_any_name_and_two_of_known_names() {
        for shape in [&[2, 3][..], &[6]] {
            let found = parse(&file(&[("<cat>", Dtype::F32, shape, numbers(6))])).expect("one");
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].count * found[0].channels, 6);
            assert_eq!(found[0].values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        }
        let found = parse(&file(&[
            ("clip_g", Dtype::F32, &[2, 2], numbers(4)),
            ("clip_l", Dtype::F16, &[2, 1], vec![0, 0x3c, 0, 0x40]),
        ]))
        .expect("two");
        assert_eq!(found[0].values, [1.0, 2.0]);
        assert_eq!((found[1].count, found[1].channels), (2, 2));
    }

    #[test]
    fn what_is_no_embedding_is_said() {
        for (bytes, says) in [
            (b"no file".to_vec(), ""),
            (file(&[]), "0 tensors"),
            (
                file(&[
                    ("a", Dtype::F32, &[1], numbers(1)),
                    ("b", Dtype::F32, &[1], numbers(1)),
                ]),
                "2 tensors, expected one",
            ),
            (
                file(&[
                    ("clip_l", Dtype::F32, &[1, 1], numbers(1)),
                    ("clip_g", Dtype::F32, &[2, 1], numbers(2)),
                ]),
                "1 vectors for one text encoder and 2",
            ),
            (
                file(&[("a", Dtype::F32, &[1, 1, 2], numbers(2))]),
                "[1, 1, 2], expected [vectors, channels]",
            ),
            (
                file(&[("a", Dtype::F32, &[76, 1], numbers(76))]),
                "76 vectors of 1 channels, expected 1 to 75",
            ),
            (file(&[("a", Dtype::F32, &[0, 4], Vec::new())]), "0 vectors"),
            (
                file(&[("a", Dtype::I32, &[1, 1], vec![0; 4])]),
                "expected F32, F16 or BF16",
            ),
            (
                file(&[("a", Dtype::F32, &[1], f32::NAN.to_le_bytes().to_vec())]),
                "not finite",
            ),
        ] {
            let error = parse(&bytes).expect_err(says);
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn pickles_are_not_opened() {
        let error = Embedding::read("x", Path::new("/nowhere/x.pt")).expect_err("a pickle");
        assert!(error.to_string().contains("safetensors"), "{error}");
    }
}
