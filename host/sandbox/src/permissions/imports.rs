use std::collections::BTreeSet;

use wasmparser::{Parser, Payload};

use super::{Asked, Kind, Permission, PermissionSet, clock, random};
use crate::contract::{self, InterfaceName};

/// What a component imports, by the names in its binary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imports(BTreeSet<String>);

impl Imports {
    /// Reads the imports of the outermost component.
    ///
    /// # Errors
    /// The bytes are no WebAssembly.
    pub fn read(component: &[u8]) -> Result<Self, UnreadableComponent> {
        let mut names = BTreeSet::new();
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        names.insert(import?.name.name.to_owned());
                    }
                }
                _ => {}
            }
        }
        Ok(Self(names))
    }

    /// From names that were read already.
    pub fn from_names(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().collect())
    }

    /// The names, such as `aquatint:plugin/image@0.1.0`.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether a permission of this kind would be of any use to the component.
    #[must_use]
    pub fn use_for(&self, kind: Kind) -> bool {
        self.iter()
            .filter_map(InterfaceName::parse)
            .any(|name| match kind {
                Kind::Clock => name.package == clock::WASI,
                Kind::Random => name.package == random::WASI,
                _ => name.is_ours() && Some(name.interface) == kind.interface(),
            })
    }
}

/// What binary and manifest say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// What the user is asked to grant.
    pub needed: PermissionSet,
    /// What the manifest asks for and the binary cannot use: a warning to the author, no question to the user.
    pub unused: Vec<Permission>,
}

/// Holds what a binary imports against what its manifest asks for.
///
/// # Errors
/// The binary imports an interface whose permission the manifest does not ask for.
pub fn reconcile(imports: &Imports, asked: &Asked) -> Result<Reconciled, NotAsked> {
    let asked = asked.set();
    for import in contract::IMPORTS {
        if let Some(kind) = import.permission
            && imports.use_for(kind)
            && !asked.has(kind)
        {
            return Err(NotAsked {
                interface: import.name,
                kind,
            });
        }
    }
    let (needed, unused) = asked
        .iter()
        .cloned()
        .partition::<Vec<_>, _>(|permission| imports.use_for(permission.kind()));
    Ok(Reconciled {
        needed: needed.into_iter().collect(),
        unused,
    })
}

/// A plugin uses what its manifest does not ask for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the plugin imports `{interface}`, expected `permissions.{kind}` in its manifest with a reason for it"
)]
pub struct NotAsked {
    /// What it imports.
    pub interface: &'static str,
    /// The permission that it would need.
    pub kind: Kind,
}

/// Bytes that are no WebAssembly.
#[derive(Clone, Debug, thiserror::Error)]
#[error("not WebAssembly: {0}")]
pub struct UnreadableComponent(#[from] wasmparser::BinaryReaderError);
