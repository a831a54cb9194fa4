//! A plugin's world, for what is made of it in this process: bindings, and the component itself.

use std::collections::BTreeSet;
use std::path::Path;

use aquatint_sandbox::contract::InterfaceName;
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId, WorldItem};

use super::CompileError;

/// The world of one plugin.
pub(super) struct World {
    pub(super) resolve: Resolve,
    pub(super) id: WorldId,
}

impl World {
    /// Reads [`super::Compile::wit`].
    pub(super) fn read(folder: &Path) -> Result<Self, CompileError> {
        let wrong =
            |reason: String| CompileError::Component(format!("{}: {reason}", folder.display()));
        let mut resolve = Resolve::default();
        let (package, _) = resolve
            .push_dir(folder)
            .map_err(|error| wrong(format!("{error:#}")))?;
        let id = resolve
            .select_world(&[package], Some(crate::world::WORLD))
            .map_err(|error| wrong(format!("{error:#}")))?;
        Ok(Self { resolve, id })
    }

    /// The names of the contract's interfaces that it imports, such as `image`.
    pub(super) fn imports(&self) -> BTreeSet<String> {
        let imports = self.resolve.worlds[self.id].imports.values();
        imports
            .filter_map(|item| match item {
                WorldItem::Interface { id, .. } => self.resolve.id_of(*id),
                _ => None,
            })
            .filter_map(|name| {
                let name = InterfaceName::parse(&name)?;
                name.is_ours().then(|| name.interface.to_owned())
            })
            .collect()
    }

    /// Describes the world inside a module, for [`component`].
    pub(super) fn describe_in(&self, module: &mut Vec<u8>) -> Result<(), CompileError> {
        embed_component_metadata(module, &self.resolve, self.id, StringEncoding::UTF8)
            .map_err(|error| refused(&error, "a module that the compiler made"))
    }
}

/// A module that has its world inside as a component. What it wants of WASI 0.1 is made of WASI 0.2. `expected` says
/// what its author has to do for it to become one.
pub(super) fn component(module: &[u8], expected: &str) -> Result<Vec<u8>, CompileError> {
    let encoder = ComponentEncoder::default().module(module);
    let encoder = encoder.and_then(|encoder| {
        encoder.adapter(
            WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
            WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        )
    });
    encoder
        .and_then(|encoder| encoder.validate(true).encode())
        .map_err(|error| refused(&error, expected))
}

fn refused(error: &anyhow::Error, expected: &str) -> CompileError {
    CompileError::Component(format!(
        "the module cannot be made a component ({error:#}), expected {expected}"
    ))
}

#[cfg(test)]
mod tests {
    use aquatint_sandbox::manifest::Manifest;
    use aquatint_sandbox::prescan::{Bounds, prescan};

    use super::*;

    #[test]
    fn a_module_becomes_a_component_of_its_world_and_another_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let manifest = Manifest::from_toml(
            "id = 'tiny'\nversion = '1.0.0'\napi = '0.1'\ndescription = 'x'\nhooks = ['sweep']\n",
        )
        .expect("a manifest");
        crate::world::write(&manifest, folder.path()).expect("written");
        let world = World::read(folder.path()).expect("it resolves");
        let mut module = wit_component::dummy_module(
            &world.resolve,
            world.id,
            wit_parser::ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync),
        );
        world.describe_in(&mut module).expect("described");
        let made = component(&module, "nothing").expect("a component");
        prescan(&made, &Bounds::default()).expect("fit for a host");

        let mut empty = wat::parse_str("(module)").expect("WAT");
        world.describe_in(&mut empty).expect("described");
        let error = component(&empty, "exports")
            .expect_err("no exports")
            .to_string();
        assert!(error.ends_with("), expected exports"), "{error}");
    }

    #[test]
    fn what_wasi_is_made_of_is_there_in_plugins() {
        use wasmparser::{Parser, Payload};

        let mut known = BTreeSet::new();
        for (package, interfaces) in aquatint_sandbox::prescan::WASI {
            known.extend(interfaces.iter().map(|it| format!("{package}/{it}")));
        }
        let mut seen = 0;
        for payload in Parser::new(0).parse_all(WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER) {
            if let Payload::ImportSection(imports) = payload.expect("a module") {
                for import in imports.into_imports() {
                    let import = import.expect("an import");
                    if let Some((name, _)) = import.module.split_once('@') {
                        // No module can ask for sockets in WASI 0.1 without being given one.
                        let is_fit = known.contains(name) || name.starts_with("wasi:sockets/");
                        assert!(is_fit, "{}", import.module);
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 10);
    }
}
