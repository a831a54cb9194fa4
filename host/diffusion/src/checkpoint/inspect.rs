use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{
    Checkpoint, CheckpointError, ModelIndex, TEXT_PARTS, TextConfig, UNetConfig, VaeConfig, Weights,
};
use crate::graph::{self, GraphOptions, TextInput, TextOutputs, UNetOptions};
use crate::prompt::Tokenizer;
use crate::sigmas::PredictionType;

/// What a model folder holds, said as far as it can be read.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// The folder.
    pub path: PathBuf,
    /// What the model is called.
    pub name: Option<String>,
    /// The pipeline's class.
    pub class: String,
    /// What kind of model it is.
    pub family: Option<String>,
    /// How the UNet's output is to be read: `epsilon`, `v_prediction` or `sample`.
    pub prediction_type: Option<String>,
    /// Its parts.
    pub parts: Vec<PartReport>,
    /// Everything that keeps it from being used, a line each.
    pub problems: Vec<String>,
}

/// One part of a model folder.
#[derive(Clone, Debug, Serialize)]
pub struct PartReport {
    /// The folder's name.
    pub name: String,
    /// Parameters.
    pub parameters: usize,
    /// Bytes of weights on disk.
    pub bytes: usize,
    /// Element types of the weights.
    pub dtypes: Vec<String>,
    /// Weights files.
    pub files: usize,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

impl Inspection {
    /// Looks at a folder. Fails only when it is no model folder at all.
    pub fn of(path: &Path) -> Result<Self, CheckpointError> {
        let index = ModelIndex::read(path)?;
        let mut inspection = Self {
            path: path.to_owned(),
            name: None,
            class: index.class.clone(),
            family: None,
            prediction_type: None,
            parts: Vec::new(),
            problems: Vec::new(),
        };
        for (encoder, tokenizer) in TEXT_PARTS {
            if index.has(encoder) {
                inspection.text_part(path, encoder, tokenizer);
            }
        }
        inspection.part(path, "unet", |config, notes| {
            let config = UNetConfig::read(config)?;
            let levels: Vec<_> = config
                .levels
                .iter()
                .map(|l| l.channels.to_string())
                .collect();
            notes.push(format!("channels {}", levels.join("-")));
            let [height, width] = config.sample_size;
            notes.push(format!("trained at {width}x{height} latents"));
            ignored(notes, &config.ignored);
            Ok(())
        });
        inspection.part(path, "vae", |config, notes| {
            let config = VaeConfig::read(config)?;
            notes.push(format!("{} pixels a latent", config.factor()));
            notes.push(format!("scaling factor {}", config.scaling_factor));
            ignored(notes, &config.ignored);
            Ok(())
        });
        match Checkpoint::open(path) {
            Ok(checkpoint) => {
                inspection.name = Some(checkpoint.name.clone());
                inspection.family = Some(checkpoint.family.to_string());
                inspection.prediction_type = Some(
                    checkpoint
                        .scheduler
                        .prediction_type
                        .map_or("epsilon", PredictionType::word)
                        .to_owned(),
                );
                if let Err(error) = check_graphs(&checkpoint) {
                    inspection.problem(error.to_string());
                }
            }
            Err(error) => inspection.problem(error.to_string()),
        }
        Ok(inspection)
    }

    fn problem(&mut self, text: String) {
        if !self.problems.contains(&text) {
            self.problems.push(text);
        }
    }

    fn text_part(&mut self, root: &Path, name: &str, tokenizer: &str) {
        let mut positions = 77;
        self.part(root, name, |config, notes| {
            let config = TextConfig::read(config)?;
            positions = config.positions;
            notes.push(format!(
                "{} layers of {}",
                config.layers, config.hidden_size
            ));
            if let Some(size) = config.projection {
                notes.push(format!("projected to {size}"));
            }
            ignored(notes, &config.ignored);
            Ok(())
        });
        let folder = root.join(tokenizer);
        let note = match Tokenizer::open(&folder, positions) {
            Ok(_) if folder.join("vocab.json").is_file() => {
                format!("{tokenizer}: vocab.json and merges.txt")
            }
            Ok(_) => format!("{tokenizer}: tokenizer.json"),
            Err(error) => {
                self.problem(error.to_string());
                return;
            }
        };
        if let Some(part) = self.parts.last_mut() {
            part.notes.push(note);
        }
    }

    fn part(
        &mut self,
        root: &Path,
        name: &str,
        config: impl FnOnce(&Path, &mut Vec<String>) -> Result<(), CheckpointError>,
    ) {
        let folder = root.join(name);
        let mut notes = Vec::new();
        if !folder.is_dir() {
            self.problem(format!("{}: its folder {name}/ is missing", root.display()));
            return;
        }
        if let Err(error) = config(&folder.join("config.json"), &mut notes) {
            self.problem(error.to_string());
        }
        let weights = match Weights::open(&folder) {
            Ok(weights) => weights,
            Err(error) => {
                self.problem(error.to_string());
                return;
            }
        };
        let tensors = weights.tensors().values();
        let dtypes: BTreeSet<_> = tensors
            .clone()
            .map(|t| format!("{:?}", t.dtype()))
            .collect();
        self.parts.push(PartReport {
            name: name.to_owned(),
            parameters: tensors.clone().map(super::Tensor::elements).sum(),
            bytes: tensors.map(super::Tensor::bytes).sum(),
            dtypes: dtypes.into_iter().collect(),
            files: weights.files().count(),
            notes,
        });
    }
}

fn ignored(notes: &mut Vec<String>, keys: &[String]) {
    if !keys.is_empty() {
        notes.push(format!(
            "config keys without meaning here: {}",
            keys.join(", ")
        ));
    }
}

/// Builds every graph, which compares each tensor with the config.
fn check_graphs(checkpoint: &Checkpoint) -> Result<(), CheckpointError> {
    let options = GraphOptions::CPU;
    for text in &checkpoint.text {
        let outputs = TextOutputs {
            last: true,
            skipped: 0,
            hidden: Vec::new(),
            pooled: true,
        };
        graph::text_encoder(&text.encoder, TextInput::Embeddings, &outputs, options)?;
    }
    graph::unet(&checkpoint.unet, UNetOptions::default(), options)?;
    graph::vae_encoder(&checkpoint.vae, options)?;
    graph::vae_decoder(&checkpoint.vae, options)?;
    Ok(())
}
