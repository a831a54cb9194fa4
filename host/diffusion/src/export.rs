//! A checkpoint as a folder of ordinary ONNX files, in the layout that Optimum writes and reads:
//! `unet/model.onnx` with `unet/model.onnx_data` beside it, and so on for each part.
//!
//! Weights are copied as they are; ones of 16 bits stay so in the file and are cast in the graph.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use prost::Message;

use crate::checkpoint::{Checkpoint, CheckpointError, Part, VaeConfig, Weights};
use crate::graph::{self, GraphOptions, Section, TextInput, TextOutputs, UNetOptions};
use crate::onnx::proto::{DataLocation, ModelProto};

/// The name of the file that holds a model's weights.
const DATA: &str = "model.onnx_data";

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The target is there already.
    #[error("{} is not empty: name a new folder", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Writes a checkpoint as ONNX files. The folder is made; it must be empty if it is there.
pub fn export(checkpoint: &Checkpoint, folder: &Path) -> Result<(), ExportError> {
    let occupied = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        return Err(ExportError::NotEmpty {
            path: folder.to_owned(),
        });
    }
    let options = GraphOptions::CPU;
    for text in &checkpoint.text {
        let part = &text.encoder;
        let outputs = TextOutputs {
            last: true,
            skipped: 0,
            // What an SDXL pipeline reads; the others read the last state.
            hidden: if checkpoint.is_sdxl() {
                (0..=part.config.layers).collect()
            } else {
                Vec::new()
            },
            pooled: true,
        };
        let sections = graph::text_encoder(part, TextInput::Ids, &outputs, options)?;
        write_part(folder, part.name, &part.folder, &part.weights, &sections)?;
        if let Some(name) = text.tokenizer.file_name() {
            copy_folder(&text.tokenizer, &folder.join(name))?;
        }
    }
    let unet = &checkpoint.unet;
    let with_any_size = UNetOptions {
        odd_sizes: true,
        ..UNetOptions::default()
    };
    let sections = graph::unet(unet, with_any_size, options)?;
    write_part(folder, "unet", &unet.folder, &unet.weights, &sections)?;
    let vae = &checkpoint.vae;
    let sections = graph::vae_encoder(vae, options)?;
    write_part(folder, "vae_encoder", &vae.folder, &vae.weights, &sections)?;
    let sections = graph::vae_decoder(vae, options)?;
    write_part(folder, "vae_decoder", &vae.folder, &vae.weights, &sections)?;
    for name in ["vae_encoder", "vae_decoder"] {
        spell_out_scale(vae, &folder.join(name).join("config.json"))?;
    }
    copy_folder(
        &checkpoint.path.join("scheduler"),
        &folder.join("scheduler"),
    )?;
    copy(
        &checkpoint.path.join("model_index.json"),
        &folder.join("model_index.json"),
    )
}

/// Optimum has its own idea of a `scaling_factor` that a config leaves out: not the one that diffusers has.
fn spell_out_scale(vae: &Part<VaeConfig>, path: &Path) -> Result<(), ExportError> {
    let text = std::fs::read_to_string(path).map_err(CheckpointError::io(path))?;
    let mut config: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(CheckpointError::json(path))?;
    if config
        .get("scaling_factor")
        .is_none_or(serde_json::Value::is_null)
    {
        // Through the shortest text, so that 0.18215 does not become 0.18215000629425049.
        let factor = vae.config.scaling_factor.to_string().parse::<f64>();
        let factor = factor.unwrap_or_else(|_| vae.config.scaling_factor.into());
        config.insert("scaling_factor".to_owned(), factor.into());
        let text = serde_json::to_vec_pretty(&config).map_err(CheckpointError::json(path))?;
        std::fs::write(path, text).map_err(|source| ExportError::Write {
            path: path.to_owned(),
            source,
        })?;
    }
    Ok(())
}

fn write_part(
    root: &Path,
    name: &str,
    source: &Path,
    weights: &Weights,
    sections: &[Section],
) -> Result<(), ExportError> {
    let folder = root.join(name);
    let write = |path: &Path| {
        let path = path.to_owned();
        move |source| ExportError::Write { path, source }
    };
    std::fs::create_dir_all(&folder).map_err(write(&folder))?;
    copy(&source.join("config.json"), &folder.join("config.json"))?;
    let data_path = folder.join(DATA);
    let mut data = BufWriter::new(File::create(&data_path).map_err(write(&data_path))?);
    let mut offset = 0_u64;
    // Exported graphs are not cut: there is one section.
    if let Some(section) = sections.first() {
        let model_path = folder.join("model.onnx");
        // Our own bytes, just written: they decode.
        let mut model = ModelProto::decode(section.model.as_slice()).unwrap_or_default();
        let graph = model.graph.get_or_insert_default();
        for tensor in &mut graph.initializer {
            if tensor.data_location != DataLocation::External as i32 {
                continue;
            }
            let Some(info) = weights.tensors().get(&tensor.name) else {
                continue;
            };
            let bytes = weights.data(info);
            data.write_all(bytes).map_err(write(&data_path))?;
            for entry in &mut tensor.external_data {
                match entry.key.as_str() {
                    "location" => entry.value = DATA.to_owned(),
                    "offset" => entry.value = offset.to_string(),
                    _ => {}
                }
            }
            offset += bytes.len() as u64;
        }
        std::fs::write(&model_path, model.encode_to_vec()).map_err(write(&model_path))?;
    }
    data.flush().map_err(write(&data_path))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), ExportError> {
    std::fs::create_dir_all(to).map_err(|source| ExportError::Write {
        path: to.to_owned(),
        source,
    })?;
    let entries = std::fs::read_dir(from).map_err(CheckpointError::io(from))?;
    for entry in entries {
        let entry = entry.map_err(CheckpointError::io(from))?;
        let path = entry.path();
        if path.is_file() {
            copy(&path, &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), ExportError> {
    let bytes = std::fs::read(from).map_err(CheckpointError::io(from))?;
    std::fs::write(to, bytes).map_err(|source| ExportError::Write {
        path: to.to_owned(),
        source,
    })
}
