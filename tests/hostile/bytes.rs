//! Files that are not what they should be.

use aquatint_sandbox::section;
use aquatint_tests::component::Small;

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
fn case_30_custom_sections_without_measure() {
    let mut bytes = polite("").build();
    for _ in 0..2_000 {
        bytes.extend_from_slice(&[0, 2, 1, b'x']);
    }
    let error = refused(bytes);
    assert!(error.contains("custom sections"), "{error}");

    let mut twice = polite("").build();
    let manifest = polite("").toml().to_json().expect("JSON");
    let mut section = vec![section::MANIFEST.len() as u8];
    section.extend_from_slice(section::MANIFEST.as_bytes());
    section.extend_from_slice(&manifest);
    twice.push(0);
    let mut length = section.len();
    loop {
        let byte = (length & 0x7f) as u8;
        length >>= 7;
        twice.push(if length > 0 { byte | 0x80 } else { byte });
        if length == 0 {
            break;
        }
    }
    twice.extend_from_slice(&section);
    let error = refused(twice);
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
