//! No grant, no permission: what was not granted is not there, and a plugin that needs it is refused by name.

use aquatint_sandbox::grants::Grants;
use aquatint_sandbox::manifest::Limits;
use aquatint_sandbox::permissions::{Kind, PermissionSet};
use aquatint_sandbox::plugin::{Candidate, LoadError, Plugin};
use aquatint_sandbox::prescan::Bounds;
use aquatint_tests::component::Small;

use crate::support::{engine, granted, load_granted, polite, the_others_work};

/// A plugin that uses a permission, asks for it, and does nothing else.
fn needing(kind: Kind) -> Small {
    let (interface, import, ask) = match kind {
        Kind::Net => (
            "fetch",
            "(import \"aquatint:plugin/fetch@0.1.0\" \"send\" (func (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))",
            "net = [{ host = 'api.example.org', reason = 'x' }]",
        ),
        Kind::Store => (
            "store",
            "(import \"aquatint:plugin/store@0.1.0\" \"usage\" (func (param i32)))",
            "store = { quota = '1MiB', reason = 'x' }",
        ),
        Kind::Generate => (
            "generate",
            "(import \"aquatint:plugin/generate@0.1.0\" \"submit\" (func (param i32 i32 i32)))",
            "generate = { reason = 'x' }",
        ),
        Kind::Inference => (
            "inference",
            "(import \"aquatint:plugin/inference@0.1.0\" \"models\" (func (param i32)))",
            "inference = { reason = 'x' }",
        ),
        Kind::Clock => (
            "wasi:clocks/monotonic-clock@0.2.0",
            "(import \"wasi:clocks/monotonic-clock@0.2.0\" \"now\" (func (result i64)))",
            "clock = { reason = 'x' }",
        ),
        Kind::Random => (
            "wasi:random/random@0.2.0",
            "(import \"wasi:random/random@0.2.0\" \"get-random-u64\" (func (result i64)))",
            "random = { reason = 'x' }",
        ),
    };
    let mut small = polite("")
        .import(interface)
        .manifest(&format!("permissions = {{ {ask} }}"));
    small.body = format!("{import}\n{}", small.body);
    small
}

#[test]
fn without_a_grant_a_plugin_is_refused_with_the_permission_that_it_needs() {
    for kind in Kind::ALL {
        let small = needing(kind);
        let error = Plugin::load(engine(), small.build(), &Grants::default(), None)
            .expect_err("nothing was granted");
        let needed = small.toml().permissions.set();
        let expected = format!(
            "it needs the permission `{needed}`, which was not granted (`aquatint plugin grant`)"
        );
        assert_eq!(error.to_string(), expected);
        assert!(
            matches!(&error, LoadError::NotGranted { missing } if missing.kind() == kind),
            "{error}"
        );
        the_others_work();
    }
}

#[test]
fn a_grant_of_everything_else_is_none() {
    for kind in Kind::ALL {
        let small = needing(kind);
        let mut grants = Grants::default();
        let everything: PermissionSet = Kind::ALL
            .into_iter()
            .filter(|other| *other != kind)
            .flat_map(|other| {
                let set = needing(other).toml().permissions.set();
                set.iter().cloned().collect::<Vec<_>>()
            })
            .collect();
        grants.set(
            &small.toml().id,
            everything,
            aquatint_sandbox::install::Installer::now(),
        );
        let error = Plugin::load(engine(), small.build(), &grants, None).expect_err("not this");
        assert!(
            matches!(&error, LoadError::NotGranted { missing } if missing.kind() == kind),
            "{error}"
        );
    }
    // To another plugin it is none either.
    let mut small = needing(Kind::Store);
    let grants = granted(&small);
    small.id = "other".to_owned();
    Plugin::load(engine(), small.build(), &grants, None).expect_err("not to this one");
}

#[test]
fn what_was_not_granted_is_not_linked() {
    for kind in Kind::ALL {
        let Some(interface) = kind.interface() else {
            continue;
        };
        let mut verified = Candidate::new(needing(kind).build())
            .verify(&Bounds::default())
            .expect("sound");
        let compiled = verified.compile(engine()).expect("compiled");
        // Past the question whether it may: the import itself must be absent.
        verified.needed = PermissionSet::none();
        let link = |granted: &PermissionSet| {
            verified.link(engine(), &compiled, granted, &Limits::cap(), None)
        };
        let error = link(&PermissionSet::none()).expect_err("there is nothing to import");
        assert!(
            matches!(&error, LoadError::Link(why) if why.contains(&format!("aquatint:plugin/{interface}@0.1.0"))),
            "{error}"
        );
        link(&needing(kind).toml().permissions.set()).expect("with the grant it is there");
    }
}

#[test]
fn a_manifest_that_does_not_ask_hides_nothing() {
    for kind in Kind::ALL {
        let mut small = needing(kind);
        small.manifest.clear();
        let loaded = Plugin::load(engine(), small.build(), &granted(&small), None);
        match (kind.interface(), loaded) {
            (Some(interface), Err(error)) => {
                let expected = format!(
                    "the plugin imports `{interface}`, expected `permissions.{kind}` in its manifest with a reason for it"
                );
                assert_eq!(error.to_string(), expected);
            }
            // Virtual, which is tried in `clocks`.
            (None, Ok(plugin)) => assert!(plugin.granted().is_empty()),
            (_, other) => panic!("{kind}: {other:?}"),
        }
    }
}

#[test]
fn what_is_granted_is_there() {
    for kind in Kind::ALL {
        let plugin = load_granted(&needing(kind), None);
        assert!(plugin.granted().has(kind));
    }
}
