//! Everything needed to make one picture again.

mod plugin;
mod sampling;

pub use plugin::Plugin;
pub use sampling::Sampling;

use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::prompt::Emphasis;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::request::REFINER_SWITCH;
use crate::{Decoder, Hires, Init, Request};

/// The number in the field `recipe`. It rises only when a field changes its meaning; new fields do not raise it.
pub const VERSION: u32 = 1;

/// Everything needed to make one picture again: the request with every default resolved, and what drew it.
///
/// Fields that this version does not know are kept in `other`, and written again: a tool that changes a recipe must
/// not lose what a newer version put there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// [`VERSION`] when it was written.
    pub recipe: u32,
    /// What was drawn.
    pub prompt: String,
    /// What was kept away from.
    pub negative: String,
    /// The styles that both prompts have in them already. Recipes without any do not have the field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<String>,
    /// Seed of this one image.
    pub seed: u64,
    /// Number of sampling steps.
    pub steps: u32,
    /// How strongly the prompt guided.
    pub cfg: f32,
    /// How much of guidance's growth in contrast was taken back.
    pub cfg_rescale: f32,
    /// The sampler, for example `dpmpp_2m`.
    pub sampler: String,
    /// The noise schedule; `model` is the checkpoint's own.
    pub schedule: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Where the noise came from.
    pub noise: NoiseKind,
    /// What else was chosen of the noise, the sampler and guidance.
    #[serde(flatten)]
    pub sampling: Sampling,
    /// Which layer of the text encoder was taken, from the last one on. Recipes of the last one do not have the field.
    #[serde(default = "last_layer", skip_serializing_if = "is_last_layer")]
    pub clip_skip: u32,
    /// What became of the weights of words.
    #[serde(default, skip_serializing_if = "is_default")]
    pub emphasis: Emphasis,
    /// The embeddings that its texts name. Recipes without any do not have the field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub embeddings: Vec<Embedding>,
    /// The checkpoint.
    pub model: Model,
    /// What computed.
    pub runtime: Runtime,
    /// The picture that it began from, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<Init>,
    /// The second drawing over the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hires: Option<Hires>,
    /// Whether it went through the VAE in tiles, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vae_tiling: Option<bool>,
    /// The VAE in the place of the model's own. Recipes of the model's own do not have the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vae: Option<Vae>,
    /// The model that took the last steps. Recipes without one do not have the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refiner: Option<Refiner>,
    /// The tiny VAE that made pixels of its latents, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiny_vae: Option<Part>,
    /// The plugins that were asked for, in the order in which they were applied. Recipes without any do not have the
    /// field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plugins: Vec<Plugin>,
    /// What was asked for, where plugins took part: they may have changed it, and a script draws what it likes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Box<Asked>>,
    /// Version of Aquatint.
    pub app_version: String,
    /// Fields of a newer version.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What was asked for, before plugins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The request. Its seed is that of the first picture.
    pub request: Request,
    /// Which picture of those that the request gave this one is, from 0.
    pub index: u32,
}

/// The checkpoint of a [`Recipe`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The name people choose it by.
    pub name: String,
    /// The architecture, for example `sd1`.
    pub family: String,
    /// What identifies the whole checkpoint, wherever its files lie.
    pub fingerprint: String,
    /// SHA-256 of the checkpoint file in hex, where it is one file and was hashed: other programs know it by this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Its parts, so that a replay can say which one is another.
    pub parts: Vec<Part>,
    /// Fields of a newer version.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

fn last_layer() -> u32 {
    1
}

fn is_last_layer(clip_skip: &u32) -> bool {
    *clip_skip == last_layer()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A word of a prompt that a file gave its meaning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Embedding {
    /// The word.
    pub name: String,
    /// SHA-256 of its file, in hexadecimal.
    pub sha256: String,
    /// Fields of a newer version.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// One part of a [`Model`], such as the text encoder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What it is, for example `unet`.
    pub name: String,
    /// What identifies its weights and its configuration.
    pub fingerprint: String,
    /// Fields of a newer version.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The model that took the last steps of a drawing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Refiner {
    /// The checkpoint.
    pub model: Model,
    /// How much of the way the other model went before it.
    pub switch_at: f32,
    /// Fields of a newer version.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A VAE in the place of a model's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Vae {
    /// The name people choose it by.
    pub name: String,
    /// What identifies it as it was used, wherever its files lie.
    pub fingerprint: String,
    /// SHA-256 of its file in hexadecimal, where it is one: other programs know it by this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Fields of a newer version.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What computed a picture: other versions and other providers round differently in the last bits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Runtime {
    /// Version of the ONNX Runtime library.
    pub version: String,
    /// The provider that really ran, never `auto`.
    pub provider: String,
    /// Fields of a newer version.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Recipe {
    /// Reads a recipe as [`Recipe::to_json`] wrote it, by this version or by any that numbers recipes the same.
    ///
    /// # Errors
    /// The text is not JSON, is not a recipe, or is one with another number.
    pub fn from_json(json: &str) -> Result<Self, RecipeError> {
        Self::from_value(serde_json::from_str(json)?)
    }

    /// Reads a recipe that is JSON already.
    ///
    /// # Errors
    /// It is not a recipe, or is one with another number.
    pub fn from_value(value: Value) -> Result<Self, RecipeError> {
        // The number comes first: what a later number means by `steps` is not ours to guess.
        match value.get("recipe").and_then(Value::as_u64) {
            Some(number) if number == u64::from(VERSION) => Ok(serde_json::from_value(value)?),
            Some(number) => Err(RecipeError::OtherVersion { number }),
            None => Err(RecipeError::NoVersion),
        }
    }

    /// The recipe as one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and string keys only: nothing here that JSON cannot hold.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The request that makes this picture again, alone. Plugins that were skipped are not in it: they did nothing.
    #[must_use]
    pub fn to_request(&self) -> Request {
        self.sampling.over(Request {
            prompt: self.prompt.clone(),
            negative: self.negative.clone(),
            // They are in the prompts.
            styles: Vec::new(),
            model: Some(self.model.name.clone()),
            seed: Some(self.seed),
            steps: Some(self.steps),
            cfg: Some(self.cfg),
            cfg_rescale: self.cfg_rescale,
            sampler: Some(self.sampler.clone()),
            schedule: Some(self.schedule.clone()),
            width: Some(self.width),
            height: Some(self.height),
            batch: 1,
            noise: self.noise,
            init: self.init.clone(),
            hires: self.hires.clone(),
            vae_tiling: self.vae_tiling,
            clip_skip: self.clip_skip,
            emphasis: self.emphasis,
            vae: self.vae.as_ref().map(|vae| vae.name.clone()),
            refiner: self.refiner.as_ref().map(|it| it.model.name.clone()),
            refiner_switch: self
                .refiner
                .as_ref()
                .map_or(REFINER_SWITCH, |it| it.switch_at),
            decoder: match self.tiny_vae {
                Some(_) => Decoder::Tiny,
                None => Decoder::Full,
            },
            provider: self.runtime.provider.clone(),
            plugins: self
                .plugins
                .iter()
                .filter(|plugin| plugin.skipped.is_none())
                .map(Plugin::to_use)
                .collect(),
            ..Request::default()
        })
    }
}

/// Why a text is not a [`Recipe`].
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// Not JSON, or a field is missing or of another kind.
    #[error("the recipe cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The field `recipe` is missing.
    #[error("the recipe has no number in its field `recipe`")]
    NoVersion,
    /// A recipe whose fields may mean something else.
    #[error("the recipe has the number {number}, and this version reads {VERSION}")]
    OtherVersion {
        /// The number it has.
        number: u64,
    },
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A recipe as `generate` would leave it.
    pub(crate) fn sample() -> Recipe {
        Recipe {
            recipe: VERSION,
            prompt: "a red apple".into(),
            negative: String::new(),
            styles: Vec::new(),
            seed: 1,
            steps: 20,
            cfg: 7.5,
            cfg_rescale: 0.0,
            sampler: "dpmpp_2m".into(),
            schedule: "karras".into(),
            width: 4,
            height: 2,
            noise: NoiseKind::Cpu,
            sampling: Sampling::default(),
            clip_skip: 1,
            emphasis: Emphasis::default(),
            embeddings: Vec::new(),
            model: Model {
                name: "starter".into(),
                family: "sd1".into(),
                fingerprint: "b3:0011".into(),
                parts: vec![Part {
                    name: "unet".into(),
                    fingerprint: "b3:22".into(),
                    ..Part::default()
                }],
                ..Model::default()
            },
            runtime: Runtime {
                version: "1.23.2".into(),
                provider: "cpu".into(),
                ..Runtime::default()
            },
            init: None,
            hires: None,
            vae_tiling: None,
            vae: None,
            refiner: None,
            tiny_vae: None,
            plugins: Vec::new(),
            asked: None,
            app_version: "0.1.0".into(),
            other: Map::new(),
        }
    }

    #[test]
    fn json_round_trips() {
        let recipe = Recipe {
            seed: u64::MAX,
            cfg: 7.1,
            prompt: "línea\n\"ü\"\u{0}".into(),
            ..sample()
        };
        let json = recipe.to_json();
        assert!(json.starts_with("{\"recipe\":1,"), "{json}");
        assert_eq!(Recipe::from_json(&json).expect("own JSON"), recipe);
    }

    #[test]
    fn what_a_newer_version_added_is_kept() {
        let mut value: Value = serde_json::from_str(&sample().to_json()).expect("JSON");
        value["sharpness"] = 2.into();
        value["model"]["loras"] = serde_json::json!([{"name": "ink", "strength": 0.5}]);
        value["model"]["parts"][0]["dtype"] = "f16".into();
        value["runtime"]["device"] = "GPU.0".into();
        let recipe = Recipe::from_json(&value.to_string()).expect("tolerated");
        assert_eq!(recipe.other["sharpness"], 2);
        let again: Value = serde_json::from_str(&recipe.to_json()).expect("JSON");
        assert_eq!(again, value);
    }

    #[test]
    fn what_is_as_in_any_request_is_not_written() {
        let json = sample().to_json();
        assert!(!json.contains("eta") && !json.contains("cfg_end"), "{json}");
        let request = Request {
            eta: Some(0.67),
            s_churn: 5.5,
            s_tmin: 0.1,
            s_tmax: 9.0,
            s_noise: 1.003,
            eta_noise_seed_delta: 31_337,
            variation_seed: Some(u64::MAX),
            variation_strength: 0.3,
            seed_resize_width: Some(512),
            seed_resize_height: Some(768),
            cfg_start: 0.1,
            cfg_end: 0.8,
            s_min_uncond: 1.5,
            ..Request::default()
        };
        let recipe = Recipe {
            sampling: Sampling::of(&request),
            ..sample()
        };
        let read = Recipe::from_json(&recipe.to_json()).expect("own JSON");
        assert_eq!(read, recipe);
        assert_eq!(Sampling::of(&read.to_request()), Sampling::of(&request));
        assert_eq!(read.other, Map::new());
    }

    #[test]
    fn what_stands_beside_the_model_is_written_where_there_is_something() {
        let json = sample().to_json();
        assert!(!json.contains("vae") && !json.contains("refiner"), "{json}");
        let recipe = Recipe {
            vae: Some(Vae {
                name: "clear".into(),
                fingerprint: "b3:55".into(),
                sha256: Some("00ff".into()),
                ..Vae::default()
            }),
            refiner: Some(Refiner {
                model: Model {
                    name: "polish".into(),
                    ..Model::default()
                },
                switch_at: 0.7,
                ..Refiner::default()
            }),
            ..sample()
        };
        let read = Recipe::from_json(&recipe.to_json()).expect("own JSON");
        assert_eq!(read, recipe);
        let request = read.to_request();
        assert_eq!(request.vae.as_deref(), Some("clear"));
        assert_eq!(request.refiner.as_deref(), Some("polish"));
        assert_eq!(request.refiner_switch, 0.7);
    }

    #[test]
    fn a_recipe_without_plugins_is_as_it_was_before_there_were_any() {
        let json = sample().to_json();
        assert!(!json.contains("plugins"), "{json}");
        assert_eq!(
            Recipe::from_json(&json).expect("tolerated").plugins,
            Vec::new()
        );
    }

    #[test]
    fn what_is_as_usual_is_not_written_and_what_is_not_comes_back() {
        let json = sample().to_json();
        for field in ["clip_skip", "emphasis", "embeddings"] {
            assert!(!json.contains(field), "{json}");
        }
        let recipe = Recipe {
            clip_skip: 2,
            emphasis: Emphasis::NoNorm,
            embeddings: vec![Embedding {
                name: "ink".into(),
                sha256: "00ff".into(),
                ..Embedding::default()
            }],
            ..sample()
        };
        assert_eq!(Recipe::from_json(&recipe.to_json()).expect("read"), recipe);
        let request = recipe.to_request();
        assert_eq!((request.clip_skip, request.emphasis), (2, Emphasis::NoNorm));
    }

    #[test]
    fn plugins_round_trip_with_what_a_newer_version_added() {
        let mut value: Value = serde_json::from_str(&sample().to_json()).expect("JSON");
        value["plugins"] = serde_json::json!([
            {
                "id": "film-grain", "version": "1.2.0", "digest": "sha256:00", "settings": {"amount": 0.3, "mask": null},
                "granted": ["net"]
            },
            {"id": "acme.glow", "version": "0.1.0", "digest": "sha256:11", "settings": {}, "skipped": "out of memory"},
        ]);
        let recipe = Recipe::from_json(&value.to_string()).expect("tolerated");
        assert_eq!(recipe.plugins[0].other["granted"][0], "net");
        assert_eq!(recipe.plugins[1].skipped.as_deref(), Some("out of memory"));
        // The order of fields is ours.
        let again: Value = serde_json::from_str(&recipe.to_json()).expect("JSON");
        assert_eq!(again, value);

        let request = Recipe {
            width: 512,
            height: 512,
            ..recipe
        }
        .to_request();
        assert_eq!(request.validate(), Ok(()));
        let used: Vec<_> = request
            .plugins
            .iter()
            .map(|used| used.id.as_str())
            .collect();
        assert_eq!(used, ["film-grain"]);
        assert_eq!(request.plugins[0].settings["amount"], 0.3);

        value["plugins"][0]["digest"] = Value::Null;
        let error = Recipe::from_json(&value.to_string()).expect_err("no digest");
        assert!(error.to_string().contains("cannot be read"), "{error}");
    }

    #[test]
    fn another_number_is_refused_and_so_is_what_is_no_recipe() {
        let newer = sample()
            .to_json()
            .replacen("\"recipe\":1", "\"recipe\":2", 1);
        let error = Recipe::from_json(&newer)
            .expect_err("other number")
            .to_string();
        assert_eq!(
            error,
            "the recipe has the number 2, and this version reads 1"
        );
        for (json, says) in [
            ("{}", "no number"),
            ("[]", "no number"),
            ("null", "no number"),
            ("{\"recipe\":\"1\"}", "no number"),
            ("{\"recipe\":1}", "missing field `prompt`"),
            ("nonsense", "cannot be read"),
            ("", "cannot be read"),
        ] {
            let error = Recipe::from_json(json).expect_err(json).to_string();
            assert!(error.contains(says), "{json}: {error}");
        }
    }

    #[test]
    fn the_request_of_a_recipe_draws_it_alone() {
        let request = Recipe {
            width: 512,
            height: 768,
            ..sample()
        }
        .to_request();
        assert_eq!(request.validate(), Ok(()));
        assert_eq!(
            (request.seed, request.batch, request.provider.as_str()),
            (Some(1), 1, "cpu")
        );
    }
}
