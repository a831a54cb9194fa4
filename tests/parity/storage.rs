//! The same weights stored in the other ways that checkpoints come in.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::folders::{at, link_all, write_json};

/// A way of storing a checkpoint.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Variant {
    /// Half precision, under the names that published `fp16` variants have.
    Float16,
    /// bfloat16 under the plain names.
    Bfloat16,
    /// The UNet in three shards with an index.
    Sharded,
    /// The VAE's attention as diffusers named it before 0.12.
    OldVae,
}

impl Variant {
    pub(crate) const ALL: [Self; 4] = [Self::Float16, Self::Bfloat16, Self::Sharded, Self::OldVae];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Float16 => "fp16 files",
            Self::Bfloat16 => "bf16 files",
            Self::Sharded => "sharded files",
            Self::OldVae => "old names in the VAE",
        }
    }

    /// Writes the variant of a checkpoint.
    pub(crate) fn write(self, from: &Path, to: &Path) -> Result<PathBuf, String> {
        link_all(from, to)?;
        for part in ["text_encoder", "unet", "vae"] {
            let plain = if part == "text_encoder" {
                "model"
            } else {
                "diffusion_pytorch_model"
            };
            let file = to.join(part).join(format!("{plain}.safetensors"));
            match self {
                Self::Float16 => {
                    let named = to.join(part).join(format!("{plain}.fp16.safetensors"));
                    rewrite(&file, |tensors| {
                        write_file(&named, &narrowed(tensors, Dtype::F16))
                    })?;
                }
                Self::Bfloat16 => {
                    rewrite(&file, |tensors| {
                        write_file(&file, &narrowed(tensors, Dtype::BF16))
                    })?;
                }
                Self::Sharded if part == "unet" => {
                    rewrite(&file, |tensors| {
                        write_shards(&to.join(part), plain, tensors)
                    })?;
                }
                Self::OldVae if part == "vae" => {
                    let rename = |(name, tensor): (String, Tensor)| (old_name(&name), tensor);
                    rewrite(&file, |tensors| {
                        write_file(&file, &tensors.into_iter().map(rename).collect())
                    })?;
                }
                Self::Sharded | Self::OldVae => {}
            }
        }
        Ok(to.to_owned())
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

type Tensors = BTreeMap<String, Tensor>;

/// Reads a weights file, takes it away, and hands its tensors to `write`.
fn rewrite(file: &Path, write: impl FnOnce(Tensors) -> Result<(), String>) -> Result<(), String> {
    let bytes = fs::read(file).map_err(at(file))?;
    fs::remove_file(file).map_err(at(file))?;
    let read = SafeTensors::deserialize(&bytes).map_err(|error| error.to_string())?;
    let tensors = read.tensors().into_iter().map(|(name, view)| {
        let tensor = Tensor {
            dtype: view.dtype(),
            shape: view.shape().to_vec(),
            bytes: view.data().to_vec(),
        };
        (name, tensor)
    });
    write(tensors.collect())
}

fn write_file(file: &Path, tensors: &Tensors) -> Result<(), String> {
    let views = tensors.iter().map(|(name, tensor)| {
        let view = TensorView::new(tensor.dtype, tensor.shape.clone(), &tensor.bytes);
        view.map(|view| (name.as_str(), view))
            .map_err(|error| error.to_string())
    });
    let views: Vec<_> = views.collect::<Result<_, _>>()?;
    safetensors::serialize_to_file(views, None, file).map_err(|error| error.to_string())
}

fn write_shards(folder: &Path, stem: &str, tensors: Tensors) -> Result<(), String> {
    const SHARDS: usize = 3;
    let total: usize = tensors.values().map(|tensor| tensor.bytes.len()).sum();
    let mut shards: [Tensors; SHARDS] = Default::default();
    let mut weight_map = BTreeMap::new();
    for (i, (name, tensor)) in tensors.into_iter().enumerate() {
        let shard = i % SHARDS;
        weight_map.insert(name.clone(), shard_name(stem, shard, SHARDS));
        shards[shard].insert(name, tensor);
    }
    for (i, shard) in shards.iter().enumerate() {
        write_file(&folder.join(shard_name(stem, i, SHARDS)), shard)?;
    }
    let index =
        serde_json::json!({ "metadata": { "total_size": total }, "weight_map": weight_map });
    write_json(
        &folder.join(format!("{stem}.safetensors.index.json")),
        &index,
    )
}

fn shard_name(stem: &str, shard: usize, of: usize) -> String {
    format!("{stem}-{:05}-of-{of:05}.safetensors", shard + 1)
}

/// The name before attention had one name everywhere.
fn old_name(name: &str) -> String {
    if !name.contains(".mid_block.attentions.") {
        return name.to_owned();
    }
    [
        ("to_q", "query"),
        ("to_k", "key"),
        ("to_v", "value"),
        ("to_out.0", "proj_attn"),
    ]
    .iter()
    .fold(name.to_owned(), |name, (new, old)| name.replace(new, old))
}

/// The same numbers in half the bytes: the weights were made to fit.
fn narrowed(tensors: Tensors, dtype: Dtype) -> Tensors {
    let narrow = |(name, tensor): (String, Tensor)| {
        assert_eq!(tensor.dtype, Dtype::F32, "{name}");
        let numbers = tensor
            .bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes));
        let bytes = numbers.flat_map(|number| {
            let half = if dtype == Dtype::F16 {
                float16(number)
            } else {
                bfloat16(number)
            };
            half.to_le_bytes()
        });
        (
            name,
            Tensor {
                dtype,
                shape: tensor.shape,
                bytes: bytes.collect(),
            },
        )
    };
    tensors.into_iter().map(narrow).collect()
}

fn bfloat16(number: f32) -> u16 {
    let bits = number.to_bits();
    assert_eq!(bits & 0xffff, 0, "{number} does not fit bfloat16");
    (bits >> 16) as u16
}

/// For numbers that float16 holds without rounding, as a normal number or zero.
fn float16(number: f32) -> u16 {
    let bits = number.to_bits();
    let sign = (bits >> 16 & 0x8000) as u16;
    if number == 0.0 {
        return sign;
    }
    let exponent = (bits >> 23 & 0xff) as i32 - 127 + 15;
    assert!(
        (1..31).contains(&exponent) && bits & 0x1fff == 0,
        "{number} does not fit float16"
    );
    sign | (exponent as u16) << 10 | (bits >> 13 & 0x3ff) as u16
}
