//! From bytes to a plugin, step by step, so that whoever swaps plugins can do each where it belongs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{CallError, Identity, Plugin, link};
use crate::bindings::exports::aquatint::plugin::info;
use crate::contract::Hook;
use crate::digest::Digest;
use crate::engine::{CompileError, Compiled, Engine};
use crate::grants::{Decision, Grants};
use crate::manifest::{Limits, Manifest};
use crate::permissions::{Permission, PermissionSet};
use crate::prescan::{Bounds, Disagreement, Refusal, Scanned, prescan};
use crate::section::{SectionError, read_assets, read_manifest};

/// Bytes that may be a plugin.
#[derive(Clone, Debug)]
pub struct Candidate {
    bytes: Arc<Vec<u8>>,
    digest: Digest,
}

/// Bytes that are a plugin: whole, within bounds, and what its manifest says it is.
#[derive(Clone, Debug)]
pub struct Verified {
    candidate: Candidate,
    /// What it says about itself.
    pub manifest: Manifest,
    /// What the user must grant for it to run.
    pub needed: PermissionSet,
    /// What it asks for and could not use.
    pub unused: Vec<Permission>,
    /// What it imports and exports.
    pub scanned: Scanned,
}

impl Candidate {
    /// These bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        let digest = Digest::of(&bytes);
        Self {
            bytes: Arc::new(bytes),
            digest,
        }
    }

    /// Their name.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Checks everything that can be checked without running or compiling anything.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify(&self, bounds: &Bounds) -> Result<Verified, LoadError> {
        let scanned = prescan(&self.bytes, bounds)?;
        let manifest = read_manifest(&self.bytes)?;
        let reconciled = scanned.agree(&manifest)?;
        read_assets(&self.bytes)?;
        Ok(Verified {
            candidate: self.clone(),
            manifest,
            needed: reconciled.needed,
            unused: reconciled.unused,
            scanned,
        })
    }
}

impl Verified {
    /// The bytes' name.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.candidate.digest
    }

    /// Makes machine code of it, or finds what was made before.
    ///
    /// # Errors
    /// The compiler refuses it or gives up.
    pub fn compile(&self, engine: &Engine) -> Result<Compiled, LoadError> {
        Ok(engine.compile(&self.candidate.bytes, &self.candidate.digest)?)
    }

    /// Gives it what it was granted, and nothing else, and asks it who it is.
    ///
    /// `cap` is the most that any plugin gets; `store` the folder with what plugins keep.
    ///
    /// # Errors
    /// It needs more than it was granted, cannot be linked, or is not who its manifest says.
    pub fn link(
        &self,
        engine: &Engine,
        compiled: &Compiled,
        granted: &PermissionSet,
        cap: &Limits,
        store: Option<PathBuf>,
    ) -> Result<Plugin, LoadError> {
        if let Some(missing) = self.needed.iter().find(|needed| !granted.covers(needed)) {
            return Err(LoadError::NotGranted {
                missing: missing.clone(),
            });
        }
        let linker = link::linker(engine.wasmtime(), granted).map_err(LoadError::link)?;
        let instance = linker
            .instantiate_pre(&compiled.component)
            .map_err(LoadError::link)?;
        let assets: BTreeMap<String, Vec<u8>> = read_assets(&self.candidate.bytes)?
            .into_iter()
            .map(|(name, bytes)| (name, bytes.to_vec()))
            .collect();
        Ok(Plugin {
            identity: Arc::new(Identity {
                manifest: self.manifest.clone(),
                digest: self.candidate.digest,
            }),
            limits: self.manifest.limits.within(cap),
            granted: Arc::new(granted.clone()),
            assets: Arc::new(assets),
            engine: engine.clone(),
            instance,
            store,
            from_cache: compiled.from_cache,
            metrics: super::metrics::Counters::default(),
        })
    }
}

impl Plugin {
    /// All the way from bytes, with what `grants` say.
    ///
    /// # Errors
    /// The first step that fails.
    pub fn load(
        engine: &Engine,
        bytes: Vec<u8>,
        grants: &Grants,
        store: Option<PathBuf>,
    ) -> Result<Self, LoadError> {
        let verified = Candidate::new(bytes).verify(&Bounds::default())?;
        let id = &verified.manifest.id;
        if let Decision::Ask(change) = grants.decide(id, &verified.needed)
            && let Some(missing) = change.added.first()
        {
            return Err(LoadError::NotGranted {
                missing: missing.clone(),
            });
        }
        let compiled = verified.compile(engine)?;
        let granted = verified.needed.clone();
        let plugin = verified.link(engine, &compiled, &granted, &Limits::cap(), store)?;
        plugin.probe()?;
        Ok(plugin)
    }

    /// Asks it who it is, and whether its hooks are what the contract says.
    ///
    /// # Errors
    /// It fails, or says something else than its manifest.
    pub fn probe(&self) -> Result<(), LoadError> {
        for hook in &self.manifest().hooks {
            self.check_hook(*hook).map_err(|error| LoadError::Hook {
                hook: *hook,
                reason: format!("{error:#}"),
            })?;
        }
        let described = self
            .describe()
            .map_err(|failed| LoadError::Describe(failed.error))?;
        let info::Description { id, version, .. } = described;
        let manifest = self.manifest();
        let said = [("id", id), ("version", version)];
        let expected = [manifest.id.to_string(), manifest.version.to_string()];
        for ((field, said), expected) in said.into_iter().zip(expected) {
            if said != expected {
                return Err(LoadError::Identity {
                    field,
                    said: crate::names::shown(&said),
                    expected,
                });
            }
        }
        Ok(())
    }
}

/// Why bytes did not become a plugin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// They break a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The manifest is missing or wrong.
    #[error(transparent)]
    Section(#[from] SectionError),
    /// Manifest and component say different things.
    #[error(transparent)]
    Disagreement(#[from] Disagreement),
    /// The user has not granted what it needs.
    #[error("it needs the permission `{missing}`, which was not granted (`aquatint plugin grant`)")]
    NotGranted {
        /// The first that is missing.
        missing: Permission,
    },
    /// It was not compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// What it imports is not what the contract has.
    #[error("cannot be linked: {0}")]
    Link(String),
    /// A hook that it exports is not what the contract has.
    #[error("its hook `{hook}` is not what the plugin interface says: {reason}")]
    Hook {
        /// Which.
        hook: Hook,
        /// How it differs.
        reason: String,
    },
    /// It could not say who it is.
    #[error("`info.describe` failed: {0}")]
    Describe(#[source] CallError),
    /// It says that it is something else.
    #[error("`info.describe` says {field} `{said}`, the manifest says `{expected}`")]
    Identity {
        /// What differs.
        field: &'static str,
        /// What the plugin says.
        said: String,
        /// What its manifest says.
        expected: String,
    },
}

impl LoadError {
    fn link(error: wasmtime::Error) -> Self {
        Self::Link(crate::logs::clean_line(&format!("{error:#}"), 1_000))
    }
}
