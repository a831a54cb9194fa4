//! Lies in the language that components and hosts speak.

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::plugin::{CallError, Job};
use aquatint_sandbox::settings::Value;
use aquatint_tests::component::{Small, StringEncoding, le};

use crate::support::{fails, load, polite, refused, rude, the_others_work};

/// A `pre-process.run` that gives the result at 1024, after `data` was put there.
fn gives(data: &str) -> Small {
    let body = format!(
        "(func (export \"aquatint:plugin/pre-process@0.1.0#run\") (param i32 i32) (result i32) (i32.const 1024))\n(data (i32.const 1024) \"{data}\")"
    );
    Small::new("hostile", Hook::PreProcess.name(), &body)
}

fn pre_process_fails(small: &Small) -> CallError {
    let plugin = load(small).expect("it loads");
    let failed = plugin
        .pre_process(&Job::default())
        .expect_err("it cannot end well");
    the_others_work();
    failed.error
}

#[test]
fn case_12_an_allocator_that_lies() {
    for at in ["0xffffff00", "3", "0x7fffffff"] {
        let mut small = polite("(call $request (i32.const 2048))").own_allocator();
        small.body = format!(
            "(import \"aquatint:plugin/job@0.1.0\" \"request\" (func $request (param i32)))\n{}\n(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (i32.const {at}))",
            small.body
        );
        let plugin = load(&small).expect("it loads");
        let job = Job {
            request: vec![("steps".to_owned(), Value::Int(4))],
            ..Job::default()
        };
        let failed = plugin
            .post_process(&job, &crate::support::picture())
            .expect_err("nowhere to put it");
        assert!(matches!(failed.error, CallError::Trap { .. }), "{failed:?}");
        the_others_work();
    }
}

#[test]
fn case_13_lists_beyond_memory() {
    for (pointer, length) in [
        (0xffff_fff0, 16),
        (1 << 20, 1),
        (4096, 0x1000_0000),
        (4096, u32::MAX),
        (4097, 1),
    ] {
        let error = pre_process_fails(&gives(&format!("{}{}{}", le(0), le(pointer), le(length))));
        assert!(
            matches!(error, CallError::Trap { .. }),
            "{pointer} {length}: {error}"
        );
    }
}

#[test]
fn case_14_many_texts_on_the_same_bytes() {
    // 1,000 fields whose keys are the same 60 KB: 60 MB out of 64 KiB; and 10,000 of them.
    let build = |count: u32| {
        // A param is a key (8 bytes) and a value (16): 24 in all.
        let mut small = gives("");
        small.body = format!(
            "(func (export \"aquatint:plugin/pre-process@0.1.0#run\") (param i32 i32) (result i32)
               (local $at i32) (local $left i32)
               (drop (memory.grow (i32.const {pages})))
               (local.set $at (i32.const 131072))
               (local.set $left (i32.const {count}))
               (loop $l
                 (i32.store (local.get $at) (i32.const 65536))
                 (i32.store offset=4 (local.get $at) (i32.const 60000))
                 (local.set $at (i32.add (local.get $at) (i32.const 24)))
                 (br_if $l (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
               (i32.const 1024))
             (data (i32.const 1024) \"{head}\")",
            pages = count * 24 / 65536 + 4,
            head = format_args!("{}{}{}", le(0), le(131_072), le(count)),
        );
        small.manifest("limits = { transfer = '32MiB', time = '5s' }")
    };
    for count in [100_000, 1_000] {
        let error = pre_process_fails(&build(count)).to_string();
        assert!(error.contains("fuel"), "{error}");
    }
}

#[test]
fn case_15_texts_that_are_no_utf8() {
    // A problem (1), `failed` (6), and a text of bytes that are none.
    for text in ["\\ff\\fe\\fd", "\\ed\\a0\\80", "\\c0\\80"] {
        let data = format!("{}{}{}{}", le(1), le(6), le(2048), le(3));
        let mut small = gives(&data);
        small
            .body
            .push_str(&format!("\n(data (i32.const 2048) \"{text}\")"));
        let error = pre_process_fails(&small);
        assert!(matches!(error, CallError::Trap { .. }), "{text}: {error}");
    }
}

#[test]
fn case_15_texts_in_another_encoding() {
    for (encoding, name) in [
        (StringEncoding::UTF16, "UTF-16"),
        (StringEncoding::CompactUTF16, "UTF-16"),
    ] {
        let mut small = gives("");
        small.encoding = encoding;
        let error = refused(small.build());
        assert!(
            error.contains(name) && error.contains("expected UTF-8"),
            "{error}"
        );
    }
}

#[test]
fn case_16_cases_that_there_are_not() {
    for data in [le(7), format!("{}{}", le(1), le(99))] {
        let error = pre_process_fails(&gives(&data));
        assert!(matches!(error, CallError::Trap { .. }), "{error}");
    }
}

#[test]
fn case_16_a_flag_that_is_neither() {
    // One change: `negative` to a flag (1) of 7, which is yes.
    let mut small = gives(&format!("{}{}{}", le(0), le(2048), le(1)));
    let change = [3072, 8, 1, 0, 7, 0, 0, 0].map(le).concat();
    small.body.push_str(&format!(
        "\n(data (i32.const 2048) \"{change}\")\n(data (i32.const 3072) \"negative\")"
    ));
    let done = load(&small)
        .expect("it loads")
        .pre_process(&Job::default())
        .expect("it is one of the two");
    assert_eq!(done.value, [("negative".to_owned(), Value::Flag(true))]);
    the_others_work();
}

#[test]
fn case_19_a_handle_of_something_else() {
    // The picture, passed for latents.
    let mut small =
        rude("(call $shape (local.get 0) (i32.const 2048)) (i32.const 1024)").import("latents");
    small.body = format!(
        "(import \"aquatint:plugin/latents@0.1.0\" \"[method]latents.shape\" (func $shape (param i32 i32)))\n{}",
        small.body
    );
    let error = fails(&small);
    assert!(matches!(error, CallError::Trap { .. }), "{error}");
}

#[test]
fn case_19_handles_that_are_not_the_plugins() {
    for body in [
        // Given back twice.
        "(call $drop (local.get 0)) (call $drop (local.get 0)) (i32.const 1024)",
        // Never given.
        "(call $drop (i32.const 4711)) (i32.const 1024)",
        // Kept beyond the call.
        "(i32.const 1024)",
        // Used after it was given back.
        "(call $drop (local.get 0)) (call $size (local.get 0) (i32.const 2048)) (i32.const 1024)",
    ] {
        let mut small = rude(body);
        small.body = format!(
            "(import \"aquatint:plugin/image@0.1.0\" \"[resource-drop]image\" (func $drop (param i32)))\n(import \"aquatint:plugin/image@0.1.0\" \"[method]image.size\" (func $size (param i32 i32)))\n{}",
            small.body
        );
        let error = fails(&small);
        assert!(matches!(error, CallError::Trap { .. }), "{body}: {error}");
    }
}

#[test]
fn case_28_a_hook_that_is_not_what_it_should_be() {
    // The interface's name, and nothing in it.
    let text = "(component (instance $i) (export \"aquatint:plugin/info@0.1.0\" (instance $i)) (export \"aquatint:plugin/sweep@0.1.0\" (instance $i)))";
    let bytes = wat::parse_str(text).expect("WAT");
    let mut small = polite("");
    small.hooks = vec!["sweep".to_owned()];
    let bytes = aquatint_sandbox::section::write_manifest(&bytes, &small.toml()).expect("written");
    let error = refused(bytes);
    assert!(error.contains("sweep"), "{error}");
}
