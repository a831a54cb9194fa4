use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;
use ureq::http::{HeaderMap, HeaderValue, Method, header};

use super::manifest::{CONFIG, Descriptor, ImageManifest, LAYER, MANIFEST};
use super::{Client, OciError};
use crate::digest::Digest;
use crate::install::sign::{ANNOTATION, Signature};

/// A plugin as a registry keeps it.
#[derive(Clone, Debug)]
pub struct Artifact<'a> {
    /// The component.
    pub component: &'a [u8],
    /// The names of its imports.
    pub imports: Vec<String>,
    /// The names of its exports.
    pub exports: Vec<String>,
    /// What a tool that unpacks it calls the file.
    pub file_name: String,
    /// What people read.
    pub annotations: BTreeMap<String, String>,
    /// Who signed it.
    pub signature: Option<Signature>,
    /// When it was made.
    pub created: Timestamp,
}

/// What became of an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It is there now, its manifest under this digest.
    New(Digest),
    /// It was there already.
    Unchanged(Digest),
}

impl Client<'_> {
    /// Puts an artifact under a tag. A tag with other bytes is only overwritten with `force`.
    ///
    /// # Errors
    /// The tag is taken, or the registry does not take it.
    pub fn push(
        &self,
        artifact: &Artifact<'_>,
        tag: &str,
        force: bool,
    ) -> Result<Pushed, OciError> {
        let mut place = self.place.clone();
        place.tag = Some(tag.to_owned());
        let what = place.to_string();
        let digest = Digest::of(artifact.component);
        if let Some(there) = self.manifest(tag)? {
            let found = Digest::of(&there);
            // Whatever else may be there, a picture of a cat, it is not ours to overwrite.
            let manifest = ImageManifest::read(&there, &what).ok();
            let same = manifest.as_ref().is_some_and(|manifest| {
                manifest.component(&what).is_ok_and(|(it, _)| it == digest)
            });
            let signature = manifest.and_then(|manifest| manifest.signature(&what).ok().flatten());
            if same && (signature == artifact.signature || artifact.signature.is_none()) {
                return Ok(Pushed::Unchanged(found));
            }
            if !same && !force {
                return Err(OciError::Taken { what, found });
            }
        }
        // Keys in this order, and `author` and `target` even if empty: as other tools write it.
        let config = json!({
            "created": artifact.created.to_string(),
            "author": null,
            "architecture": "wasm",
            "os": "wasip2",
            "layerDigests": [digest.to_string()],
            "component": {
                "exports": artifact.exports,
                "imports": artifact.imports,
                "target": null,
            },
        })
        .to_string();
        let blob = |media_type: &str, bytes: &[u8]| Descriptor {
            media_type: media_type.to_owned(),
            digest: Digest::of(bytes).to_string(),
            size: bytes.len() as u64,
            annotations: BTreeMap::new(),
        };
        let mut layer = blob(LAYER, artifact.component);
        layer.annotations.insert(
            "org.opencontainers.image.title".to_owned(),
            artifact.file_name.clone(),
        );
        let mut annotations = artifact.annotations.clone();
        if let Some(signature) = &artifact.signature {
            annotations.insert(ANNOTATION.to_owned(), signature.to_string());
        }
        let manifest = ImageManifest {
            schema_version: 2,
            media_type: Some(MANIFEST.to_owned()),
            config: blob(CONFIG, config.as_bytes()),
            layers: vec![layer],
            annotations,
        };
        let manifest = serde_json::to_vec(&manifest)
            .map_err(|error| self.answer(&what, format!("manifest: {error}")))?;
        self.push_blob(artifact.component, &what)?;
        self.push_blob(config.as_bytes(), &what)?;
        let address = self.address(&format!("manifests/{tag}"))?;
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MANIFEST));
        let reply = self.ask(Method::PUT, &address, &headers, &manifest[..], "pull,push")?;
        self.expect(reply, &what, &[201])?;
        Ok(Pushed::New(Digest::of(&manifest)))
    }

    fn push_blob(&self, bytes: &[u8], what: &str) -> Result<(), OciError> {
        let digest = Digest::of(bytes).to_string();
        let none = HeaderMap::new();
        let there = self.address(&format!("blobs/{digest}"))?;
        let reply = self.ask(Method::HEAD, &there, &none, (), "pull,push")?;
        if reply.status() == 200 {
            return Ok(());
        }
        let uploads = self.address("blobs/uploads/")?;
        let reply = self.ask(Method::POST, &uploads, &none, &b""[..], "pull,push")?;
        let reply = self.expect(reply, what, &[202])?;
        let location = reply.header(header::LOCATION).ok_or_else(|| {
            self.answer(what, "the registry names no place to upload to".to_owned())
        })?;
        let upload = uploads.join(location)?.with_query(&[("digest", &digest)]);
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        );
        // Some registries keep blobs elsewhere; the address is then signed, and the pass is not for them.
        let reply = if upload.same_origin(&uploads) {
            self.ask(Method::PUT, &upload, &headers, bytes, "pull,push")?
        } else {
            self.http.send(Method::PUT, &upload, &headers, bytes)?
        };
        self.expect(reply, what, &[201])?;
        Ok(())
    }
}
