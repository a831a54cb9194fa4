//! Memory and tables without measure.

use aquatint_sandbox::plugin::{CallError, Job};

use crate::support::{fails, load, picture, polite, refused, the_others_work};

const SMALL: &str = "limits = { memory = '1MiB' }";

#[test]
fn case_06_memory_that_grows_until_it_may_not() {
    let error =
        fails(&polite("(loop $l (drop (memory.grow (i32.const 1))) (br $l))").manifest(SMALL));
    assert_eq!(error.to_string(), "it needs more than 1MiB of memory");
}

#[test]
fn case_07_many_memories_count_together() {
    // Each of 12 nested modules has 1 MiB: none is above 8 MiB alone.
    let modules: String = (0..12)
        .map(|_| "(core module (memory 16))".to_owned())
        .collect();
    let instances: String = (0..12)
        .map(|at| format!("(core instance (instantiate {at}))"))
        .collect();
    let text = format!("(component {modules} {instances})");
    let inner = wat::parse_str(text).expect("WAT");
    // It is no plugin, so only the bounds see it: all its memories together are counted.
    let bounds = aquatint_sandbox::prescan::Bounds {
        memory_bytes: 8 << 20,
        ..aquatint_sandbox::prescan::Bounds::default()
    };
    let error = aquatint_sandbox::prescan::prescan(&inner, &bounds).expect_err("12 MiB in all");
    assert!(error.to_string().contains("memor"), "{error}");
}

#[test]
fn case_08_a_table_as_large_as_numbers_go() {
    let mut small = polite(
        "(drop (table.grow $t (ref.null func) (i32.const 0x7fffffff)))
         (loop $l (drop (table.grow $t (ref.null func) (i32.const 65536))) (br $l))",
    )
    .manifest(SMALL);
    small.body.push_str("\n(table $t 1 funcref)");
    let error = fails(&small);
    assert!(matches!(error, CallError::Memory(_)), "{error}");
}

#[test]
fn case_09_memory_that_is_large_from_the_start() {
    let mut module = polite("").wat();
    module = module.replace(
        "(memory (export \"memory\") 2)",
        "(memory (export \"memory\") 65536)",
    );
    let bytes = polite("").encode(wat::parse_str(module).expect("WAT"));
    let bytes =
        aquatint_sandbox::section::write_manifest(&bytes, &polite("").toml()).expect("written");
    let error = refused(bytes);
    assert!(error.contains("4294967296"), "{error}");
}

#[test]
fn a_thousand_broken_calls_leave_nothing_behind() {
    let plugin =
        load(&polite("(drop (memory.grow (i32.const 300)))").manifest(SMALL)).expect("it loads");
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let pages = status
            .split(' ')
            .nth(1)
            .and_then(|it| it.parse::<u64>().ok());
        pages.unwrap_or(0) * 4096
    };
    let call = || {
        let failed = plugin
            .post_process(&Job::default(), &picture())
            .expect_err("too much");
        assert!(matches!(failed.error, CallError::Memory(_)));
    };
    // What allocators and threads keep for next time is there after a few.
    (0..100).for_each(|_| call());
    let before = resident();
    (0..1000).for_each(|_| call());
    let grown = resident().saturating_sub(before);
    assert!(grown < 16 << 20, "{grown} bytes more after 1,000 calls");
    the_others_work();
}
