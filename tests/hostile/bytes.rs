//! Files that are not what they should be.

use aquatint_sandbox::engine::{Engine, Options};
use aquatint_sandbox::grants::Grants;
use aquatint_sandbox::plugin::Plugin;
use aquatint_sandbox::section;
use aquatint_tests::component::{Small, with_custom};

use crate::support::{polite, refused, rude};

#[test]
fn case_10_bombs_for_the_compiler() {
    let deep = format!("{}{}", "(block ".repeat(5_000), ")".repeat(5_000));
    let error = refused(polite(&deep).build());
    assert!(error.contains("blocks"), "{error}");
    let many: String = (0..200_001).map(|_| "(func)\n".to_owned()).collect();
    let mut small = polite("");
    small.body.push_str(&many);
    let error = refused(small.build());
    assert!(error.contains("functions"), "{error}");
    let nested = format!("{}{}", "(component ".repeat(90), ")".repeat(90));
    let error = refused(wat::parse_str(nested).expect("WAT"));
    assert!(error.contains("nest"), "{error}");
}

#[test]
fn case_10_branches_to_a_million_places() {
    // No table is longer than what the compiler would take, and none of them is the last straw.
    let table = format!(
        "(func (block (br_table {} (i32.const 0))))\n",
        "0 ".repeat(60_000)
    );
    let mut small = polite("");
    small.body.push_str(&table.repeat(17));
    let error = refused(small.build());
    assert!(error.contains("targets in branch tables"), "{error}");
}

#[test]
fn case_11_files_that_were_half_written() {
    let whole = polite("").build();
    for end in [0, 1, 7, 8, 9, whole.len() / 2, whole.len() - 1] {
        refused(whole[..end].to_vec());
    }
    refused(vec![0xff; 4096]);
    refused(b"not wasm at all".to_vec());
}

#[test]
fn case_28_versions_and_interfaces_that_are_not_here() {
    let bytes = polite("").build();
    let replaced = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let mut bytes = bytes.clone();
        let mut at = 0;
        while let Some(found) = bytes[at..]
            .windows(from.len())
            .position(|it| it == from.as_bytes())
        {
            bytes[at + found..][..to.len()].copy_from_slice(to.as_bytes());
            at += found + to.len();
        }
        bytes
    };
    let error = refused(replaced("@0.1.0", "@0.9.0"));
    assert!(error.contains("0.9.0"), "{error}");
    let sockets =
        wat::parse_str("(component (import \"wasi:sockets/tcp@0.2.0\" (instance)))").expect("WAT");
    let error = refused(sockets);
    assert!(error.contains("wasi:sockets/tcp"), "{error}");
    let error = refused(wat::parse_str("(module)").expect("WAT"));
    assert!(error.contains("core module"), "{error}");
}

#[test]
fn case_28_an_import_that_was_not_granted() {
    let mut small = polite("(call $usage (i32.const 2048))").import("store");
    small.body = format!(
        "(import \"aquatint:plugin/store@0.1.0\" \"usage\" (func $usage (param i32)))\n{}",
        small.body
    );
    let error = refused(small.build());
    assert!(
        error.contains("imports `store`") && error.contains("permissions.store"),
        "the manifest does not even ask: {error}"
    );
    let small = small.manifest("[permissions]\nstore = { quota = '1MiB', reason = 'to remember' }");
    let error = refused(small.build());
    assert!(
        error.contains("it needs the permission `store 1MiB`"),
        "{error}"
    );
}

#[test]
fn case_29_machine_code_in_place_of_a_component() {
    let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
    elf.resize(4096, 0);
    let error = refused(elf);
    assert!(error.contains("precompiled"), "{error}");
}

#[test]
fn case_29_what_the_engine_itself_compiled() {
    // The cache's own file, and the machine code in it.
    let folder = tempfile::tempdir().expect("a folder");
    let engine = Engine::new(Options {
        cache: Some(folder.path().join("components")),
        ..Options::default()
    })
    .expect("an engine");
    Plugin::load(&engine, polite("").build(), &Grants::default(), None).expect("it loads");
    let mut kept = std::fs::read_dir(folder.path().join("components")).expect("the cache");
    let path = kept.next().expect("a file").expect("readable").path();
    let artifact = std::fs::read(path).expect("a file");
    let code = artifact
        .windows(4)
        .position(|bytes| bytes == b"\x7fELF")
        .expect("machine code");
    let error = refused(artifact[code..].to_vec());
    assert!(error.contains("precompiled"), "{error}");
    let error = refused(artifact);
    assert!(error.contains("not WebAssembly"), "{error}");
}

#[test]
fn case_30_custom_sections_without_measure() {
    let mut bytes = polite("").build();
    for _ in 0..2_000 {
        bytes.extend_from_slice(&[0, 2, 1, b'x']);
    }
    let error = refused(bytes);
    assert!(error.contains("custom sections"), "{error}");

    let manifest = polite("").toml().to_json().expect("JSON");
    let twice = with_custom(polite("").build(), section::MANIFEST, &manifest);
    let error = refused(twice);
    assert!(error.contains("twice"), "{error}");
}

#[test]
fn case_30_manifests_that_are_none() {
    let small = polite("");
    let component = small.encode(wat::parse_str(small.wat()).expect("WAT"));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(10 << 20));
    for manifest in [
        &b""[..],
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"{\"id\":\"\xff\"}",
        b"{\"id\":\"hostile\",\"id\":\"innocent\"}",
        deep.as_bytes(),
        long.as_bytes(),
    ] {
        let error = refused(with_custom(component.clone(), section::MANIFEST, manifest));
        assert!(error.len() < 3_000, "{} bytes", error.len());
    }
    let error = refused(component);
    assert!(error.contains("no manifest inside"), "{error}");
}

#[test]
fn case_31_assets_that_would_be_unpacked_elsewhere() {
    for name in [
        "../../x",
        "/etc/passwd",
        "a/../../x",
        "a//b",
        ".",
        "..",
        "",
        "C:\\x",
        "a\\b",
        "nul\0",
        "a:b",
        "ä",
    ] {
        let section = format!("{}{name}", section::ASSET);
        let error = refused(with_custom(polite("").build(), &section, b"x"));
        assert!(
            error.contains("expected a name such as"),
            "{name:?}: {error}"
        );
    }
    let twice = with_custom(polite("").build(), "aquatint:asset:a", b"x");
    let error = refused(with_custom(twice, "aquatint:asset:a", b"y"));
    assert!(error.contains("twice"), "{error}");
}

#[test]
fn a_plugin_that_is_somebody_else() {
    let mut small = polite("");
    let bytes = small.encode(wat::parse_str(small.wat()).expect("WAT"));
    small.id = "innocent".to_owned();
    let bytes = section::write_manifest(&bytes, &small.toml()).expect("written");
    let error = refused(bytes);
    assert_eq!(
        error,
        "`info.describe` says id `hostile`, the manifest says `innocent`"
    );
}

#[test]
fn a_manifest_that_promises_another_hook() {
    let small: Small = rude("(i32.const 1024)");
    let bytes = small.encode(wat::parse_str(small.wat()).expect("WAT"));
    let mut other = small;
    other.hooks = vec!["sweep".to_owned()];
    let bytes = section::write_manifest(&bytes, &other.toml()).expect("written");
    let error = refused(bytes);
    assert!(error.contains("hooks"), "{error}");
}
