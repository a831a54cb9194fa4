//! Components as tools make them from the worlds of `wit/`, with empty functions.

use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use super::*;
use crate::permissions::{Asked, Kind, PermissionSet, reconcile};

fn component(world: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let (package, _) = resolve.push_dir(&folder).expect("wit/ resolves");
    let world = resolve
        .select_world(&[package], Some(world))
        .expect("a world");
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("embedded");
    ComponentEncoder::default()
        .module(&module)
        .expect("a module")
        .encode()
        .expect("a component")
}

#[test]
fn a_component_of_each_world_passes_and_needs_what_the_world_asks_for() {
    for hook in Hook::ALL {
        let scanned = prescan(&component(hook.world()), &Bounds::default()).expect("a plugin");
        assert_eq!(scanned.hooks, BTreeSet::from([hook]));
        let needed = reconcile(&scanned.imports, &Asked::default());
        match hook {
            Hook::Script => assert_eq!(needed.expect_err("it draws").kind, Kind::Generate),
            _ => assert!(needed.expect("nothing").needed.is_empty()),
        }
    }
}

#[test]
fn a_component_of_everything_uses_every_permission_behind_an_interface() {
    let scanned = prescan(&component("everything"), &Bounds::default()).expect("a plugin");
    assert_eq!(scanned.hooks, BTreeSet::from(Hook::ALL));
    let asked: Asked = toml::from_str(
        "net = [{ host = 'a.org', reason = 'x' }]\nstore = { quota = '1MiB', reason = 'x' }\n\
         generate = { reason = 'x' }\ninference = { reason = 'x' }\nclock = { reason = 'x' }",
    )
    .expect("permissions");
    let both = reconcile(&scanned.imports, &asked).expect("all asked for");
    assert_eq!(both.needed, asked.set().without(Kind::Clock));
    assert_eq!(
        both.unused
            .into_iter()
            .collect::<PermissionSet>()
            .to_string(),
        "clock"
    );
}

#[test]
fn a_manifest_goes_into_a_component_that_tools_made() {
    let manifest = crate::manifest::Manifest::from_toml(
        "id = 'tiny'\nversion = '1.0.0'\napi = '0.1'\ndescription = 'x'\nhooks = ['post-process']",
    )
    .expect("a manifest");
    let packed =
        crate::section::write_manifest(&component("post-processor"), &manifest).expect("packed");
    let scanned = prescan(&packed, &Bounds::default()).expect("still a plugin");
    let read = crate::section::read_manifest(&packed).expect("there");
    assert!(scanned.agree(&read).expect("it does").needed.is_empty());

    let other = prescan(&super::plugin(""), &Bounds::default()).expect("a plugin");
    assert!(other.agree(&read).is_ok());
    let script = prescan(&component("scripter"), &Bounds::default()).expect("a plugin");
    assert_eq!(
        script.agree(&read).expect_err("another hook").to_string(),
        "the manifest has the hooks post-process, the component exports script"
    );
}
