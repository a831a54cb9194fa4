use std::path::Path;

use serde_json::{Map, Value};

use super::CheckpointError;

/// What `model_index.json` says: the pipeline's class and the class of each part.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelIndex {
    /// The class of the pipeline, such as `StableDiffusionPipeline`.
    pub class: String,
    /// Whether an empty negative prompt is zeros rather than an encoded empty text (SDXL base).
    pub force_zeros_for_empty_prompt: bool,
    /// Whether the UNet is told an aesthetic score (SDXL refiner).
    pub requires_aesthetics_score: bool,
    parts: Vec<String>,
}

/// The networks that there is a graph for, by part.
const CLASSES: [(&str, &[&str]); 4] = [
    ("unet", &["UNet2DConditionModel"]),
    ("vae", &["AutoencoderKL"]),
    (
        "text_encoder",
        &["CLIPTextModel", "CLIPTextModelWithProjection"],
    ),
    (
        "text_encoder_2",
        &["CLIPTextModel", "CLIPTextModelWithProjection"],
    ),
];

impl ModelIndex {
    /// Reads the index of a diffusers folder.
    pub fn read(folder: &Path) -> Result<Self, CheckpointError> {
        let wrong = |reason: String| CheckpointError::NotACheckpoint {
            path: folder.to_owned(),
            reason,
        };
        if folder.is_file() {
            return Err(wrong(
                "it is a file; what is read is a diffusers folder, with a model_index.json"
                    .to_owned(),
            ));
        }
        if !folder.exists() {
            return Err(wrong("there is no such folder".to_owned()));
        }
        let path = folder.join("model_index.json");
        if !path.exists() {
            return Err(wrong("model_index.json is missing".to_owned()));
        }
        let text = std::fs::read_to_string(&path).map_err(CheckpointError::io(&path))?;
        let json = |reason: String| CheckpointError::Json {
            path: path.clone(),
            reason,
        };
        let fields = match serde_json::from_str(&text).map_err(CheckpointError::json(&path))? {
            Value::Object(fields) => fields,
            _ => return Err(json("expected an object".to_owned())),
        };
        let class = fields
            .get("_class_name")
            .and_then(Value::as_str)
            .ok_or_else(|| json("\"_class_name\" is missing".to_owned()))?
            .to_owned();
        let flag = |key: &str| fields.get(key).and_then(Value::as_bool).unwrap_or(false);
        if part_class(&fields, "unet").is_none() {
            return Err(wrong(format!(
                "{class} has no UNet; supported are SD 1.x, SD 2.x, SDXL, their Turbo and LCM models"
            )));
        }
        for (part, classes) in CLASSES {
            if let Some(found) = part_class(&fields, part)
                && !classes.contains(&found.as_str())
            {
                return Err(CheckpointError::Config {
                    path,
                    key: part.to_owned(),
                    found,
                    expected: classes.join(" or "),
                });
            }
        }
        Ok(Self {
            force_zeros_for_empty_prompt: flag("force_zeros_for_empty_prompt"),
            requires_aesthetics_score: flag("requires_aesthetics_score"),
            parts: fields
                .keys()
                .filter(|key| part_class(&fields, key).is_some())
                .cloned()
                .collect(),
            class,
        })
    }

    /// Whether it names a part.
    pub fn has(&self, part: &str) -> bool {
        self.parts.iter().any(|name| name == part)
    }
}

/// The class of a part: entries are `[library, class]`, and `[null, null]` where a part is left out.
fn part_class(fields: &Map<String, Value>, part: &str) -> Option<String> {
    let class = fields.get(part)?.as_array()?.get(1)?.as_str()?;
    Some(class.to_owned())
}
