use aquatint_sandbox::manifest::Manifest;
use wasm_metadata::{
    AddMetadata, AddMetadataField as Field, Authors, Description, Homepage, Licenses, Source,
    Version,
};

use super::PackError;

/// A licence that is no SPDX expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "manifest: license is `{given}`, expected an SPDX expression such as MIT OR Apache-2.0, or LicenseRef-NAME for one that SPDX does not list"
)]
pub struct BadLicense {
    given: String,
}

/// The component with what other tools read: name, version, authors, licences, description, links.
pub(super) fn write(component: &[u8], manifest: &Manifest) -> Result<Vec<u8>, PackError> {
    let failed = |error: &dyn std::fmt::Display| PackError::Metadata {
        reason: error.to_string(),
    };
    // What is there already is cleared first: setting a section that is there would leave both.
    let mut cleared = AddMetadata::default();
    cleared.name = Field::Clear;
    cleared.authors = Field::Clear;
    cleared.description = Field::Clear;
    cleared.licenses = Field::Clear;
    cleared.source = Field::Clear;
    cleared.homepage = Field::Clear;
    cleared.version = Field::Clear;
    let bare = cleared.to_wasm(component).map_err(|error| failed(&error))?;

    let mut set = AddMetadata::default();
    set.name = Field::Set(manifest.id.to_string());
    set.version = Field::Set(Version::new(manifest.version.to_string()));
    set.description = Field::Set(Description::new(manifest.description.clone()));
    if !manifest.authors.is_empty() {
        set.authors = Field::Set(Authors::new(manifest.authors.join(", ")));
    }
    if let Some(license) = &manifest.license {
        let licenses = Licenses::new(license).map_err(|_| BadLicense {
            given: license.clone(),
        })?;
        set.licenses = Field::Set(licenses);
    }
    if let Some(url) = &manifest.homepage {
        set.homepage = Field::Set(Homepage::new(url).map_err(|error| failed(&error))?);
    }
    if let Some(url) = &manifest.repository {
        set.source = Field::Set(Source::new(url).map_err(|error| failed(&error))?);
    }
    set.to_wasm(&bare).map_err(|error| failed(&error))
}
