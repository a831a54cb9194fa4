use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::OciError;
use crate::digest::Digest;
use crate::install::sign::{ANNOTATION, Signature};
use crate::names::shown;

pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const CONFIG: &str = "application/vnd.wasm.config.v0+json";
pub(super) const LAYER: &str = "application/wasm";
/// What the distribution specification lets registries refuse beyond.
pub(super) const LARGEST: u64 = 4 << 20;

/// The manifest of an artifact: what it consists of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageManifest {
    /// 2.
    pub schema_version: u32,
    /// The type of this document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// What says that it is WebAssembly.
    pub config: Descriptor,
    /// The component, alone.
    pub layers: Vec<Descriptor>,
    /// What people read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// A blob in a registry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What it is.
    pub media_type: String,
    /// What it is called by.
    pub digest: String,
    /// Its bytes.
    pub size: u64,
    /// What people read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl ImageManifest {
    /// Reads a manifest and sees that it is one of a component.
    ///
    /// # Errors
    /// It is of something else.
    pub(super) fn read(bytes: &[u8], what: &str) -> Result<Self, OciError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Any {
            media_type: Option<String>,
            manifests: Option<Vec<serde_json::Value>>,
        }
        let fail = |reason: String| OciError::Answer {
            what: what.to_owned(),
            reason,
        };
        let json = |error: serde_json::Error| fail(format!("manifest: {error}"));
        let any: Any = serde_json::from_slice(bytes).map_err(json)?;
        if any.manifests.is_some() {
            return Err(fail(
                "an index of several images, expected one WebAssembly component".to_owned(),
            ));
        }
        if let Some(other) = any.media_type.filter(|it| it != MANIFEST) {
            return Err(fail(format!(
                "manifest of type `{}`, expected `{MANIFEST}`",
                shown(&other)
            )));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(json)?;
        if manifest.schema_version != 2 {
            return Err(fail(format!(
                "manifest: schemaVersion is {}, expected 2",
                manifest.schema_version
            )));
        }
        if manifest.config.media_type != CONFIG {
            return Err(fail(format!(
                "an artifact of type `{}`, expected a WebAssembly component (`{CONFIG}`)",
                shown(&manifest.config.media_type)
            )));
        }
        let [layer] = &manifest.layers[..] else {
            return Err(fail(format!(
                "{} layers, expected one",
                manifest.layers.len()
            )));
        };
        if layer.media_type != LAYER {
            return Err(fail(format!(
                "a layer of type `{}`, expected `{LAYER}`",
                shown(&layer.media_type)
            )));
        }
        Ok(manifest)
    }

    /// The component's digest and size.
    pub(super) fn component(&self, what: &str) -> Result<(Digest, u64), OciError> {
        let fail = |reason: String| OciError::Answer {
            what: what.to_owned(),
            reason,
        };
        let layer = self
            .layers
            .first()
            .ok_or_else(|| fail("no layer, expected one".to_owned()))?;
        let digest = layer
            .digest
            .parse()
            .map_err(|error: crate::digest::InvalidDigest| fail(format!("layer: {error}")))?;
        Ok((digest, layer.size))
    }

    /// The signature in its annotations.
    pub(super) fn signature(&self, what: &str) -> Result<Option<Signature>, OciError> {
        let Some(text) = self.annotations.get(ANNOTATION) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|error| OciError::Signature {
            what: what.to_owned(),
            error,
        })
    }
}
