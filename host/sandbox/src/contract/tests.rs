use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

use super::*;

struct Wit {
    resolve: Resolve,
    worlds: BTreeMap<String, WorldId>,
}

fn wit() -> Wit {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(&folder).expect("wit/ resolves");
    let package = &resolve.packages[package];
    assert_eq!(package.name.to_string(), format!("{PACKAGE}@{VERSION}"));
    let worlds = package
        .worlds
        .iter()
        .map(|(name, id)| (name.clone(), *id))
        .collect();
    Wit { resolve, worlds }
}

impl Wit {
    fn interfaces(&self, world: &str, imports: bool) -> BTreeSet<String> {
        let world = &self.resolve.worlds[self.worlds[world]];
        let items = if imports {
            &world.imports
        } else {
            &world.exports
        };
        items
            .iter()
            .map(|(key, item)| {
                assert!(
                    matches!(item, WorldItem::Interface { .. }),
                    "only interfaces"
                );
                let WorldKey::Interface(id) = key else {
                    panic!("a world of ours names interfaces of the package")
                };
                self.resolve.interfaces[*id]
                    .name
                    .clone()
                    .expect("interfaces of a package have names")
            })
            .collect()
    }
}

fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn interfaces_and_hooks_are_those_of_the_wit() {
    let wit = wit();
    let imports = names(IMPORTS.map(|import| import.name));
    assert_eq!(wit.interfaces("everything", true), imports);
    let exports = names(Hook::ALL.map(Hook::name).into_iter().chain([INFO]));
    assert_eq!(wit.interfaces("everything", false), exports);
    let all: BTreeSet<String> = imports.union(&exports).cloned().collect();
    let written: BTreeSet<String> = wit
        .resolve
        .interfaces
        .iter()
        .filter_map(|(_, interface)| interface.name.clone())
        .collect();
    assert_eq!(written, all, "no interface is left out of the worlds");
}

#[test]
fn each_hook_has_a_world_that_asks_for_no_permission_beyond_its_purpose() {
    let wit = wit();
    let worlds = names(
        Hook::ALL
            .map(Hook::world)
            .into_iter()
            .chain(["base", "everything"]),
    );
    assert_eq!(wit.worlds.keys().cloned().collect::<BTreeSet<_>>(), worlds);
    for hook in Hook::ALL {
        let exports = wit.interfaces(hook.world(), false);
        assert_eq!(exports, names([hook.name(), INFO]), "{hook}");
        let needed: Vec<_> = wit
            .interfaces(hook.world(), true)
            .into_iter()
            .filter_map(|name| {
                IMPORTS
                    .iter()
                    .find(|import| import.name == name)
                    .and_then(|import| import.permission)
            })
            .collect();
        let expected: &[Kind] = match hook {
            Hook::Script => &[Kind::Generate],
            _ => &[],
        };
        assert_eq!(needed, expected, "{hook}");
    }
}

#[test]
fn interfaces_and_permissions_agree() {
    let behind_an_interface: BTreeSet<_> = IMPORTS
        .iter()
        .filter_map(|import| import.permission)
        .collect();
    for kind in Kind::ALL {
        assert_eq!(
            kind.interface().is_some(),
            behind_an_interface.contains(&kind),
            "{kind}"
        );
        if let Some(interface) = kind.interface() {
            let import = IMPORTS.iter().find(|import| import.name == interface);
            assert_eq!(import.and_then(|import| import.permission), Some(kind));
        }
    }
}

/// No error is a bare string, and every item that a reader meets says what it is.
#[test]
fn every_item_is_documented_and_every_error_is_a_problem() {
    let wit = wit();
    for (_, interface) in wit.resolve.interfaces.iter() {
        let name = interface.name.as_deref().expect("a name");
        assert!(interface.docs.contents.is_some(), "{name}");
        for (function, item) in &interface.functions {
            assert!(item.docs.contents.is_some(), "{name}.{function}");
            let Some(wit_parser::Type::Id(id)) = item.result else {
                continue;
            };
            let wit_parser::TypeDefKind::Result(result) = &wit.resolve.types[id].kind else {
                continue;
            };
            let Some(wit_parser::Type::Id(error)) = result.err else {
                panic!("{name}.{function} has no problem for its error")
            };
            assert_eq!(
                wit.resolve.types[error].name.as_deref(),
                Some("problem"),
                "{name}.{function}"
            );
        }
        for (ty, id) in &interface.types {
            let definition = &wit.resolve.types[*id];
            let used = matches!(definition.kind, wit_parser::TypeDefKind::Type(_));
            assert!(used || definition.docs.contents.is_some(), "{name}.{ty}");
        }
    }
    for (_, world) in wit.resolve.worlds.iter() {
        assert!(world.docs.contents.is_some(), "{}", world.name);
    }
}

#[test]
fn names_read_back() {
    for hook in Hook::ALL {
        assert_eq!(hook.name().parse(), Ok(hook));
    }
    let name = qualified("image");
    let parsed = InterfaceName::parse(&name).expect("a qualified name");
    assert_eq!((parsed.interface, parsed.is_ours()), ("image", true));
    for name in [
        "run",
        "a:b/c",
        "a:b@1.0.0",
        "a:b/c@1",
        "@",
        "a:b/c@1.0.0@2.0.0",
    ] {
        assert_eq!(InterfaceName::parse(name), None, "{name}");
    }
    assert_eq!(
        "postprocess"
            .parse::<Hook>()
            .expect_err("no hook")
            .to_string(),
        "unknown hook `postprocess` (did you mean `post-process`?): \
         the hooks are pre-process, denoise, post-process, script, sweep"
    );
}

#[test]
fn only_this_line_of_versions_is_served() {
    let version = |text: &str| semver::Version::parse(text).expect("a version");
    assert!(serves(&version("0.1.0")));
    for other in ["0.1.1", "0.2.0", "0.0.1", "1.0.0", "0.1.0-rc.1"] {
        assert!(!serves(&version(other)), "{other}");
    }
    for (host, plugin, served) in [
        ("0.1.4", "0.1.3", true),
        ("0.2.0", "0.1.3", false),
        ("1.4.0", "1.0.9", true),
        ("1.4.0", "1.5.0", false),
        ("2.0.0", "1.5.0", false),
    ] {
        let answer = offers(&version(host), &version(plugin));
        assert_eq!(answer, served, "{plugin} on {host}");
    }
}
