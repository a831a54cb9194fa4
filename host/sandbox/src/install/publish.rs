use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wasmparser::{Parser, Payload};

use super::change::write_whole;
use super::fetch::{signature_beside, signature_path};
use super::oci::{Artifact, Client, Pushed, tag_version};
use super::sign::{PublicKey, Signature};
use super::{InstallError, Installer};
use crate::digest::Digest;
use crate::locator::Oci;
use crate::manifest::Manifest;
use crate::names::shown;

/// What was published.
#[derive(Clone, Debug)]
pub struct Published {
    /// Where, with the tag.
    pub place: Oci,
    /// What it says about itself.
    pub manifest: Manifest,
    /// The digest of the component.
    pub digest: Digest,
    /// The key that it is signed with.
    pub key: Option<PublicKey>,
    /// What became of it.
    pub pushed: Pushed,
}

impl Installer {
    /// Puts a packed plugin into a registry, under its version if the place names no tag. It is signed with the key of
    /// that name, or else with the signature that lies beside it.
    ///
    /// # Errors
    /// It is no plugin, the tag is another version or holds other bytes (both overruled by `force`), or the registry does
    /// not take it.
    pub fn publish(
        &self,
        file: &Path,
        place: &Oci,
        key: Option<&str>,
        force: bool,
    ) -> Result<Published, InstallError> {
        let bytes = self.read_file(file)?;
        let name = shown(&file.to_string_lossy());
        let beside = match key {
            Some(_) => None,
            None => signature_beside(file)?,
        };
        let plugin = self.examine(&bytes, &name, beside)?;
        let signature = match key {
            Some(key) => Some(Signature::sign(&plugin.digest, &self.keys().secret(key)?)),
            None => plugin.signature,
        };
        let manifest = plugin.manifest;
        let version = &manifest.version;
        let tag = match &place.tag {
            Some(tag) => tag.clone(),
            // Tags cannot hold a `+`.
            None => version.to_string().replace('+', "_"),
        };
        if tag_version(&tag).is_some_and(|named| named != *version) && !force {
            return Err(InstallError::Tag {
                tag,
                version: version.clone(),
            });
        }
        let (imports, exports) = names(&bytes);
        let artifact = Artifact {
            component: &bytes,
            imports,
            exports,
            file_name: format!("{}.wasm", manifest.id),
            annotations: annotations(&manifest, &plugin.needed.to_string()),
            signature: signature.clone(),
            created: Self::now(),
        };
        let pushed = Client::new(&self.http, place).push(&artifact, &tag, force)?;
        Ok(Published {
            place: Oci {
                tag: Some(tag),
                digest: None,
                ..place.clone()
            },
            manifest,
            digest: plugin.digest,
            key: signature.map(|signature| signature.key),
            pushed,
        })
    }

    /// Signs a packed plugin: writes `FILE.sig` and gives its path and the key.
    ///
    /// # Errors
    /// It is no plugin, there is no such key, or the file cannot be written.
    pub fn sign(&self, file: &Path, key: &str) -> Result<(PathBuf, PublicKey), InstallError> {
        let bytes = self.read_file(file)?;
        let name = shown(&file.to_string_lossy());
        let plugin = self.examine(&bytes, &name, None)?;
        let signature = Signature::sign(&plugin.digest, &self.keys().secret(key)?);
        let path = signature_path(file);
        let line = format!("{signature}\n");
        write_whole(&path, line.as_bytes())?;
        Ok((path, signature.key))
    }
}

/// What people read in a registry. The first names are those of the OCI image specification.
fn annotations(manifest: &Manifest, permissions: &str) -> BTreeMap<String, String> {
    let hooks: Vec<_> = manifest.hooks.iter().map(|hook| hook.name()).collect();
    let authors = manifest.authors.join(", ");
    let rows = [
        ("org.opencontainers.image.title", Some(manifest.title())),
        (
            "org.opencontainers.image.description",
            Some(manifest.description.as_str()),
        ),
        (
            "org.opencontainers.image.licenses",
            manifest.license.as_deref(),
        ),
        (
            "org.opencontainers.image.source",
            manifest.repository.as_deref(),
        ),
        ("org.opencontainers.image.url", manifest.homepage.as_deref()),
        ("org.opencontainers.image.authors", Some(authors.as_str())),
        ("dev.aquatint.id", Some(manifest.id.as_str())),
        ("dev.aquatint.hooks", Some(&hooks.join(", "))),
        ("dev.aquatint.permissions", Some(permissions)),
    ]
    .map(|(name, value)| (name, value.map(str::to_owned)));
    let versions = [
        (
            "org.opencontainers.image.version",
            Some(manifest.version.to_string()),
        ),
        ("dev.aquatint.api", Some(manifest.api.0.to_string())),
    ];
    rows.into_iter()
        .chain(versions)
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// The names of the imports and exports of the outermost component, which passed the rules already, in its order: as
/// other tools write them.
fn names(component: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(component) {
        match payload {
            Ok(Payload::ModuleSection { .. } | Payload::ComponentSection { .. }) => depth += 1,
            Ok(Payload::End(_)) => depth = depth.saturating_sub(1),
            Ok(Payload::ComponentImportSection(section)) if depth == 0 => {
                let names = section.into_iter().filter_map(Result::ok);
                imports.extend(names.map(|import| import.name.name.to_owned()));
            }
            Ok(Payload::ComponentExportSection(section)) if depth == 0 => {
                let names = section.into_iter().filter_map(Result::ok);
                exports.extend(names.map(|export| export.name.name.to_owned()));
            }
            _ => {}
        }
    }
    (imports, exports)
}
