//! The WIT of one plugin: its own world, and the contract that it stands on.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use aquatint_sandbox::contract::{self, Hook};
use aquatint_sandbox::manifest::Manifest;
use aquatint_sandbox::permissions::Kind;

use crate::files;

macro_rules! contract {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../wit/", $name)))),*]
    };
}

/// The folder `wit/`, as this version of Aquatint was built with it.
pub const CONTRACT: [(&str, &str); 14] = contract![
    "assets.wit",
    "fetch.wit",
    "generate.wit",
    "hooks.wit",
    "image.wit",
    "inference.wit",
    "info.wit",
    "job.wit",
    "latents.wit",
    "log.wit",
    "package.wit",
    "store.wit",
    "types.wit",
    "worlds.wit",
];

/// The package of a plugin's own world.
pub const PACKAGE: &str = "aquatint:this";
/// Its name.
pub const WORLD: &str = "plugin";

/// A plugin's world as WIT: the worlds of its hooks, and the interfaces of the permissions that it asks for.
#[must_use]
pub fn text(manifest: &Manifest) -> String {
    let mut lines = String::new();
    for hook in &manifest.hooks {
        // Writing to a text cannot fail.
        let _ = writeln!(lines, "  include {};", contract::qualified(hook.world()));
    }
    let asked = manifest.permissions.set();
    for import in contract::IMPORTS {
        let is_asked = import.permission.is_some_and(|kind| asked.has(kind));
        // The world of scripts has it already.
        let is_there =
            import.permission == Some(Kind::Generate) && manifest.hooks.contains(&Hook::Script);
        if is_asked && !is_there {
            let _ = writeln!(lines, "  import {};", contract::qualified(import.name));
        }
    }
    format!(
        "// Made from plugin.toml: what the plugin `{}` exports and imports.\npackage {PACKAGE};\n\nworld {WORLD} \
         {{\n{lines}}}\n",
        manifest.id
    )
}

/// Makes `folder` what [`Compile::wit`](crate::languages::Compile::wit) promises.
///
/// # Errors
/// A file cannot be written.
pub fn write(manifest: &Manifest, folder: &Path) -> io::Result<()> {
    let mut all = BTreeMap::from([("world.wit".to_owned(), text(manifest).into_bytes())]);
    for (name, text) in CONTRACT {
        all.insert(format!("deps/aquatint-plugin/{name}"), text.into());
    }
    files::mirror(folder, &all)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use aquatint_sandbox::contract::{Hook, InterfaceName};
    use wit_parser::{Resolve, WorldItem};

    use super::*;

    const PERMISSIONS: [(Kind, &str, &str); 6] = [
        (
            Kind::Net,
            "fetch",
            "net = [{ host = 'a.org', reason = 'x' }]",
        ),
        (
            Kind::Store,
            "store",
            "store = { quota = '1MiB', reason = 'x' }",
        ),
        (Kind::Generate, "generate", "generate = { reason = 'x' }"),
        (Kind::Inference, "inference", "inference = { reason = 'x' }"),
        (Kind::Clock, "", "clock = { reason = 'x' }"),
        (Kind::Random, "", "random = { reason = 'x' }"),
    ];

    fn manifest(hooks: &BTreeSet<Hook>, asked: &[usize]) -> Manifest {
        let hooks: Vec<_> = hooks.iter().map(|hook| format!("'{hook}'")).collect();
        let asked: Vec<_> = asked.iter().map(|index| PERMISSIONS[*index].2).collect();
        Manifest::from_toml(&format!(
            "id = 'tiny'\nversion = '1.0.0'\napi = '0.1'\ndescription = 'x'\nhooks = [{}]\n[permissions]\n{}",
            hooks.join(", "),
            asked.join("\n")
        ))
        .expect("a manifest")
    }

    /// The interfaces that the world imports and exports.
    fn resolved(manifest: &Manifest) -> (BTreeSet<String>, BTreeSet<String>) {
        let folder = tempfile::tempdir().expect("a folder");
        write(manifest, folder.path()).expect("written");
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_dir(folder.path()).expect("it resolves");
        let world = resolve
            .select_world(&[package], Some(WORLD))
            .expect("a world");
        let world = &resolve.worlds[world];
        let names = |items: Vec<&WorldItem>| {
            items
                .into_iter()
                .map(|item| match item {
                    WorldItem::Interface { id, .. } => {
                        let name = resolve.id_of(*id).expect("a name");
                        let name = InterfaceName::parse(&name).expect("qualified");
                        assert!(name.is_ours());
                        name.interface.to_owned()
                    }
                    other => panic!("{other:?} beside interfaces"),
                })
                .collect()
        };
        (
            names(world.imports.values().collect()),
            names(world.exports.values().collect()),
        )
    }

    #[test]
    fn the_contract_inside_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        let mut there = BTreeMap::new();
        for entry in fs::read_dir(folder).expect("wit/") {
            let entry = entry.expect("a file");
            let name = entry.file_name().into_string().expect("UTF-8");
            there.insert(name, fs::read_to_string(entry.path()).expect("read"));
        }
        let inside: BTreeMap<_, _> = CONTRACT
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into();
        assert_eq!(
            inside.keys().collect::<Vec<_>>(),
            there.keys().collect::<Vec<_>>()
        );
        assert!(inside == there);
    }

    #[test]
    fn every_combination_of_hooks_is_a_world_that_exports_them_and_no_more() {
        for bits in 1_u32..1 << Hook::ALL.len() {
            let hooks: BTreeSet<Hook> = Hook::ALL
                .into_iter()
                .enumerate()
                .filter(|(index, _)| bits & (1 << index) != 0)
                .map(|(_, hook)| hook)
                .collect();
            let (imports, exports) = resolved(&manifest(&hooks, &[]));
            let mut expected: BTreeSet<String> =
                hooks.iter().map(|hook| hook.name().to_owned()).collect();
            expected.insert(contract::INFO.to_owned());
            assert_eq!(exports, expected);
            for always in ["types", "log", "job", "assets"] {
                assert!(imports.contains(always), "{hooks:?}: {always}");
            }
            assert_eq!(
                imports.contains("generate"),
                hooks.contains(&Hook::Script),
                "{hooks:?}"
            );
            assert_eq!(imports.contains("latents"), hooks.contains(&Hook::Denoise));
            for asked in ["store", "fetch", "inference"] {
                assert!(!imports.contains(asked), "{hooks:?}: {asked}");
            }
        }
    }

    #[test]
    fn every_combination_of_permissions_imports_its_interfaces_and_no_more() {
        for hook in [Hook::PostProcess, Hook::Script] {
            let hooks = BTreeSet::from([hook]);
            let (without, _) = resolved(&manifest(&hooks, &[]));
            for bits in 0_u32..1 << PERMISSIONS.len() {
                let asked: Vec<usize> = (0..PERMISSIONS.len())
                    .filter(|index| bits & (1 << index) != 0)
                    .collect();
                let (imports, _) = resolved(&manifest(&hooks, &asked));
                let mut expected = without.clone();
                for index in &asked {
                    let (kind, interface, _) = PERMISSIONS[*index];
                    assert_eq!(kind.interface().unwrap_or_default(), interface);
                    if !interface.is_empty() {
                        expected.insert(interface.to_owned());
                        // Those that run models do so on tensors and pictures.
                        if kind == Kind::Inference {
                            expected.insert("latents".to_owned());
                        }
                    }
                }
                let expected: BTreeSet<_> = expected.into_iter().collect();
                assert_eq!(imports, expected, "{asked:?}");
            }
        }
    }
}
