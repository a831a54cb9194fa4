mod bounds;
mod worlds;

use super::*;

/// A component that exports what a plugin must, with `inside` in it.
fn plugin(inside: &str) -> Vec<u8> {
    wat::parse_str(format!(
        r#"(component
            {inside}
            (instance $empty)
            (export "aquatint:plugin/info@0.1.0" (instance $empty))
            (export "aquatint:plugin/post-process@0.1.0" (instance $empty)))"#
    ))
    .expect("WAT")
}

fn module(inside: &str) -> Vec<u8> {
    plugin(&format!("(core module {inside})"))
}

fn refused(component: &[u8], bounds: &Bounds) -> (Rule, String) {
    let refusal = prescan(component, bounds).expect_err("refused");
    let message = refusal.to_string();
    assert!(
        message.ends_with(&format!(" (rule `{}`)", refusal.rule)),
        "{message}"
    );
    (refusal.rule, refusal.reason)
}

fn rule(component: &[u8]) -> Rule {
    refused(component, &Bounds::default()).0
}

#[test]
fn a_plugin_passes_and_is_described() {
    let component = plugin(
        r#"(import "aquatint:plugin/log@0.1.0" (instance))
           (import "aquatint:plugin/store@0.1.0" (instance))
           (import "wasi:clocks/wall-clock@0.2.3" (instance))
           (core module
               (memory 2)
               (table 10 funcref)
               (func (param i32)
                   block block block local.get 0 br_table 0 1 2 end end end)
               (func))"#,
    );
    let scanned = prescan(&component, &Bounds::default()).expect("a plugin");
    assert_eq!(scanned.hooks, BTreeSet::from([Hook::PostProcess]));
    assert_eq!(scanned.imports.iter().count(), 3);
    let contents = scanned.contents;
    assert_eq!(contents.bytes, component.len());
    assert_eq!(
        (contents.modules, contents.functions, contents.blocks),
        (1, 2, 3)
    );
    assert_eq!(
        (contents.memory_bytes, contents.table_elements),
        (131_072, 10)
    );
    assert_eq!((contents.branch_targets, contents.nesting), (2, 1));
}

#[test]
fn what_is_no_component_is_named() {
    assert_eq!(rule(b""), Rule::Empty);
    assert_eq!(rule(b"\0as"), Rule::Truncated);
    assert_eq!(rule(b"\0asm\x0d\0"), Rule::Truncated);
    assert_eq!(rule(b"hello, world"), Rule::NotWebAssembly);
    assert_eq!(rule(b"x"), Rule::NotWebAssembly);
    assert_eq!(rule(b"(component)"), Rule::NotWebAssembly);
    assert_eq!(rule(b"\x7fELF\x02\x01\x01\0\0\0"), Rule::Precompiled);
    assert_eq!(rule(b"MZ\x90\0\x03\0\0\0"), Rule::Precompiled);
    assert_eq!(
        rule(&wat::parse_str("(module)").expect("WAT")),
        Rule::CoreModule
    );
    assert_eq!(rule(b"\0asm\x0e\0\x01\0"), Rule::Invalid);
}

#[test]
fn half_a_file_is_no_file() {
    // Without names, which would be a section of their own at the end that nobody misses.
    let whole = wat::parse_str(
        r#"(component
            (instance)
            (core module (memory 1) (func (export "f") nop))
            (export "aquatint:plugin/info@0.1.0" (instance 0))
            (export "aquatint:plugin/post-process@0.1.0" (instance 0)))"#,
    )
    .expect("WAT");
    assert!(prescan(&whole, &Bounds::default()).is_ok());
    for end in 0..whole.len() {
        let refusal = prescan(&whole[..end], &Bounds::default()).expect_err("cut");
        // Between two sections it looks like a whole component, or a module, that lacks what comes later.
        let lacking = refusal.rule == Rule::Invalid && refusal.reason.contains("absent");
        assert!(
            lacking
                || matches!(
                    refusal.rule,
                    Rule::Empty | Rule::Truncated | Rule::Info | Rule::Hooks
                ),
            "cut at {end}: {refusal}"
        );
    }
}

#[test]
fn every_changed_byte_passes_or_is_refused_but_never_panics() {
    let whole = plugin(
        r#"(import "aquatint:plugin/log@0.1.0" (instance)) (core module (memory 1) (func nop))"#,
    );
    for index in 0..whole.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff, whole[index] ^ 1] {
            let mut changed = whole.clone();
            changed[index] = value;
            let _ = prescan(&changed, &Bounds::default());
        }
    }
}

#[test]
fn only_known_imports_are_linked() {
    let import = |name: &str| plugin(&format!(r#"(import "{name}" (instance))"#));
    for name in [
        "aquatint:plugin/types@0.1.0",
        "aquatint:plugin/fetch@0.1.0",
        "wasi:cli/environment@0.2.0",
        "wasi:io/streams@0.2.6",
        "wasi:filesystem/types@0.2.3",
        "wasi:random/random@0.2.3",
    ] {
        assert!(prescan(&import(name), &Bounds::default()).is_ok(), "{name}");
    }
    for (name, expected) in [
        (
            "wasi:sockets/tcp@0.2.3",
            "imports `wasi:sockets/tcp@0.2.3`, which no plugin may",
        ),
        ("wasi:http/outgoing-handler@0.2.3", "which no plugin may"),
        ("wasi:cli/run@0.2.3", "which no plugin may"),
        ("wasi:io/streams@0.3.0", "expected WASI 0.2"),
        ("wasi:io/streams@0.2.0-rc.1", "expected WASI 0.2"),
        ("acme:evil/files@1.0.0", "which no plugin may"),
        (
            "aquatint:plugin/stroe@0.1.0",
            "which aquatint:plugin does not have (did you mean `store`?)",
        ),
        (
            "aquatint:plugin/post-process@0.1.0",
            "which aquatint:plugin does not have",
        ),
        (
            "aquatint:plugin/log@0.1.9",
            "this Aquatint has 0.1.0: a newer Aquatint is needed",
        ),
        ("aquatint:plugin/log@1.0.0", "a newer Aquatint is needed"),
        (
            "aquatint:plugin/log@0.0.1",
            "the plugin must be built again",
        ),
        (
            "env",
            "imports `env`, expected only interfaces such as aquatint:plugin/image@0.1.0",
        ),
    ] {
        let (rule, reason) = refused(&import(name), &Bounds::default());
        assert_eq!(rule, Rule::Import, "{name}");
        assert!(reason.contains(expected), "{reason}\nexpected: {expected}");
    }
}

#[test]
fn info_and_a_hook_are_exported() {
    let exporting = |exports: &[&str]| {
        let exports: Vec<_> = exports
            .iter()
            .map(|name| format!(r#"(export "{name}" (instance $empty))"#))
            .collect();
        wat::parse_str(format!(
            "(component (instance $empty) {})",
            exports.concat()
        ))
        .expect("WAT")
    };
    let info = "aquatint:plugin/info@0.1.0";
    assert_eq!(rule(&exporting(&[])), Rule::Info);
    assert_eq!(
        rule(&exporting(&["aquatint:plugin/sweep@0.1.0"])),
        Rule::Info
    );
    assert_eq!(rule(&exporting(&[info])), Rule::Hooks);
    assert_eq!(
        rule(&exporting(&[info, "acme:other/sweep@0.1.0"])),
        Rule::Hooks
    );
    assert_eq!(
        rule(&exporting(&[info, "aquatint:plugin/sweep@0.2.0"])),
        Rule::Export
    );
    let all: Vec<String> = Hook::ALL
        .map(|hook| contract::qualified(hook.name()))
        .into();
    let mut names: Vec<&str> = all.iter().map(String::as_str).collect();
    names.extend([info, "acme:other/thing@3.0.0"]);
    let scanned = prescan(&exporting(&names), &Bounds::default()).expect("a plugin");
    assert_eq!(scanned.hooks, BTreeSet::from(Hook::ALL));
}

#[test]
fn parts_of_webassembly_that_are_off_are_refused() {
    for inside in [
        "(memory 1 1 shared)",
        "(memory i64 1)",
        "(memory 1) (memory 1)",
        "(tag)",
        "(func throw_ref)",
        "(type (struct))",
        "(type (array i8))",
        "(memory 1) (func i32.const 0 i32.const 1 i32.atomic.store)",
        "(func (result i32) i64.const 1)",
        "(func call 99)",
    ] {
        assert_eq!(rule(&module(inside)), Rule::Invalid, "{inside}");
    }
    for inside in [
        "(func (result v128) v128.const i64x2 1 2)",
        "(func return_call 0)",
        "(table 1 externref)",
        "(memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy)",
        "(func (result i32 i32) i32.const 1 i32.const 2)",
    ] {
        let component = module(inside);
        assert!(prescan(&component, &Bounds::default()).is_ok(), "{inside}");
    }
}

#[test]
fn other_encodings_of_text_are_refused() {
    let passing = |encoding: &str| {
        plugin(&format!(
            r#"(import "aquatint:plugin/log@0.1.0" (instance $log (export "write" (func (param "line" string)))))
               (core module $m (memory (export "memory") 1))
               (core instance $i (instantiate $m))
               (alias export $log "write" (func $write))
               (core func (canon lower (func $write) (memory $i "memory") string-encoding={encoding}))"#,
        ))
    };
    assert!(prescan(&passing("utf8"), &Bounds::default()).is_ok());
    for encoding in ["utf16", "latin1+utf16"] {
        assert_eq!(rule(&passing(encoding)), Rule::StringEncoding, "{encoding}");
    }
}

proptest::proptest! {
    #[test]
    fn garbage_behind_a_header_never_panics(garbage: Vec<u8>) {
        let mut component = b"\0asm\x0d\0\x01\0".to_vec();
        component.extend(garbage);
        let _ = prescan(&component, &Bounds::default());
        let _ = crate::section::read_manifest(&component);
        let _ = Imports::read(&component);
    }
}
