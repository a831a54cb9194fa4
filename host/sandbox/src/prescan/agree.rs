use std::collections::BTreeSet;

use super::Scanned;
use crate::contract::Hook;
use crate::manifest::Manifest;
use crate::permissions::{NotAsked, Reconciled, reconcile};

impl Scanned {
    /// Holds a component against its manifest: what users are told is what the binary is.
    ///
    /// # Errors
    /// The manifest says other hooks than the component exports, or does not ask for what it imports.
    pub fn agree(&self, manifest: &Manifest) -> Result<Reconciled, Disagreement> {
        if self.hooks != manifest.hooks {
            return Err(Disagreement::Hooks {
                said: manifest.hooks.clone(),
                exported: self.hooks.clone(),
            });
        }
        Ok(reconcile(&self.imports, &manifest.permissions)?)
    }
}

/// A component and its manifest say different things.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Disagreement {
    /// About hooks.
    #[error("the manifest has the hooks {}, the component exports {}", listed(.said), listed(.exported))]
    Hooks {
        /// What the manifest says.
        said: BTreeSet<Hook>,
        /// What the component exports.
        exported: BTreeSet<Hook>,
    },
    /// About permissions.
    #[error(transparent)]
    Permissions(#[from] NotAsked),
}

fn listed(hooks: &BTreeSet<Hook>) -> String {
    let names: Vec<_> = hooks.iter().map(|hook| hook.name()).collect();
    names.join(", ")
}
