use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use super::{ParametersError, WantedModel, foreign};
use crate::image_file::FileKind;
use crate::infotext::Note;
use crate::picture_file::{self, Encoding, PictureFile, PictureFileError};
use crate::png_file::MAX_TEXT_BYTES;
use crate::{Infotext, Recipe, RecipeError, Request};

/// What a file says of how to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// What is to be drawn. Its model is the one that the file names, by a name that may mean nothing here.
    pub request: Request,
    /// The model that the file names.
    pub model: Option<WantedModel>,
    /// The refiner that the file names, by a name that may mean nothing here.
    pub refiner: Option<WantedModel>,
    /// The first digits of the SHA-256 of the VAE that the file names, or all 64. The name is the request's, and may mean
    /// nothing here.
    pub vae_hash: Option<String>,
    /// What the request does not say.
    pub notes: Vec<Note>,
}

impl Parameters {
    /// Reads the parameters in a file: a picture as PNG, JPEG or WebP, a text, or a recipe as JSON. A recipe comes before a text.
    ///
    /// # Errors
    /// The file cannot be read, or there are none in it that can.
    pub fn read(path: &Path) -> Result<Self, ParametersError> {
        if path.is_dir() {
            return Err(PictureFileError::IsFolder {
                path: path.to_owned(),
            }
            .into());
        }
        let failed = |source| ParametersError::Read {
            path: path.to_owned(),
            source,
        };
        let mut file = File::open(path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.by_ref()
            .take(16)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        let kind = FileKind::of(&bytes);
        if kind.and_then(Encoding::of_kind).is_some() {
            return Self::of_picture(&picture_file::read_texts(path)?, path);
        }
        // Which may well be a text.
        let unread = FileKind::unread(&bytes).filter(|it| *it != FileKind::XML);
        if let Some(kind) = kind.map(|it| it.to_string()).or(unread.map(str::to_owned)) {
            return Err(ParametersError::Kind {
                path: path.to_owned(),
                kind,
            });
        }
        if Encoding::of_path(path).is_some() {
            return Err(PictureFileError::NotPicture {
                path: path.to_owned(),
            }
            .into());
        }
        file.take(MAX_TEXT_BYTES as u64)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        if bytes.len() > MAX_TEXT_BYTES {
            return Err(ParametersError::TooLong {
                path: path.to_owned(),
            });
        }
        let text = String::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('\0'))
            .ok_or_else(|| ParametersError::NotText {
                path: path.to_owned(),
            })?;
        Self::of_text(text.trim_start_matches('\u{feff}'), path)
    }

    /// The parameters in a picture. Errors call it by `path`.
    ///
    /// # Errors
    /// There are none that can be read.
    pub fn of_picture(file: &PictureFile, path: &Path) -> Result<Self, ParametersError> {
        let unread = match file.recipe() {
            Ok(Some(recipe)) => return Ok(Self::of_recipe(&recipe)),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        let Some(text) = &file.parameters else {
            let path = path.to_owned();
            return Err(match (unread, foreign::by_keywords(&file.keywords)) {
                (Some(source), _) => ParametersError::Recipe { path, source },
                (None, Some((program, what))) => ParametersError::Foreign {
                    path,
                    program,
                    what,
                },
                (None, None) => ParametersError::NoneInPicture {
                    path,
                    keywords: file.keywords.clone(),
                },
            });
        };
        let mut found = match Self::of_json(text, path)? {
            Some(found) => found,
            None => Self::of_infotext(&Infotext::parse(text)),
        };
        if let Some(error) = unread {
            let note = format!("{error}: the A1111 text beside it is taken instead");
            found.notes.insert(0, Note::Said(note));
        }
        Ok(found)
    }

    /// The parameters in a text: as A1111 writes it, or a recipe. Errors call it by `path`.
    ///
    /// # Errors
    /// There are none in it.
    pub fn of_text(text: &str, path: &Path) -> Result<Self, ParametersError> {
        if let Some(found) = Self::of_json(text, path)? {
            return Ok(found);
        }
        let text = Infotext::parse(text);
        if text.fields.is_empty() {
            return Err(ParametersError::NoneInText {
                path: path.to_owned(),
            });
        }
        Ok(Self::of_infotext(&text))
    }

    /// `None` if the text is no object of JSON.
    fn of_json(text: &str, path: &Path) -> Result<Option<Self>, ParametersError> {
        if !text.trim_start().starts_with('{') {
            return Ok(None);
        }
        // A prompt may begin with a brace too: `{red|green} apple`.
        let Ok(mut json) = serde_json::from_str::<Value>(text) else {
            return Ok(None);
        };
        if let Some((program, what)) = foreign::by_json(&json) {
            return Err(ParametersError::Foreign {
                path: path.to_owned(),
                program,
                what,
            });
        }
        // What `inspect --json` and a sweep's manifest have the recipe in.
        if let Some(inner @ Value::Object(_)) = json.get_mut("recipe") {
            json = inner.take();
        }
        let recipe =
            Recipe::from_value(json).map_err(|source: RecipeError| ParametersError::Recipe {
                path: path.to_owned(),
                source,
            })?;
        Ok(Some(Self::of_recipe(&recipe)))
    }

    /// What a recipe says. What computes is left open: another machine may not have it.
    #[must_use]
    pub fn of_recipe(recipe: &Recipe) -> Self {
        let model = &recipe.model;
        let skipped = recipe.plugins.iter().filter_map(|plugin| {
            let why = plugin.skipped.as_ref()?;
            Some(Note::Said(format!(
                "the plugin `{}` did nothing in it, and is left out: {why}",
                plugin.id
            )))
        });
        let newer = recipe.other.iter().map(|(key, value)| Note::Unknown {
            key: key.clone(),
            value: value.to_string(),
        });
        Self {
            request: Request {
                provider: Request::default().provider,
                ..recipe.to_request()
            },
            model: Some(WantedModel {
                name: model.name.clone(),
                hash: model.sha256.clone(),
                fingerprint: Some(model.fingerprint.clone()),
            }),
            refiner: recipe.refiner.as_ref().map(|it| WantedModel {
                name: it.model.name.clone(),
                hash: it.model.sha256.clone(),
                fingerprint: Some(it.model.fingerprint.clone()),
            }),
            vae_hash: recipe.vae.as_ref().and_then(|vae| vae.sha256.clone()),
            notes: skipped.chain(newer).collect(),
        }
    }

    /// What a text says.
    #[must_use]
    pub fn of_infotext(text: &Infotext) -> Self {
        let import = text.import();
        let model = import.request.model.as_ref().map(|name| WantedModel {
            name: name.clone(),
            hash: import.model_hash.clone(),
            fingerprint: None,
        });
        let refiner = import.request.refiner.as_ref().map(|name| WantedModel {
            name: name.clone(),
            ..WantedModel::default()
        });
        let mut notes = import.notes;
        if text.fields.is_empty() {
            let nothing = "it has a prompt and no parameters: the defaults are drawn with";
            notes.push(Note::Said(nothing.to_owned()));
        } else if model.is_none() {
            let hash = import.model_hash.map_or_else(String::new, |hash| {
                format!(" but its hash, {}", aquatint_sandbox::names::shown(&hash))
            });
            notes.push(Note::Said(format!(
                "it names no model{hash}: the default model is drawn with"
            )));
        }
        Self {
            request: import.request,
            model,
            refiner,
            vae_hash: import.vae_hash,
            notes,
        }
    }
}
