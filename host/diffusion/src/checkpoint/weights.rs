//! The `.safetensors` files of one part, mapped into memory: where each tensor lies, and its bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

use super::CheckpointError;
use crate::onnx::{ElementType, ExternalData};

/// Where a tensor lies, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    file: usize,
    dtype: Dtype,
    shape: Vec<usize>,
    offset: usize,
    length: usize,
}

impl Tensor {
    /// Its dimensions.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Its element type.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Number of elements.
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// Bytes on disk.
    pub fn bytes(&self) -> usize {
        self.length
    }
}

#[derive(Debug)]
struct Shard {
    /// As the checkpoint names it, for messages.
    named: PathBuf,
    /// As it is after links are followed: model hubs keep folders of links into a store of blobs, and
    /// ONNX Runtime refuses weights that are reached through a link out of their folder.
    real: PathBuf,
    map: Mmap,
}

/// The weights of one part of a checkpoint.
#[derive(Debug)]
pub struct Weights {
    folder: PathBuf,
    /// The deepest folder that holds every file, links followed.
    root: PathBuf,
    shards: Vec<Shard>,
    tensors: BTreeMap<String, Tensor>,
}

impl Weights {
    /// Maps the weights in `folder`, which diffusers and transformers name by these stems
    /// (`diffusion_pytorch_model` or `model`), in one file or in shards with an index.
    pub fn open(folder: &Path) -> Result<Self, CheckpointError> {
        Self::of_files(folder, find_files(folder)?)
    }

    /// Maps one file.
    pub fn open_file(file: &Path) -> Result<Self, CheckpointError> {
        if let Some(kind) = file.extension().filter(|kind| is_pickle(kind)) {
            return Err(CheckpointError::NotACheckpoint {
                path: file.to_owned(),
                reason: format!(
                    "a .{} file is a pickle, which is never loaded: convert it to safetensors",
                    kind.to_string_lossy()
                ),
            });
        }
        let folder = file.parent().unwrap_or(Path::new(""));
        Self::of_files(folder, vec![file.to_owned()])
    }

    fn of_files(folder: &Path, files: Vec<PathBuf>) -> Result<Self, CheckpointError> {
        let mut shards = Vec::new();
        let mut tensors = BTreeMap::new();
        for named in files {
            let real = named.canonicalize().map_err(CheckpointError::io(&named))?;
            let map = map_file(&named)?;
            read_header(&named, &map, shards.len(), &mut tensors)?;
            shards.push(Shard { named, real, map });
        }
        let root = common_folder(shards.iter().map(|shard| shard.real.as_path()));
        Ok(Self {
            folder: folder.to_owned(),
            root,
            shards,
            tensors,
        })
    }

    /// The same tensors by other names. What gets none is left out.
    pub(super) fn renamed(self, name: impl Fn(&str) -> Option<String>) -> Self {
        let tensors = self.tensors.into_iter();
        Self {
            tensors: tensors
                .filter_map(|(old, tensor)| Some((name(&old)?, tensor)))
                .collect(),
            ..self
        }
    }

    /// The file that a message should name: the only one, or the folder of several.
    pub fn path(&self) -> &Path {
        match self.shards.as_slice() {
            [only] => &only.named,
            _ => &self.folder,
        }
    }

    /// The files, as the checkpoint names them.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.shards.iter().map(|shard| shard.named.as_path())
    }

    /// The folder that [`Weights::external`] locations are relative to.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The tensors by name.
    pub fn tensors(&self) -> &BTreeMap<String, Tensor> {
        &self.tensors
    }

    /// Whether a tensor of this name is there.
    pub fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Whether all floats are of 16 bits (IEEE).
    pub fn are_half(&self) -> bool {
        self.tensors
            .values()
            .all(|tensor| tensor.dtype != Dtype::F32 && tensor.dtype != Dtype::BF16)
    }

    /// A tensor that must be there with this many elements per dimension. Dimensions of one at the end of
    /// either shape are not compared: a 1×1 convolution is a linear layer.
    pub fn expect(&self, name: &str, shape: &[usize]) -> Result<&Tensor, CheckpointError> {
        let Some(tensor) = self.tensors.get(name) else {
            return Err(CheckpointError::MissingTensor {
                path: self.path().to_owned(),
                tensor: name.to_owned(),
                expected: shape.to_vec(),
            });
        };
        if without_trailing_ones(&tensor.shape) != without_trailing_ones(shape) {
            return Err(CheckpointError::Shape {
                path: self.shards[tensor.file].named.clone(),
                tensor: name.to_owned(),
                found: tensor.shape.clone(),
                expected: shape.to_vec(),
            });
        }
        self.element_type(name, tensor)?;
        Ok(tensor)
    }

    /// The element type of a tensor as ONNX knows it.
    pub fn element_type(
        &self,
        name: &str,
        tensor: &Tensor,
    ) -> Result<ElementType, CheckpointError> {
        match tensor.dtype {
            Dtype::F32 => Ok(ElementType::F32),
            Dtype::F16 => Ok(ElementType::F16),
            Dtype::BF16 => Ok(ElementType::Bf16),
            other => Err(CheckpointError::Dtype {
                path: self.shards[tensor.file].named.clone(),
                tensor: name.to_owned(),
                found: format!("{other:?}"),
            }),
        }
    }

    /// Where a tensor's bytes lie, for an ONNX initializer.
    pub fn external(&self, tensor: &Tensor) -> ExternalData {
        let real = &self.shards[tensor.file].real;
        let location = real.strip_prefix(&self.root).unwrap_or(real);
        ExternalData {
            location: location.to_string_lossy().replace('\\', "/"),
            offset: tensor.offset as u64,
            length: tensor.length as u64,
        }
    }

    /// A tensor's bytes.
    pub fn data(&self, tensor: &Tensor) -> &[u8] {
        // In bounds: `read_header` checked every tensor against its file's length.
        &self.shards[tensor.file].map[tensor.offset..tensor.offset + tensor.length]
    }

    /// The files, links followed.
    pub(crate) fn real_files(&self) -> impl Iterator<Item = &Path> {
        self.shards.iter().map(|shard| shard.real.as_path())
    }

    /// Fails when the weights hold tensors that were not used: then the config describes another model,
    /// and the picture would be silently wrong.
    pub fn expect_all_used(&self, used: &BTreeSet<String>) -> Result<(), CheckpointError> {
        // Buffers that older versions of transformers saved beside the weights.
        let harmless = |name: &str| name.ends_with("position_ids");
        let mut extra = self
            .tensors
            .keys()
            .filter(|name| !used.contains(*name) && !harmless(name));
        match extra.next() {
            None => Ok(()),
            Some(first) => Err(CheckpointError::ExtraTensors {
                path: self.path().to_owned(),
                count: 1 + extra.count(),
                first: first.clone(),
            }),
        }
    }
}

/// Whether files with this ending are programs of Python rather than tensors.
fn is_pickle(ending: &std::ffi::OsStr) -> bool {
    const PICKLES: [&str; 5] = ["bin", "pt", "pth", "ckpt", "pkl"];
    PICKLES
        .iter()
        .any(|pickle| ending.eq_ignore_ascii_case(pickle))
}

fn without_trailing_ones(shape: &[usize]) -> &[usize] {
    let mut shape = shape;
    while let [rest @ .., 1] = shape {
        shape = rest;
    }
    shape
}

fn map_file(path: &Path) -> Result<Mmap, CheckpointError> {
    let file = File::open(path).map_err(CheckpointError::io(path))?;
    // A folder opens on some systems, and then cannot be mapped.
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(CheckpointError::io(path)(ErrorKind::IsADirectory.into()));
    }
    // SAFETY: the map is only read. A file that another process cuts short while it is mapped makes the
    // read fault (SIGBUS), as with every program that maps its weights; it cannot corrupt memory.
    #[allow(unsafe_code)]
    unsafe { Mmap::map(&file) }.map_err(CheckpointError::io(path))
}

fn read_header(
    path: &Path,
    bytes: &[u8],
    file: usize,
    tensors: &mut BTreeMap<String, Tensor>,
) -> Result<(), CheckpointError> {
    let broken = |reason: String| CheckpointError::Weights {
        path: path.to_owned(),
        reason,
    };
    if let Some(reason) = truncation(bytes) {
        return Err(broken(reason));
    }
    let (header, metadata) =
        SafeTensors::read_metadata(bytes).map_err(|error| broken(error.to_string()))?;
    let data = 8 + header;
    for (name, info) in metadata.tensors() {
        let (start, end) = info.data_offsets;
        if data + end > bytes.len() {
            return Err(broken(format!(
                "tensor \"{name}\" lies beyond the end of the file"
            )));
        }
        let tensor = Tensor {
            file,
            dtype: info.dtype,
            shape: info.shape.clone(),
            offset: data + start,
            length: end - start,
        };
        if tensors.insert(name.clone(), tensor).is_some() {
            return Err(broken(format!(
                "tensor \"{name}\" is also in another shard"
            )));
        }
    }
    Ok(())
}

/// The longest header that the library reads.
const MOST_HEADER: u64 = 100_000_000;

/// What is said of a file that ends too early: the usual cause is a download that was cut, or a pointer file
/// of git-lfs, and the library's own words for it are of no help.
fn truncation(bytes: &[u8]) -> Option<String> {
    if bytes.starts_with(b"version https://git-lfs") {
        return Some("it is a git-lfs pointer, not the weights (run `git lfs pull`)".to_owned());
    }
    let Some(header) = bytes.get(..8).and_then(|bytes| bytes.try_into().ok()) else {
        return Some(format!(
            "it has only {} bytes (a partial download?)",
            bytes.len()
        ));
    };
    let header = u64::from_le_bytes(header);
    let available = bytes.len() as u64 - 8;
    if header > MOST_HEADER {
        return Some(format!(
            "its header claims {header} bytes, expected at most {MOST_HEADER}"
        ));
    }
    if header > available {
        return Some(format!(
            "the header of {header} bytes is cut off after {available} (a partial download?)"
        ));
    }
    let header_end = 8 + header as usize;
    let json: Value = serde_json::from_slice(&bytes[8..header_end]).ok()?;
    let end = json
        .as_object()?
        .values()
        .filter_map(|info| info.get("data_offsets")?.get(1)?.as_u64())
        .max()?;
    let held = (bytes.len() - header_end) as u64;
    (end > held).then(|| {
        format!("it should hold {end} bytes of tensors, but holds {held} (a partial download?)")
    })
}

/// The weights files of a part. The plain name is preferred to a variant such as `.fp16`.
fn find_files(folder: &Path) -> Result<Vec<PathBuf>, CheckpointError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(CheckpointError::io(folder))? {
        let entry = entry.map_err(CheckpointError::io(folder))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort_by_key(|name| (name.len(), name.clone()));

    const STEMS: [&str; 2] = ["diffusion_pytorch_model", "model"];
    let is_shard = |name: &str| name.contains("-of-");
    let stem = |name: &str| STEMS.iter().any(|stem| name.starts_with(stem));
    let single = names
        .iter()
        .find(|name| name.ends_with(".safetensors") && stem(name) && !is_shard(name));
    let index = names
        .iter()
        .find(|name| name.contains(".safetensors.index") && name.ends_with(".json"));
    // A shorter name is the plainer variant: an index of the plain one goes before a single `.fp16` file.
    let variant_of_single = single.is_some_and(|name| name.matches('.').count() > 1);
    match (single, index) {
        (Some(single), None) => Ok(vec![folder.join(single)]),
        (Some(single), Some(_)) if !variant_of_single => Ok(vec![folder.join(single)]),
        (_, Some(index)) => files_of_index(folder, &folder.join(index)),
        (None, None) => {
            let any = names
                .iter()
                .find(|name| name.ends_with(".safetensors") && !is_shard(name));
            if let Some(any) = any {
                return Ok(vec![folder.join(any)]);
            }
            let pickled = names.iter().find(|name| {
                [".bin", ".pt", ".ckpt"]
                    .iter()
                    .any(|end| name.ends_with(end))
            });
            Err(CheckpointError::NotACheckpoint {
                path: folder.to_owned(),
                reason: match pickled {
                    Some(name) => format!(
                        "it has {name}, a pickle, which is never loaded: convert it to safetensors"
                    ),
                    None => "no .safetensors file in it".to_owned(),
                },
            })
        }
    }
}

fn files_of_index(folder: &Path, index: &Path) -> Result<Vec<PathBuf>, CheckpointError> {
    let text = std::fs::read_to_string(index).map_err(CheckpointError::io(index))?;
    let broken = |reason: &str| CheckpointError::Json {
        path: index.to_owned(),
        reason: reason.to_owned(),
    };
    let json: Value = serde_json::from_str(&text).map_err(CheckpointError::json(index))?;
    let map = json
        .get("weight_map")
        .and_then(Value::as_object)
        .ok_or_else(|| broken("\"weight_map\" is missing"))?;
    let names: BTreeSet<&str> = map.values().filter_map(Value::as_str).collect();
    let mut files = Vec::new();
    for name in names {
        // A shard is a file beside its index, never a path.
        if Path::new(name).file_name().is_none_or(|file| file != name) {
            return Err(broken(&format!(
                "\"weight_map\" names \"{name}\", expected files beside it"
            )));
        }
        files.push(folder.join(name));
    }
    if files.is_empty() {
        return Err(broken("\"weight_map\" names no file"));
    }
    Ok(files)
}

/// The deepest folder that all `files` lie in.
fn common_folder<'a>(files: impl Iterator<Item = &'a Path>) -> PathBuf {
    let mut common: Option<PathBuf> = None;
    for file in files {
        let folder = file.parent().unwrap_or(Path::new("/"));
        common = Some(match common {
            None => folder.to_owned(),
            Some(common) => common
                .components()
                .zip(folder.components())
                .take_while(|(a, b)| a == b)
                .map(|(a, _)| a)
                .collect(),
        });
    }
    common.unwrap_or_default()
}
