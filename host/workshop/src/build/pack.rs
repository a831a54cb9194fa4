use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use aquatint_sandbox::manifest::{Limits, Manifest};
use aquatint_sandbox::prescan::{Bounds, Disagreement, Refusal, prescan};
use aquatint_sandbox::section::{self, SectionError};

use super::Warning;
use super::metadata::{self, BadLicense};

/// A component with everything that a plugin has.
#[derive(Clone, Debug, PartialEq)]
pub struct Packed {
    /// The bytes of the `.wasm`.
    pub component: Vec<u8>,
    /// What its author should know.
    pub warnings: Vec<Warning>,
}

impl Packed {
    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// The system says no.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        crate::files::write(path, &self.component)
    }
}

/// Puts manifest, assets and the metadata that other tools read into a component, in place of whichever it had, and
/// checks the result as a host does before it compiles.
///
/// # Errors
/// The bytes are no component, an asset's name is bad, or a host would refuse the result.
pub fn pack(
    component: &[u8],
    manifest: &Manifest,
    assets: &BTreeMap<String, Vec<u8>>,
) -> Result<Packed, PackError> {
    let bounds = Bounds::default();
    // First of all: what rewrites sections speaks of bytes, this of what is wrong.
    let scanned = prescan(component, &bounds)?;
    let reconciled = scanned.agree(manifest)?;
    let component = metadata::write(component, manifest)?;
    let component = section::write_manifest(&component, manifest)?;
    let component = section::write_assets(&component, assets)?;
    // Assets count too.
    prescan(&component, &bounds)?;
    let unused = reconciled.unused.into_iter().map(Warning::Unused);
    let beyond = manifest.limits.beyond(&Limits::cap());
    Ok(Packed {
        component,
        warnings: unused.chain(beyond.into_iter().map(Warning::Cap)).collect(),
    })
}

/// Why a component did not become a plugin.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A host would refuse it.
    #[error("the component would be refused: {0}")]
    Refused(#[from] Refusal),
    /// It is another than its manifest says.
    #[error(transparent)]
    Disagreement(#[from] Disagreement),
    /// Manifest or assets do not go in.
    #[error(transparent)]
    Section(#[from] SectionError),
    /// The licence is none.
    #[error(transparent)]
    License(#[from] BadLicense),
    /// The metadata that other tools read do not go in.
    #[error("metadata: {reason}")]
    Metadata {
        /// Why.
        reason: String,
    },
}
