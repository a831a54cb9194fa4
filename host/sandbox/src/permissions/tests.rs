use super::*;
use crate::contract;

fn set(lines: &[&str]) -> PermissionSet {
    lines
        .iter()
        .map(|line| line.parse::<Permission>().expect("a permission"))
        .collect()
}

#[test]
fn a_permission_reads_back_as_it_is_written() {
    for line in [
        "net api.example.org",
        "net *.example.org:8443",
        "store 1MiB",
        "generate",
        "inference",
        "clock",
        "random",
    ] {
        let permission: Permission = line.parse().expect("a permission");
        assert_eq!(permission.to_string(), line);
        assert!(permission.covers(&permission), "{line}");
        assert!(!permission.describe().is_empty());
    }
    for line in [
        "",
        "net",
        "store",
        "store lots",
        "generate all",
        "files",
        "net 10.0.0.1",
    ] {
        assert!(line.parse::<Permission>().is_err(), "{line}");
    }
    assert_eq!(
        "genrate"
            .parse::<Permission>()
            .expect_err("misspelt")
            .to_string(),
        "unknown permission `genrate` (did you mean `generate`?): \
         the permissions are net, store, generate, inference, clock, random"
    );
}

#[test]
fn sets_are_compared_by_what_they_let() {
    let table: [(&[&str], &[&str], Verdict); 9] = [
        (&[], &[], Verdict::Equal),
        (&["clock"], &["clock"], Verdict::Equal),
        (&["clock"], &[], Verdict::Narrower),
        (&[], &["clock"], Verdict::Wider),
        (&["clock"], &["random"], Verdict::Wider),
        (&["store 2MiB"], &["store 1MiB"], Verdict::Narrower),
        (&["store 1MiB"], &["store 2MiB"], Verdict::Wider),
        (&["net *.a.org"], &["net x.a.org"], Verdict::Narrower),
        (&["net x.a.org"], &["net *.a.org"], Verdict::Wider),
    ];
    for (old, new, verdict) in table {
        let change = Change::between(&set(old), &set(new));
        assert_eq!(change.verdict(), verdict, "{old:?} to {new:?}");
        assert_eq!(verdict == Verdict::Wider, !set(old).covers_all(&set(new)));
    }
}

#[test]
fn a_change_is_told_line_by_line() {
    let change = Change::between(&set(&["store 1MiB", "clock"]), &set(&["store 2MiB"]));
    assert_eq!(
        change.to_string(),
        "+ store 2MiB: keep up to 2MiB on this machine, which only it can read\n\
         - clock: read the time; pictures that depend on it cannot be made again exactly"
    );
}

#[test]
fn the_digest_knows_the_set_and_not_its_order() {
    assert_eq!(
        set(&["clock", "store 1MiB"]).digest(),
        set(&["store 1024KiB", "clock"]).digest()
    );
    assert_ne!(set(&["clock"]).digest(), set(&[]).digest());
    assert_ne!(set(&["store 1MiB"]).digest(), set(&["store 2MiB"]).digest());
}

#[test]
fn a_file_may_know_permissions_that_we_do_not() {
    let read: PermissionSet =
        serde_json::from_str(r#"["clock", "teleport", "net 127.0.0.1"]"#).expect("a list");
    assert_eq!(read, set(&["clock"]));
    assert_eq!(serde_json::to_string(&read).expect("JSON"), r#"["clock"]"#);
    assert!(read.without(Kind::Clock).is_empty());
}

fn asked(text: &str) -> Asked {
    toml::from_str(text).expect("a table of permissions")
}

fn component(imports: &[&str]) -> Vec<u8> {
    let imports: Vec<_> = imports
        .iter()
        .map(|name| format!("(import \"{name}\" (instance))"))
        .collect();
    wat::parse_str(format!("(component {})", imports.concat())).expect("WAT")
}

#[test]
fn what_is_needed_is_what_is_asked_for_and_imported() {
    let wasm = component(&[
        "aquatint:plugin/log@0.1.0",
        "aquatint:plugin/store@0.1.0",
        "wasi:clocks/wall-clock@0.2.3",
    ]);
    let imports = Imports::read(&wasm).expect("a component");
    let asked = asked(
        r#"
        store = { quota = "1MiB", reason = "keeps palettes" }
        clock = { reason = "stamps the date" }
        generate = { reason = "not really" }
        "#,
    );
    let both = reconcile(&imports, &asked).expect("nothing hidden");
    assert_eq!(both.needed, set(&["store 1MiB", "clock"]));
    assert_eq!(both.unused, [Permission::Generate]);
}

#[test]
fn a_binary_cannot_use_what_its_manifest_hides() {
    for import in contract::IMPORTS {
        let imports = Imports::from_names([contract::qualified(import.name)]);
        match (import.permission, reconcile(&imports, &Asked::default())) {
            (None, Ok(both)) => assert!(both.needed.is_empty()),
            (Some(kind), Err(error)) => {
                assert_eq!(error.kind, kind);
                assert!(error.to_string().contains(import.name), "{error}");
            }
            (permission, other) => panic!("{}: {permission:?} {other:?}", import.name),
        }
    }
}

#[test]
fn imports_of_what_is_nested_are_not_the_plugins_own() {
    let wasm = wat::parse_str(
        r#"(component
            (component (import "aquatint:plugin/fetch@0.1.0" (instance)))
            (core module (import "aquatint:plugin/store@0.1.0" "get" (func)))
            (import "aquatint:plugin/log@0.1.0" (instance)))"#,
    )
    .expect("WAT");
    let imports = Imports::read(&wasm).expect("a component");
    assert_eq!(
        imports.iter().collect::<Vec<_>>(),
        ["aquatint:plugin/log@0.1.0"]
    );
    assert!(Imports::read(b"\0asm").is_err());
}

#[test]
fn an_ask_needs_a_reason_and_sense() {
    let long = "x".repeat(201);
    for (text, expected) in [
        (
            "clock = { reason = ' ' }",
            "permissions.clock: the reason is empty",
        ),
        (
            &format!("random = {{ reason = '{long}' }}"),
            "permissions.random: the reason has 201 characters",
        ),
        (
            "net = [{ host = 'a.org', reason = 'x' }, { host = 'a.org', reason = 'y' }]",
            "permissions.net: a.org is there twice",
        ),
        (
            "store = { quota = '2GiB', reason = 'x' }",
            "permissions.store: the quota is 2GiB, expected 1B to 1GiB",
        ),
        (
            "store = { quota = '0B', reason = 'x' }",
            "expected 1B to 1GiB",
        ),
    ] {
        let error = asked(text).check().expect_err(text).to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(toml::from_str::<Asked>("files = { reason = 'x' }").is_err());
    assert!(toml::from_str::<Asked>("generate = true").is_err());
}
