use std::collections::BTreeSet;

use super::{Encoding, exif, xmp};
use crate::{Infotext, Picture};

const RECIPE: &str = "recipe";
const ENCODING: &str = "encoding";
const PARAMETERS: &str = "parameters";
const TEXTS: &str = "texts";
/// What the recipe and the A1111 text are called among the keywords of a file, as in PNG.
const RECIPE_KEYWORD: &str = "aquatint";

/// What a file says beside its pixels, to be written.
pub(super) struct Metadata {
    /// As a TIFF, without a label.
    pub(super) exif: Option<Vec<u8>>,
    /// Properties for XMP.
    pub(super) properties: Vec<(&'static str, String)>,
}

impl Metadata {
    /// Where EXIF may have no more than `most` bytes, a longer text goes to XMP.
    pub(super) fn of(picture: &Picture, encoding: Encoding, most: usize) -> Self {
        let parameters = Infotext::from(&picture.recipe).to_string();
        let recipe = xmp::xml_safe(&picture.recipe.to_json());
        let mut properties = vec![(ENCODING, encoding.to_string()), (RECIPE, recipe)];
        if !picture.texts.is_empty() {
            let texts = serde_json::to_string(&picture.texts).unwrap_or_default();
            properties.push((TEXTS, xmp::xml_safe(&texts)));
        }
        let exif = Some(exif::with_comment(&parameters)).filter(|it| it.len() <= most);
        if exif.is_none() {
            properties.push((PARAMETERS, parameters));
        }
        Self { exif, properties }
    }
}

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) parameters: Option<String>,
    pub(super) recipe_json: Option<String>,
    pub(super) encoding: Option<Encoding>,
    pub(super) keywords: BTreeSet<String>,
}

impl Found {
    /// Reads an EXIF, without JPEG's label or with it.
    pub(super) fn exif(&mut self, bytes: &[u8]) {
        let texts = exif::texts(bytes);
        self.parameters = self.parameters.take().or(texts.comment);
        // ComfyUI has its texts there, each with its keyword.
        for text in texts.others {
            let keyword = text
                .split_once(':')
                .map(|(keyword, _)| keyword.to_lowercase());
            let known = ["prompt", "workflow"];
            self.keywords
                .extend(keyword.filter(|it| known.contains(&it.as_str())));
            // Some have the parameters there instead.
            if self.parameters.is_none() && !Infotext::parse(&text).fields.is_empty() {
                self.parameters = Some(text);
            }
        }
    }

    /// Takes what XMP says.
    pub(super) fn properties(&mut self, properties: Vec<(String, String)>) {
        for (name, value) in properties {
            match name.as_str() {
                RECIPE => self.recipe_json = Some(value),
                ENCODING => self.encoding = value.parse().ok(),
                PARAMETERS => self.parameters = self.parameters.take().or(Some(value)),
                TEXTS => {
                    let texts = serde_json::from_str::<Vec<(String, String)>>(&value);
                    let texts = texts.unwrap_or_default();
                    self.keywords.extend(texts.into_iter().map(|(key, _)| key));
                }
                _ => {}
            }
        }
    }

    /// With the keywords that the same texts have in PNG.
    pub(super) fn keywords(&self) -> Vec<String> {
        let mut keywords = self.keywords.clone();
        if self.parameters.is_some() {
            keywords.insert(PARAMETERS.to_owned());
        }
        if self.recipe_json.is_some() {
            keywords.insert(RECIPE_KEYWORD.to_owned());
        }
        keywords.into_iter().collect()
    }
}
